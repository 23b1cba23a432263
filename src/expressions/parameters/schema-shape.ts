import { type FieldError, pointerTo } from '../../engine/vocabulary/problem';

/** What lies at a place of a schema that is not looked at as a schema: names of properties, constants, defaults. */
type Json = { readonly [name: string]: unknown };

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
/** The longest JSON of a schema. */
const MOST_CHARACTERS = 20_000;
/** The most schemas that one is, once each `$ref` is replaced by what it refers to. */
const MOST_SCHEMAS = 1_000;
const LOCAL = /^#\/\$defs\/[^/~%]+$/;

/** Keywords that hold a schema, a list of them, or some by name. */
const ONE = [
  'additionalProperties',
  'propertyNames',
  'items',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const SEVERAL = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];
/** Keywords that lead out of the schema, or around in it. */
const REFUSED = ['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$vocabulary', 'id'];

/** Returns what a schema of parameters may not be, whatever JSON Schema says: endless, enormous, of another draft, or not of an object. */
export function schemaShapeErrors(schema: Json): FieldError[] {
  if (JSON.stringify(schema).length > MOST_CHARACTERS) {
    return [{ pointer: '', code: 'max_length', detail: `must have at most ${MOST_CHARACTERS} characters as JSON` }];
  }
  const errors: FieldError[] = [];
  if (schema.type !== 'object') {
    errors.push({ pointer: '/type', code: 'type', detail: 'must be "object": parameters are an object' });
  }
  if (schema.$schema !== undefined && schema.$schema !== DRAFT) {
    errors.push({ pointer: '/$schema', code: 'const', detail: `must be absent or "${DRAFT}"` });
  }
  walk(schema, [], schema, errors);
  if (errors.length > 0) return errors;
  const size = sizeOf(schema, isObject(schema.$defs) ? schema.$defs : {});
  if (size <= MOST_SCHEMAS) return [];
  const detail = 'refers to itself, or grows beyond bounds by what it refers to';
  return [{ pointer: '', code: 'json_schema', detail }];
}

function walk(schema: unknown, path: readonly string[], root: Json, errors: FieldError[]): void {
  if (!isObject(schema)) return;
  for (const keyword of REFUSED) {
    if (!Object.hasOwn(schema, keyword) || (keyword === 'id' && typeof schema.id !== 'string')) continue;
    errors.push({ pointer: pointerTo([...path, keyword]), code: 'json_schema', detail: 'is not supported here' });
  }
  const { $ref } = schema;
  if ($ref !== undefined && !isKnown($ref, root)) {
    const detail = 'must be "#/$defs/" and the name of one of them: a schema stands for itself';
    errors.push({ pointer: pointerTo([...path, '$ref']), code: 'json_schema', detail });
  }
  for (const [name, part] of partsOf(schema)) walk(part, [...path, ...name], root, errors);
}

function isKnown($ref: unknown, { $defs }: Json): boolean {
  if (typeof $ref !== 'string' || !LOCAL.test($ref)) return false;
  return isObject($defs) && Object.hasOwn($defs, $ref.slice('#/$defs/'.length));
}

/** Returns the schemas in a schema, with the way to them. */
function partsOf(schema: Json): [path: string[], part: unknown][] {
  const members = (keyword: string): [string[], unknown][] => {
    const value = schema[keyword];
    return typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, part]) => [[keyword, name], part])
      : [];
  };
  return [
    ...ONE.filter((keyword) => Object.hasOwn(schema, keyword)).map((keyword): [string[], unknown] => [
      [keyword],
      schema[keyword],
    ]),
    ...SEVERAL.flatMap(members),
    ...NAMED.flatMap(members),
  ];
}

/** Returns how many schemas one is with what it refers to; endless where it refers to itself. */
function sizeOf(root: Json, $defs: Json): number {
  const known = new Map<string, number>();
  const size = (schema: unknown): number => {
    if (!isObject(schema)) return 1;
    let all = 1;
    if (typeof schema.$ref === 'string') all += sizeOfNamed(schema.$ref.slice('#/$defs/'.length));
    for (const [[keyword], part] of partsOf(schema)) if (keyword !== '$defs') all += size(part);
    return all;
  };
  const sizeOfNamed = (name: string): number => {
    const found = known.get(name);
    if (found !== undefined) return found;
    // Whoever comes here again on the way has gone in a circle.
    known.set(name, Number.POSITIVE_INFINITY);
    const own = size($defs[name]);
    known.set(name, own);
    return own;
  };
  return size(root) + Object.keys($defs).reduce((all, name) => all + sizeOfNamed(name), 0);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
