import type Ajv2020 from 'ajv/dist/2020';
import type { ErrorObject, FuncKeywordDefinition } from 'ajv/dist/2020';
import type { SchemaValidateFunction } from 'ajv/dist/types';
import { type FieldError, pointerTo } from '../../engine/vocabulary/problem';

/** More than are ever reported, because several may concern the same place. */
const MOST_FOUND = 1_000;

/** Thrown out of a validation that has found more errors than are reported. */
export class EnoughErrors extends Error {
  constructor(readonly errors: readonly ErrorObject[]) {
    super('There are more errors than are told');
  }
}

/** What `stopAtEnough` makes generated code call instead of counting. */
const COUNTER = 'countErrors';
const COUNTING = /\berrors\+\+|\berrors = vErrors\.length/g;

/** Lets the code that ajv generates count its errors with us: it would collect a million of them, copying them again and again. */
export function stopAtEnough(code: string): string {
  return code.replaceAll(COUNTING, `errors = self.${COUNTER}(vErrors)`);
}

/** Gives an ajv the counter that its code then calls. */
export function addErrorCounter(ajv: Ajv2020): void {
  Object.assign(ajv, {
    [COUNTER](found: readonly ErrorObject[]): number {
      if (found.length > MOST_FOUND) throw new EnoughErrors(found);
      return found.length;
    },
  });
}

/** Ajv compares every entry with every other one where it cannot see that they are texts. */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: true,
  validate: haveNoTwins,
};

function haveNoTwins(isWanted: boolean, entries: readonly unknown[]): boolean {
  const check: SchemaValidateFunction = haveNoTwins;
  const places = new Map<string, number>();
  for (const [place, entry] of isWanted ? entries.entries() : []) {
    const text = JSON.stringify(entry);
    const earlier = places.get(text);
    if (earlier !== undefined) {
      const message = `must NOT have duplicate items (items ## ${earlier} and ${place} are identical)`;
      check.errors = [{ keyword: 'uniqueItems', message, params: { i: place, j: earlier } }];
      return false;
    }
    places.set(text, place);
  }
  return true;
}

/** Returns an error of ajv in its own words, at the member that it is about. */
export function plainFieldError({ keyword, instancePath, params, message = 'is wrong' }: ErrorObject): FieldError {
  const member = (name: unknown): string => instancePath + pointerTo([String(name)]);
  switch (keyword) {
    case 'required':
      return { pointer: member(params.missingProperty), code: 'required', detail: 'is required' };
    case 'additionalProperties':
      return { pointer: member(params.additionalProperty), code: 'unknown_property', detail: 'is not known here' };
    case 'unevaluatedProperties':
      return { pointer: member(params.unevaluatedProperty), code: 'unknown_property', detail: 'is not known here' };
    default:
      return { pointer: instancePath, code: codeOfKeyword(keyword), detail: message };
  }
}

/** Returns the code of an error by the keyword of the schema: `minLength` → `min_length`. */
function codeOfKeyword(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
