import fc, { type Arbitrary } from 'fast-check';
import { openApi } from '../../../src/http/contract/openapi';

/** The part of a schema that values are made from. */
export interface Schema {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  oneOf?: Schema[];
  type?: string | string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
}

const byFormat: Readonly<Record<string, readonly string[]>> = {
  'iso-4217': ['EUR', 'USD', 'JPY', 'KWD'],
  bcp47: ['en', 'de', 'ru', 'de-AT'],
  'iana-time-zone': ['UTC', 'Europe/Berlin', 'America/New_York'],
  'date-time': [
    '2026-11-21T12:00:00Z',
    '2024-02-29T23:59:59.999+05:30',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:00:00Z',
  ],
  date: ['2026-11-21', '2024-02-29', '9999-12-31'],
  uri: ['https://example.com/a.png', 'http://example.com'],
};
const texts = ['a', 'fast', 'monthly', 'A b', '{offerTitle}', '<b onclick="x()">b</b>', '%', "'", '日本', '💥'];

/** Values that mostly fit a schema of the published document; recursion and lists stay small. */
export function fromSchema(name: string): Arbitrary<unknown> {
  return valuesOf(resolved(name));
}

/** Values that mostly fit a schema. */
export function valuesOf(schema: Schema): Arbitrary<unknown> {
  return arbitrary(schema, 0);
}

/** Texts and objects with a grammar of their own, which no schema tells. */
const byName: Readonly<Record<string, Arbitrary<unknown>>> = {
  Expression: fc.constantFrom(
    'true',
    'decimal(1)',
    'cart.total > decimal("5")',
    'line.subtotal / decimal(cart.quantity)',
    'sum(lines.map(l, l.subtotal)) * decimal(parameters.share)',
    'lines.exists(l, l.attributes.ram > 8 || "x" in l.tags)',
    'cart.total >',
  ),
  CustomParameterSchema: fc.constantFrom(
    { type: 'object' },
    { type: 'object', properties: { share: { type: 'string', pattern: '^0\\.[0-9]$' } }, required: ['share'] },
    { type: 'array' },
  ),
};

function arbitrary(schema: Schema, depth: number): Arbitrary<unknown> {
  const named = byName[schema.$ref?.split('/').at(-1) ?? ''];
  if (named !== undefined) return named;
  if (schema.$ref) return arbitrary(resolved(schema.$ref.split('/').at(-1) ?? ''), depth);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((choice) => arbitrary(choice, depth + 1)));
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type) => arbitrary({ ...schema, type }, depth)));
  }
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1_000, (schema.minimum ?? 0) + 20) }),
        fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 0),
      );
    case 'number':
      return fc.constantFrom(0, 16, -2.5, 1e21);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return list(schema, depth);
    case 'object':
      return object(schema, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text({ format, pattern, maxLength = 50 }: Schema): Arbitrary<string> {
  const known = format === undefined ? undefined : byFormat[format];
  if (known) return fc.constantFrom(...known);
  // Percent is the one pattern that looks ahead, which fast-check cannot.
  if (pattern?.includes('(?!')) return fc.constantFrom('10', '0.5', '33.3333', '100');
  if (pattern) return fc.stringMatching(new RegExp(pattern, 'u'), { size: '-1' });
  return fc.constantFrom(...texts).map((value) => value.slice(0, maxLength));
}

function list({ items = {}, minItems = 0, uniqueItems }: Schema, depth: number): Arbitrary<unknown[]> {
  const options = { minLength: minItems, maxLength: Math.max(minItems, depth > 4 ? 0 : 3) };
  const entries = arbitrary(items, depth + 1);
  return uniqueItems ? fc.uniqueArray(entries, options) : fc.array(entries, options);
}

function object(schema: Schema, depth: number): Arbitrary<object> {
  const { properties, required = [], additionalProperties, propertyNames } = schema;
  if (properties) {
    const kept = Object.entries(properties).filter(([name]) => depth <= 4 || required.includes(name));
    const members = Object.fromEntries(kept.map(([name, property]) => [name, arbitrary(property, depth + 1)]));
    return fc.record(members, { requiredKeys: required as never[] });
  }
  const values = typeof additionalProperties === 'object' ? additionalProperties : {};
  const names = propertyNames ? arbitrary({ type: 'string', ...propertyNames }, depth + 1) : fc.constantFrom(...texts);
  return fc.dictionary(names as Arbitrary<string>, arbitrary(values, depth + 1), { minKeys: 1, maxKeys: 3 });
}

function resolved(name: string): Schema {
  const schema = openApi.components.schemas[name];
  if (schema === undefined) throw new Error(`The published document has no schema ${name}`);
  return schema as Schema;
}
