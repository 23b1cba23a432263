// From what tsoa writes (OpenAPI 3.0, only what the sources say) to the published document (3.1.1): discriminators,
// names of properties in maps, and what holds for every operation of a kind: parameters, errors, headers, examples.

const SERVER_MADE = ['id', 'version', 'createdAt', 'updatedAt', 'redemptions', 'usage'];
const INTEGER_RANGES = {
  int32: { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  int64: { minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
};
/** Paths that quote: they write nothing, and may ask for rules of a version. */
const QUOTES = ['/v1/quote', '/v1/quotes', '/v1/forecast'];
/** Operations that read their body as a stream, which tsoa does not know; with an example of each type. */
const STREAMED = {
  importPromoCodes: {
    'text/csv': 'code,maxRedemptions\nAUTUMN-1,1\nAUTUMN-2,1\n',
    'application/x-ndjson': '{"code":"AUTUMN-3"}\n{"code":"AUTUMN-4"}\n',
  },
};
const streamedBody = (examples) => ({
  required: true,
  content: Object.fromEntries(
    Object.entries(examples).map(([type, example]) => [type, { schema: { type: 'string' }, example }]),
  ),
});
const ref = (kind, name) => ({ $ref: `#/components/${kind}/${name}` });

/**
 * Answers the published document for a raw one and the types that it was made from; `examples` are bodies, path and query
 * parameters by operation id.
 */
export function finalize(raw, types, examples, kinds) {
  const spec = renamePages(structuredClone(raw));
  spec.openapi = '3.1.1';
  spec.info.license = { name: 'MIT', identifier: 'MIT' };
  spec.servers = [{ url: '/' }];
  const { schemas } = spec.components;
  for (const schema of Object.values(schemas)) finalizeSchema(schema);
  for (const schema of Object.values(schemas)) discriminate(schema, schemas);
  titleKinds(schemas);
  nameMapProperties(schemas);
  listTypes(schemas);
  boundPeriods(schemas);
  demandUniqueItems(schemas, types);
  Object.assign(spec.components, COMMON_COMPONENTS);
  for (const [path, operations] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      finalizeOperation(operation, { path, method, schemas, examples: examples[operation.operationId] ?? {} });
      if (method === 'post') nameExamples(operation, schemas, kinds);
    }
  }
  typePatches(spec);
  return { ...spec, paths: sorted(spec.paths), components: { ...spec.components, schemas: sorted(schemas) } };
}

/** `Page_Promotion_` is called `PromotionPage`. */
function renamePages(spec) {
  return JSON.parse(JSON.stringify(spec).replaceAll(/\bPage_(\w+?)_(?=")/g, '$1Page'));
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function finalizeSchema(schema) {
  visit(schema, (part) => {
    const range = INTEGER_RANGES[part.format];
    if (range) Object.assign(part, { ...range, ...part });
    if (part.type === 'object' && part.properties && Object.keys(part.properties).length === 0) delete part.properties;
    delete part.nullable;
    if (part.type === 'number') delete part.format;
    if (part.enum?.length === 1) {
      part.const = part.enum[0];
      delete part.enum;
    }
    const isInput = part.properties?.version && part.properties.createdAt;
    for (const name of isInput ? SERVER_MADE : []) {
      const property = part.properties[name];
      if (property && !part.required?.includes(name)) property.readOnly = true;
    }
  });
}

function visit(part, change) {
  if (typeof part !== 'object' || part === null) return;
  change(part);
  for (const child of Object.values(part)) visit(child, change);
}

/** A choice of schemas becomes a oneOf; where each has values of `type` to itself, it is told apart by that. */
function discriminate(schema, schemas) {
  if (!schema.anyOf?.every((choice) => choice.$ref !== undefined)) return;
  // Told apart by their required members.
  if (!schema.anyOf.every((choice) => typesOf(choice, schemas).length > 0)) {
    schema.oneOf = schema.anyOf;
    delete schema.anyOf;
    return;
  }
  const mapping = Object.fromEntries(
    schema.anyOf.flatMap((choice) => typesOf(choice, schemas).map((type) => [type, choice.$ref])),
  );
  // Said once more for ajv, whose discriminator lets everything pass that is no object.
  schema.type = 'object';
  schema.oneOf = schema.anyOf;
  schema.discriminator = { propertyName: 'type', mapping };
  delete schema.anyOf;
}

function typesOf(choice, schemas) {
  const type = schemas[choice.$ref?.split('/').at(-1)]?.properties?.type;
  return type?.const === undefined ? (type?.enum ?? []) : [type.const];
}

/** A kind is shown by its type where a tool lists the choices. */
function titleKinds(schemas) {
  for (const { oneOf = [] } of Object.values(schemas)) {
    for (const choice of oneOf) {
      const name = choice.$ref.split('/').at(-1);
      schemas[name].title ??= typesOf(choice, schemas).join(', ') || name;
    }
  }
}

/** A patch of the type that a PUT of the same path takes: each member may be left out, or removed by null. */
function typePatches(spec) {
  for (const [path, { put, patch }] of Object.entries(spec.paths)) {
    // What cannot be replaced is typed as it was created.
    const whole = put ?? spec.paths[path.replace(/\/\{\w+\}$/, '')]?.post;
    if (patch === undefined || whole?.requestBody === undefined) continue;
    const [{ schema }] = Object.values(whole.requestBody.content);
    const type = schema.$ref.split('/').at(-1);
    const name = `${type.replace(/Input$/, '')}Patch`;
    spec.components.schemas[name] ??= patchOf(type, spec.components.schemas);
    for (const content of Object.values(patch.requestBody.content)) content.schema = ref('schemas', name);
  }
}

function patchOf(whole, schemas) {
  const choices = schemas[whole].oneOf?.map(({ $ref }) => $ref.split('/').at(-1)) ?? [whole];
  const properties = {};
  for (const choice of choices) {
    for (const [name, property] of Object.entries(schemas[choice].properties)) {
      if (!property.readOnly) properties[name] ??= patchOfMember(property, schemas);
    }
  }
  const description = `A JSON Merge Patch (RFC 7396) of a ${whole}: members replace those of the resource, objects are merged, null removes a member.`;
  return { description, type: 'object', properties, additionalProperties: false };
}

const PART_OF_OBJECT = { type: 'object', additionalProperties: true, maxProperties: 1000 };

/** Objects are merged, so that of them a part is enough; what comes of it is checked whole. */
function patchOfMember(property, schemas) {
  const named = schemas[property.$ref?.split('/').at(-1)] ?? property;
  const description = property.description ?? named.description;
  const isObject = named.type === 'object' || named.oneOf !== undefined;
  return { description, anyOf: [isObject ? PART_OF_OBJECT : withoutDefault(property), { type: 'null' }] };
}

function withoutDefault({ default: _default, description: _description, ...property }) {
  return property;
}

/** tsoa knows no constraint on the names of a map's properties. */
function nameMapProperties(schemas) {
  const byLanguage = {
    minProperties: 1,
    maxProperties: 100,
    propertyNames: { format: 'bcp47', maxLength: 35, pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$' },
  };
  Object.assign(schemas.LocalizedText ?? {}, byLanguage);
  for (const schema of Object.values(schemas)) Object.assign(schema.properties?.texts ?? {}, byLanguage);
  const byCurrency = { minProperties: 1, maxProperties: 200, propertyNames: ref('schemas', 'Currency') };
  Object.assign(schemas.Amounts ?? {}, byCurrency);
  const byAttribute = { maxProperties: 50, propertyNames: ref('schemas', 'AttributeName') };
  for (const name of ['Attributes', 'AttributeChoices', 'Metadata']) Object.assign(schemas[name] ?? {}, byAttribute);
  const parameters = { maxProperties: 100, propertyNames: { maxLength: 200 } };
  Object.assign(schemas.OfferAction?.properties?.parameters ?? {}, parameters);
}

/** As a list of types, of which one error tells that none fits; tsoa writes one schema for each. */
function listTypes({ AttributeValue, AttributeChoice }) {
  for (const schema of [AttributeValue, AttributeChoice]) {
    delete schema.anyOf;
    Object.assign(schema, { type: ['string', 'number', 'boolean'], maxLength: 255 });
  }
  AttributeValue.type.push('array');
  Object.assign(AttributeValue, { items: { type: 'string', maxLength: 255 }, maxItems: 50 });
}

/** No period is longer than a hundred years, whatever its unit; tsoa knows no bound that depends on another member. */
function boundPeriods(schemas) {
  const most = { month: 1200, year: 100 };
  schemas.Period.allOf = Object.entries(most).map(([unit, maximum]) => ({
    if: { properties: { unit: { const: unit } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    then: { properties: { length: { maximum } } },
  }));
}

/** tsoa reads `@uniqueItems` but leaves it out of the document. */
function demandUniqueItems(schemas, types) {
  for (const { refName, properties = [] } of Object.values(types)) {
    for (const { name, validators } of properties) {
      if (validators.uniqueItems) schemas[refName].properties[name].uniqueItems = true;
    }
  }
}

function finalizeOperation(operation, { path, method, schemas, examples }) {
  operation.parameters = [...(operation.parameters ?? [])];
  for (const parameter of operation.parameters)
    describeParameter(parameter, schemas, { ...examples.path, ...examples.query });
  const scopes = operation.security?.[0]?.bearer;
  if (STREAMED[operation.operationId]) operation.requestBody = streamedBody(STREAMED[operation.operationId]);
  const hasBody = operation.requestBody !== undefined;
  const isQuote = QUOTES.includes(path);
  const isWrite = method !== 'get' && !isQuote;
  const isAddressed = path.includes('{');
  const isScoped = scopes?.includes('secret') ?? false;
  if (method === 'post' && !isQuote) operation.parameters.push(ref('parameters', 'IdempotencyKey'));
  const isConditional = ['put', 'patch', 'delete'].includes(method) || SETTLES.test(path);
  if (isConditional) operation.parameters.push(ref('parameters', 'IfMatch'));
  if (isQuote) operation.parameters.push(ref('parameters', 'CatalogVersion'));
  // The admin key says for which provider it acts; whoever sends another key leaves the header out.
  if (isScoped) operation.security = [{ bearer: scopes }, { bearer: scopes, provider: [] }];
  if (!scopes) operation.security = [];
  if (hasBody && !STREAMED[operation.operationId]) describeBody(operation, method, examples);
  const errors = [
    hasBody && [400, 'MalformedJson'],
    scopes && [401, 'Unauthorized'],
    scopes && [403, 'Forbidden'],
    (isAddressed || isScoped) && [404, 'NotFound'],
    [406, 'NotAcceptable'],
    isWrite && scopes && (isAddressed || hasBody) && [409, 'Conflict'],
    isConditional && [412, 'VersionMismatch'],
    hasBody && [413, 'BodyTooLarge'],
    hasBody && [415, 'UnsupportedMediaType'],
    scopes && [422, 'Invalid'],
    scopes && [429, 'TooManyRequests'],
    scopes && [500, 'InternalError'],
    scopes && [503, 'Unavailable'],
  ];
  for (const error of errors) if (error) operation.responses[error[0]] ??= ref('responses', error[1]);
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!status.startsWith('2')) {
      if (response.content) orAnotherProblem(response);
      continue;
    }
    describeAnswer(response, status, schemas, examples.answer);
    if (method !== 'get' && WRITES_RULES.test(path)) response.headers[VERSION] = ref('headers', 'CatalogVersion');
    if (isQuote) response.headers['Offerbook-Stale'] = ref('headers', 'Stale');
  }
}

/** A problem with members of its own is one of those that its status may have. */
function orAnotherProblem(response) {
  const [content] = Object.values(response.content);
  response.headers = { 'X-Request-Id': ref('headers', 'RequestId') };
  if (content.schema.$ref === ref('schemas', 'Problem').$ref) return;
  content.schema = { anyOf: [content.schema, ref('schemas', 'Problem')] };
}

/** What changes a resource by a POST. */
const SETTLES = /\/(confirm|cancel|replace|returns|rotate)$/;
const VERSION = 'Offerbook-Catalog-Version';
const WRITES_RULES = /^\/v1\/(catalog|tags|plans|promotions|discounts|related-products|upgrade-paths)(?!.*promo-codes)/;

function describeParameter(parameter, schemas, values) {
  const schema = schemas[parameter.schema.$ref?.split('/').at(-1)];
  parameter.description ??= schema?.description;
  if (values?.[parameter.name] !== undefined) parameter.example = values[parameter.name];
}

function describeBody(operation, method, examples) {
  const { content } = operation.requestBody;
  const json = content['application/json'];
  if (examples.body !== undefined) json.example = examples.body;
  if (method === 'patch') {
    operation.requestBody.content = { 'application/merge-patch+json': json, 'application/json': json };
  }
}

/** One example for each kind that the body may be of, or have a value of, by its name. */
function nameExamples({ requestBody }, schemas, kinds) {
  const json = requestBody?.content['application/json'];
  const name = json?.schema?.$ref?.split('/').at(-1);
  if (kinds[name] === undefined) return;
  const known = new Set(
    (schemas[name].oneOf ?? schemas.DiscountValue.oneOf).flatMap((choice) => typesOf(choice, schemas)),
  );
  const named = Object.entries(kinds[name]).filter(([kind]) => known.has(kind));
  json.examples = { example: { summary: 'An example', value: json.example }, ...Object.fromEntries(named) };
  delete json.example;
}

function describeAnswer(response, status, schemas, example) {
  const [content] = Object.values(response.content ?? {});
  const properties = schemas[content?.schema?.$ref?.split('/').at(-1)]?.properties ?? {};
  response.headers = { 'X-Request-Id': ref('headers', 'RequestId') };
  if (properties.version && properties.updatedAt) response.headers.ETag = ref('headers', 'ETag');
  if (status === '201' && properties.id) response.headers.Location = ref('headers', 'Location');
  if (content && example !== undefined) content.example = example;
}

function problem(status, title, code, detail, extra = {}) {
  return {
    description: title,
    headers: { 'X-Request-Id': ref('headers', 'RequestId'), ...extra.headers },
    content: {
      'application/problem+json': {
        schema: ref('schemas', 'Problem'),
        example: {
          type: `urn:offerbook:problem:${code}`,
          title,
          status,
          detail,
          code,
          requestId: '4f1a9d52-7a39-4b3a-9a53-2f4c3f1f0a11',
          ...(extra.errors && { errors: extra.errors }),
        },
      },
    },
  };
}

const QUANTITY = { pointer: '/lines/0/quantity', code: 'minimum', detail: 'must be >= 1' };
const RETRY = { headers: { 'Retry-After': ref('headers', 'RetryAfter') } };

const COMMON_COMPONENTS = {
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'The same key and body within 24 hours get the first answer again; another body is refused.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
    CatalogVersion: {
      name: 'Offerbook-Catalog-Version',
      in: 'header',
      description:
        'The least version of the rules to quote by, as a write answered it; without it they are at most a second old.',
      schema: { type: 'integer', minimum: 0 },
    },
    IfMatch: {
      name: 'If-Match',
      in: 'header',
      description: 'The `ETag` that was read: the write happens only while the resource is still that version.',
      schema: { type: 'string' },
    },
  },
  headers: {
    CatalogVersion: {
      description: 'The version of the rules after this write; a quote that sends it is answered by at least that one.',
      schema: { type: 'integer' },
    },
    Stale: {
      description: 'Set to `true` while the database is away: the rules may be older than a second.',
      schema: { type: 'string', const: 'true' },
    },
    RequestId: { description: 'Names the request in the log; as sent, else made here.', schema: { type: 'string' } },
    ETag: { description: 'The version in quotes, for `If-Match`.', schema: { type: 'string' }, example: '"1"' },
    Location: { description: 'The path of the new resource.', schema: { type: 'string' } },
    RetryAfter: { description: 'Seconds to wait before trying again.', schema: { type: 'integer' }, example: 1 },
    Challenge: { description: 'How to authenticate.', schema: { type: 'string' }, example: 'Bearer realm="offerbook"' },
  },
  responses: {
    MalformedJson: problem(400, 'Bad Request', 'malformed_json', 'The body is not JSON.'),
    Unauthorized: problem(401, 'Unauthorized', 'unauthorized', 'Send Authorization: Bearer and a key.', {
      headers: { 'WWW-Authenticate': ref('headers', 'Challenge') },
    }),
    Forbidden: problem(403, 'Forbidden', 'forbidden', 'A publishable key may not do this.'),
    NotFound: problem(404, 'Not Found', 'not_found', 'There is no such resource.'),
    NotAcceptable: problem(406, 'Not Acceptable', 'not_acceptable', 'The answer is JSON.'),
    Conflict: problem(409, 'Conflict', 'key_taken', 'Another resource already has this value.'),
    VersionMismatch: problem(
      412,
      'Precondition Failed',
      'version_mismatch',
      'The resource has been written since; read it again.',
    ),
    BodyTooLarge: problem(
      413,
      'Payload Too Large',
      'body_too_large',
      'The body is larger than this key may send: 256 KiB with a publishable key, else 1 MiB.',
    ),
    UnsupportedMediaType: problem(415, 'Unsupported Media Type', 'unsupported_media_type', 'Send JSON.'),
    Invalid: problem(422, 'Unprocessable Entity', 'invalid_request', '/lines/0/quantity: must be >= 1', {
      errors: [QUANTITY],
    }),
    TooManyRequests: problem(429, 'Too Many Requests', 'too_many_requests', 'Too many requests with this key.', RETRY),
    InternalError: problem(
      500,
      'Internal Server Error',
      'internal_error',
      'Something went wrong on our side; the request id names it in our log.',
    ),
    Unavailable: problem(503, 'Service Unavailable', 'unavailable', 'The database does not answer; try again.', RETRY),
  },
};
