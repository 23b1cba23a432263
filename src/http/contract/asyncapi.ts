import type { OpenApiDocument } from './openapi';

/** A part of a schema, as far as it is looked at here. */
interface Schema {
  description?: string;
  properties?: { type?: { const?: string; enum?: string[] }; data?: { $ref?: string } };
}

const SCHEMAS = '#/components/schemas/';

/** What every request to a webhook carries, by Standard Webhooks. */
const HEADERS = {
  type: 'object',
  required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  properties: {
    'webhook-id': { type: 'string', description: "The event's id; the same in every attempt." },
    'webhook-timestamp': { type: 'string', description: 'When it is sent, in seconds since 1970.' },
    'webhook-signature': {
      type: 'string',
      description:
        'One signature, or two while the secret is being changed, with a blank in between: `v1,` and Base64.',
    },
  },
};

/** Describes the events in AsyncAPI 3.0, by the same schemas as the published document, for tools that know events. */
export function toAsyncApi(openApi: OpenApiDocument): object {
  const { schemas } = openApi.components as { schemas: Record<string, Schema> };
  const { oneOf = [] } = schemas.FeedEvent as { oneOf?: { $ref: string }[] };
  const messages = oneOf.flatMap(({ $ref }) => {
    const schema = schemas[nameOf($ref)] as Schema;
    return typesOf(schema).map((type) => [type, messageOf(type, $ref, schema)] as const);
  });
  const names = messages.map(([type]) => type);
  const ofChannel = (type: string) => ({ $ref: `#/channels/webhook/messages/${type}` });
  return {
    asyncapi: '3.0.0',
    info: { title: 'Offerbook events', version: openApi.info.version, license: { name: openApi.info.license.name } },
    defaultContentType: 'application/json',
    channels: {
      webhook: {
        address: null,
        title: 'A webhook',
        description:
          'The URL of a webhook: events of the types that it listens to are sent there by POST. `GET /v1/events` has all of them.',
        messages: Object.fromEntries(names.map((type) => [type, { $ref: `#/components/messages/${type}` }])),
      },
    },
    operations: {
      sendEvent: {
        action: 'send',
        channel: { $ref: '#/channels/webhook' },
        summary: 'Send an event to a webhook',
        messages: names.map(ofChannel),
      },
    },
    components: { messages: Object.fromEntries(messages), schemas: reachable(oneOf, schemas) },
  };
}

function messageOf(type: string, $ref: string, { description }: Schema): object {
  const payload = { allOf: [{ $ref }, { type: 'object', properties: { type: { const: type } } }] };
  return { name: type, title: type, summary: description, headers: HEADERS, payload };
}

function typesOf({ properties }: Schema): string[] {
  const { const: only, enum: several = [] } = properties?.type ?? {};
  return only === undefined ? several : [only];
}

/** Returns the schemas that these are made of, and no others. */
function reachable(parts: unknown, schemas: Record<string, object>): Record<string, object> {
  const found: Record<string, object> = {};
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { $ref } = part as { $ref?: unknown };
    if (typeof $ref === 'string' && !(nameOf($ref) in found)) {
      found[nameOf($ref)] = schemas[nameOf($ref)] as object;
      visit(found[nameOf($ref)]);
    }
    for (const member of Object.values(part)) visit(member);
  };
  visit(parts);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nameOf($ref: string): string {
  return $ref.slice(SCHEMAS.length);
}
