import type { FuncKeywordDefinition } from 'ajv/dist/2020';
import type { SchemaValidateFunction } from 'ajv/dist/types';
import { isComparable, isJsonNumber, MOST_DIGITS, MOST_EXPONENT } from '../../engine/vocabulary/decimal';

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

/** A schema of the published document with `decimal` in the place of the type `number`. */
export function withDecimals(schema: object): object {
  return JSON.parse(JSON.stringify(schema, (_name, part) => decimalsIn(part)));
}

function decimalsIn(part: unknown): unknown {
  const type = typeof part === 'object' && part !== null && 'type' in part ? part.type : undefined;
  if (Array.isArray(type) && type.includes('number')) return { ...(part as object), decimal: 'too' };
  if (type !== 'number') return part;
  const { type: _type, ...others } = part as { type: string };
  return { ...others, decimal: 'only' };
}
