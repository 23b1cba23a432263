import { _, type CodeKeywordDefinition, type FuncKeywordDefinition } from 'ajv/dist/2020';
import type { SchemaValidateFunction } from 'ajv/dist/types';
import { EXACT, isComparable, isJsonNumber, MOST_DIGITS, MOST_EXPONENT } from '../../engine/vocabulary/decimal';

/** For ajv: a value that is a number must be one that rules can compare; `"only"`: and nothing else is allowed. */
export const decimalKeyword: FuncKeywordDefinition = {
  keyword: 'decimal',
  schemaType: 'string',
  errors: true,
  validate: isDecimal,
};

function isDecimal(allowed: string, value: unknown): boolean {
  const check: SchemaValidateFunction = isDecimal;
  if (isJsonNumber(value)) {
    if (isComparable(value)) return true;
    const message = `must have at most ${MOST_DIGITS} significant digits and an exponent of at most ±${MOST_EXPONENT}`;
    check.errors = [{ keyword: 'decimal', message, params: {} }];
    return false;
  }
  if (allowed !== 'only') return true;
  check.errors = [{ keyword: 'type', message: 'must be number', params: { type: 'number' } }];
  return false;
}

/** For ajv: a text must not be a number that was read as its digits. */
export const textKeyword: CodeKeywordDefinition = {
  keyword: 'text',
  type: 'string',
  schemaType: 'boolean',
  error: { message: 'must be string' },
  code: (context) => context.fail(_`${context.data}.charCodeAt(0) === ${EXACT.charCodeAt(0)}`),
};

/** Returns a schema of the published document with `decimal` in the place of the type `number`, and `text` beside the type `string`. */
export function withDecimals(schema: object): object {
  return JSON.parse(JSON.stringify(schema, (_name, part) => decimalsIn(part)));
}

function decimalsIn(part: unknown): unknown {
  const type = typeof part === 'object' && part !== null && 'type' in part ? part.type : undefined;
  if (Array.isArray(type) && type.includes('number')) return { ...(part as object), decimal: 'too' };
  if (type === 'string') return { ...(part as object), text: true };
  if (type !== 'number') return part;
  const { type: _type, ...others } = part as { type: string };
  return { ...others, decimal: 'only' };
}
