import type { ErrorObject } from 'ajv/dist/2020';
import { type FieldError, pointerTo } from '../../engine/vocabulary/problem';
import { plainFieldError } from '../../expressions/parameters/bounded-work';
import { nearestName } from './nearest-name';
import { openApi } from './openapi';

/** The part of a schema that an error is told by. */
interface Schema {
  type?: string;
  description?: string;
  pattern?: string;
  format?: string;
  properties?: Record<string, { const?: string }>;
  oneOf?: { $ref: string }[];
}

/** Returns words for an error of ajv: what would have been right, before what the schema says of it. */
export function toFieldError(error: ErrorObject): FieldError {
  const { keyword, instancePath, params, message, parentSchema, data } = error;
  const plain = plainFieldError(error);
  const schema = (parentSchema ?? {}) as Schema;
  const member = (name: unknown) => instancePath + pointerTo([String(name)]);
  switch (keyword) {
    case 'required':
      return plain;
    case 'additionalProperties':
      return { ...plain, detail: unknownHere(String(params.additionalProperty), schema) };
    case 'propertyNames':
      return { pointer: member(params.propertyName), code: 'property_name', detail: 'is not a valid name here' };
    case 'discriminator':
      return discriminatorError(member(params.tag), params, schema);
    case 'type':
    case 'text':
      return { pointer: instancePath, code: 'type', detail: wrongType(schema, String(message), data) };
    case 'enum':
      return notAmong(instancePath, 'enum', data, params.allowedValues);
    case 'const':
      return notAmong(instancePath, 'enum', data, [params.allowedValue]);
    default:
      return { ...plain, detail: described(schema, String(message)) };
  }
}

/** A text that has a shape is told by it: who sends a number as money needs to know more than that it must be a text. */
function wrongType(schema: Schema, message: string, data: unknown): string {
  const words = `${message}${data === null ? ', not null' : ''}`;
  const isShapedText = schema.type === 'string' && (schema.pattern ?? schema.format) !== undefined;
  return isShapedText ? described(schema, words) : words;
}

/** Returns the expected shape in words, where the schema has them; a pattern alone is for machines. */
function described({ description }: Schema, message: string): string {
  const [sentence] = description?.split('\n') ?? [];
  return sentence ? `expected: ${sentence.replace(/\.$/, '')} (${message})` : message;
}

function unknownHere(name: string, { properties }: Schema): string {
  return `is not known here${meant(name, Object.keys(properties ?? {}))}`;
}

function discriminatorError(pointer: string, params: ErrorObject['params'], { oneOf = [] }: Schema): FieldError {
  const known = oneOf.flatMap(({ $ref }) => constantType($ref) ?? []);
  const list = known.length > 0 ? `: one of ${listed(known)}` : '';
  if (params.tagValue === undefined) return { pointer, code: 'required', detail: `is required${list}` };
  const hint = meant(String(params.tagValue), known) || list;
  return { pointer, code: 'unknown_type', detail: `is not a known type${hint}` };
}

function constantType($ref: string): string | undefined {
  const schema = openApi.components.schemas[$ref.split('/').at(-1) ?? ''] as Schema | undefined;
  return schema?.properties?.type?.const;
}

function notAmong(pointer: string, code: string, value: unknown, allowed: readonly unknown[]): FieldError {
  const texts = allowed.filter((one) => typeof one === 'string');
  const hint = typeof value === 'string' ? meant(value, texts) : '';
  return { pointer, code, detail: `must be ${allowed.length > 1 ? 'one of ' : ''}${listed(allowed)}${hint}` };
}

/** Asks whether a known name was meant that is nearly the wrong one. */
export function meant(wrong: string, known: readonly string[]): string {
  const nearest = nearestName(wrong, known);
  return nearest === undefined ? '' : `: did you mean ${JSON.stringify(nearest)}?`;
}

function listed(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
