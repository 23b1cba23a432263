import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { openApi } from '../../../src/http/contract/openapi';
import type { Schema } from './from-schema';

/** One method of a path, as the published document has it. */
export interface PublishedOperation {
  method: string;
  /** With its variables. */
  path: string;
  parameters: { name: string; in: string; schema: Schema }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

/** What came over the wire. */
export interface Received {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

const MOST_BYTES = 8 * 1024 * 1024;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ ...openApi, $id: 'published' });
const validators = new Map<string, ValidateFunction>();

/** The operations of the published document, every reference followed but those of schemas. */
export function publishedOperations(): PublishedOperation[] {
  return Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { parameters, requestBody, responses } = operation as unknown as PublishedOperation;
      return {
        method: method.toUpperCase(),
        path,
        parameters: parameters.map(followed),
        ...(requestBody && { requestBody: followed(requestBody) }),
        responses: Object.fromEntries(Object.entries(responses).map(([status, one]) => [status, followed(one)])),
      };
    }),
  );
}

/** What is wrong with an answer by the published document; a fault of the service always is. */
export function unpublished({ responses }: PublishedOperation, answer: Received): string | undefined {
  const { status, body } = answer;
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] as string;
  if (status >= 500) return 'a fault';
  if (Buffer.byteLength(body) > MOST_BYTES) return 'too large';
  const response = responses[status];
  if (response === undefined) return 'a status that is not published';
  if (status >= 400 && type !== 'application/problem+json') return 'no problem';
  if (body === '') return undefined;
  const content = response.content?.[type];
  if (content === undefined) return `a type that is not published: ${type}`;
  if (!type.endsWith('json')) return undefined;
  const parsed = JSON.parse(body);
  if (status >= 400 && parsed.status !== status) return `a problem of status ${parsed.status}`;
  const $ref = content.schema?.$ref;
  if ($ref === undefined) return undefined;
  const validate = validators.get($ref) ?? ajv.compile({ $ref: `published${$ref}` });
  validators.set($ref, validate);
  return validate(parsed) ? undefined : `not of ${$ref}: ${ajv.errorsText(validate.errors, { dataVar: '' })}`;
}

function followed<T>(part: T & { $ref?: string }): T {
  if (part.$ref === undefined) return part;
  const names = part.$ref.split('/').slice(1);
  return names.reduce((value, name) => (value as Record<string, object>)[name] as object, openApi as object) as T;
}
