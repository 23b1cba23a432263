import Ajv2020, { type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { FieldError } from '../../engine/vocabulary/problem';
import { addErrorCounter, EnoughErrors, stopAtEnough, uniqueItems } from '../../expressions/parameters/bounded-work';
import { invalid, MOST_ERRORS } from '../answers/problem';
import { decimalKeyword, textKeyword, withDecimals } from './decimals';
import { toFieldError } from './error-words';
import { formats } from './formats';
import { openApi } from './openapi';
import { findInvalidText, findTooDeep } from './stored-text';

/** The hot path stops at the first error; only a body that has one is looked at again to list them all. */
const quick = validators({ allErrors: false });
const thorough = validators({ allErrors: true, verbose: true, code: { process: stopAtEnough } });

/** Checks a body against a schema of the published document, `text` being its JSON; throws a 422 that lists every error. */
export function validateBody<T>(schema: string, body: unknown, text?: string): T {
  const errors = schemaErrors(schema, body, text);
  if (errors.length > 0) throw invalid(errors);
  return body as T;
}

/** Lists everything that is wrong with a value by a schema of the published document, `text` being its JSON where it is known. */
export function schemaErrors(schema: string, value: unknown, text?: string): FieldError[] {
  // A bare NUL or half a pair is not valid JSON: only an escape can produce one, and most bodies have none.
  const hasStorableTexts = text !== undefined && !text.includes('\\u');
  const unstorable = hasStorableTexts ? findTooDeep(value) : findInvalidText(value);
  if (unstorable) return [unstorable];
  if (value === undefined) return [{ pointer: '', code: 'required', detail: 'is missing' }];
  if (validator(quick, schema)(value)) return [];
  return fieldErrors(findErrors(validator(thorough, schema), value));
}

/** Returns all errors, or more than are reported. */
function findErrors(validate: ValidateFunction, value: unknown): readonly ErrorObject[] {
  try {
    validate(value);
    return validate.errors ?? [];
  } catch (error) {
    if (error instanceof EnoughErrors) return error.errors;
    throw error;
  }
}

/** Compiles the schemas of all bodies ahead of the first request, and those of errors where any visitor could make one wait for it. */
export function compileBodySchemas(): void {
  for (const name of ['QuoteRequest', 'ManyQuotesRequest', 'ForecastRequest']) validator(thorough, name);
  for (const { requestBody } of Object.values(openApi.paths).flatMap((path) => Object.values(path))) {
    for (const { schema } of Object.values(requestBody?.content ?? {})) {
      // A streamed body is read record by record, and has no schema as a whole.
      if (schema.$ref !== undefined) validator(quick, schema.$ref.slice('#/components/schemas/'.length));
    }
  }
}

/** Compiled schemas by name: finding one in ajv costs more than validating a small body. */
interface Validators {
  readonly ajv: Ajv2020;
  readonly compiled: Map<string, ValidateFunction>;
}

function validators(options: Options): Validators {
  const ajv = new Ajv2020({ ...options, discriminator: true, strictTypes: false });
  addErrorCounter(ajv);
  ajv.removeKeyword('uniqueItems').addKeyword(uniqueItems).addKeyword(decimalKeyword).addKeyword(textKeyword);
  addFormats(ajv, ['uri']);
  // The published schema's minimum and maximum say the same in clearer words.
  for (const name of ['int32', 'int64']) ajv.addFormat(name, true);
  for (const [name, isValid] of Object.entries(formats)) ajv.addFormat(name, isValid);
  ajv.addVocabulary(['components', 'example']);
  const schemas = withDecimals(withCartsApart(withoutMappings(openApi.components.schemas)));
  ajv.addSchema({ $id: 'openapi', components: { schemas } });
  return { ajv, compiled: new Map() };
}

function validator({ ajv, compiled }: Validators, schema: string): ValidateFunction {
  const kept = compiled.get(schema);
  if (kept) return kept;
  const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`);
  if (!validate) throw new Error(`The published document has no schema ${schema}`);
  compiled.set(schema, validate);
  return validate;
}

/** Ajv follows a discriminator by the schemas' own constants and refuses the mapping that client generators need. */
function withoutMappings(schemas: object): Record<string, object> {
  return JSON.parse(JSON.stringify(schemas, (name, value) => (name === 'mapping' ? undefined : value)));
}

/** Of several carts each is checked by itself, because one that is wrong fails alone; here they only need an id. */
function withCartsApart({ ManyQuotesRequest, ...schemas }: Record<string, object>): Record<string, object> {
  const { properties } = ManyQuotesRequest as { properties: { quotes: object } };
  const items = { type: 'object', properties: { id: { $ref: '#/components/schemas/Term' } }, required: ['id'] };
  const apart = { ...ManyQuotesRequest, properties: { ...properties, quotes: { ...properties.quotes, items } } };
  return { ...schemas, ManyQuotesRequest: apart };
}

function fieldErrors(errors: readonly ErrorObject[]): FieldError[] {
  const byKey = new Map<string, FieldError>();
  const inside = withErrorsInside(errors);
  const numbers = new Set(errors.filter(({ keyword }) => keyword === 'text').map(({ instancePath }) => instancePath));
  for (const error of errors) {
    // A number in the place of a text misses its pattern as well.
    if (error.keyword !== 'text' && numbers.has(error.instancePath)) continue;
    // Where something inside a value is wrong, that it is not another kind of value altogether helps nobody.
    if (inside.has(error.instancePath)) continue;
    // What is wrong with a property's name is reported once, by `propertyNames` itself; what an `if` leads to, by that.
    if (error.propertyName !== undefined && error.keyword !== 'propertyNames') continue;
    if (error.keyword === 'if') continue;
    const found = toFieldError(error);
    byKey.set(`${found.pointer} ${found.code}`, found);
  }
  // A format says what a pattern says, and more: where both are missed, one of them is enough.
  return [...byKey.values()]
    .filter(({ pointer, code }) => code !== 'format' || !byKey.has(`${pointer} pattern`))
    .slice(0, MOST_ERRORS);
}

/** Returns the places of values that may be of several kinds, where one of the kinds is wrong only inside. */
function withErrorsInside(errors: readonly ErrorObject[]): ReadonlySet<string> {
  const places = errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath);
  return new Set(places.filter((place) => errors.some(({ instancePath }) => instancePath.startsWith(`${place}/`))));
}
