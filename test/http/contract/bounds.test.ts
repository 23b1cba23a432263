import { openApi } from '../../../src/http/contract/openapi';
import { schemaErrors } from '../../../src/http/contract/validate-body';

interface Schema {
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  maxItems?: number;
  maxLength?: number;
  maxProperties?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

/** Whole JSON documents, of which only the size of the body is bounded. */
const FREE_FORM = new Set(['MergePatch', 'ParameterSchema', 'AuditedState']);
/** A few formats, and patterns without an open end, say how long a text is. */
const SHORT_FORMATS = new Set(['date', 'date-time', 'iso-4217']);
const OPEN_END = /(?<!\\)[*+]|\{\d+,\}/;

function unbounded(schema: Schema, place: string): string[] {
  const { type, items, properties = {}, additionalProperties: others } = schema;
  const found: string[] = [];
  if (type === 'array' && schema.maxItems === undefined) found.push(place);
  if (type === 'string' && !isBoundedText(schema)) found.push(place);
  if (typeof others === 'object' && schema.maxProperties === undefined) found.push(place);
  return [
    ...found,
    ...(items ? unbounded(items, `${place}[]`) : []),
    ...(typeof others === 'object' ? unbounded(others, `${place}.*`) : []),
    ...Object.entries(properties).flatMap(([name, property]) => unbounded(property, `${place}.${name}`)),
    ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((choice) => unbounded(choice, place)),
  ];
}

function isBoundedText({ format = '', pattern, maxLength, ...schema }: Schema): boolean {
  return (
    maxLength !== undefined ||
    schema.enum !== undefined ||
    schema.const !== undefined ||
    SHORT_FORMATS.has(format) ||
    (pattern !== undefined && !OPEN_END.test(pattern))
  );
}

const line = (fields = {}) => ({ id: '1', serviceType: 'hosting', unitPrice: '1.00', ...fields });
const cart = (fields = {}) => ({ currency: 'EUR', lines: [line()], ...fields });
const many = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
const entries = (count: number) => Array(count).fill({ at: '2026-01-01T00:00:00Z', amount: '1', currency: 'EUR' });
const subscription = {
  id: 's',
  price: '1.00',
  currency: 'EUR',
  interval: { unit: 'month', length: 1 },
  startedAt: '2026-01-01T00:00:00Z',
  nextBookingAt: '2026-02-01T00:00:00Z',
};
const condition = { type: 'new_customer' };
const discount = { name: 'D', value: { type: 'percent', percent: '10' } };
const path = { name: 'P', texts: { en: { title: 'T' } }, sources: ['a'], targets: ['b'], transition: 'next_booking' };

describe('bounds of the published document', () => {
  test.each(
    Object.entries(openApi.components.schemas).filter(([name]) => !FREE_FORM.has(name)),
  )('every list, map and text of %s has a bound', (name, schema) => {
    expect(unbounded(schema as Schema, name)).toEqual([]);
  });

  test.each<[schema: string, pointer: string, most: number, make: (count: number) => unknown]>([
    ['QuoteRequest', '/lines', 500, (count) => cart({ lines: Array(count).fill(line()) })],
    ['QuoteRequest', '/subscriptions', 100, (count) => cart({ subscriptions: Array(count).fill(subscription) })],
    ['QuoteRequest', '/promoCodes', 50, (count) => cart({ promoCodes: many(count) })],
    ['QuoteRequest', '/lines/0/tags', 50, (count) => cart({ lines: [line({ tags: many(count) })] })],
    ['QuoteRequest', '/lines/0/planGroups', 50, (count) => cart({ lines: [line({ planGroups: many(count) })] })],
    ['QuoteRequest', '/customer/groups', 100, (count) => cart({ customer: { groups: many(count) } })],
    ['QuoteRequest', '/customer/expenses', 10_000, (count) => cart({ customer: { expenses: entries(count) } })],
    ['QuoteRequest', '/customer/payments', 10_000, (count) => cart({ customer: { payments: entries(count) } })],
    [
      'QuoteRequest',
      '/customer/services',
      1_000,
      (count) => cart({ customer: { services: Array(count).fill({ serviceType: 'hosting', status: 'active' }) } }),
    ],
    ['DiscountInput', '/selector/plans', 1_000, (count) => ({ ...discount, selector: { plans: many(count) } })],
    ['DiscountInput', '/recipients/groups', 10_000, (count) => ({ ...discount, recipients: { groups: many(count) } })],
    ['DiscountInput', '/conditions', 200, (count) => ({ ...discount, conditions: Array(count).fill(condition) })],
    [
      'DiscountInput',
      '/value/tiers',
      100,
      (count) => ({
        ...discount,
        value: { type: 'tiered_percent', by: 'quantity', tiers: Array(count).fill({ from: 1, percent: '1' }) },
      }),
    ],
    ['PromotionInput', '/discounts', 200, (count) => ({ name: 'P', discounts: Array(count).fill(discount) })],
    ['UpgradePathInput', '/sources', 100, (count) => ({ ...path, sources: many(count) })],
    ['UpgradePathInput', '/targets', 100, (count) => ({ ...path, targets: many(count) })],
  ])('a %s takes at %s no more than %i', (schema, pointer, most, make) => {
    expect(schemaErrors(schema, make(most))).toEqual([]);
    expect(schemaErrors(schema, make(most + 1))).toMatchObject([{ pointer, code: 'max_items' }]);
  });

  test.each([
    ['day', 36_525],
    ['month', 1_200],
    ['year', 100],
  ])('a period of the unit %s is at most %i long, which is a hundred years', (unit, most) => {
    const withPeriod = (length: number) => cart({ lines: [line({ period: { unit, length } })] });
    expect(schemaErrors('QuoteRequest', withPeriod(most))).toEqual([]);
    expect(schemaErrors('QuoteRequest', withPeriod(most + 1))).toMatchObject([
      { pointer: '/lines/0/period/length', code: 'maximum' },
    ]);
  });
});

describe('the work of a refusal', () => {
  test('the work of a refusal of half a million errors 50 are told', () => {
    const errors = schemaErrors('QuoteRequest', cart({ customer: { groups: Array(500_000).fill(0) } }));
    expect(errors).toHaveLength(50);
    expect(errors.map(({ code }) => code)).toEqual(['max_items', ...Array(49).fill('type')]);
  });

  test('the work of a refusal of a hundred thousand bad lines 50 errors are told', () => {
    const errors = schemaErrors('QuoteRequest', cart({ lines: Array(100_000).fill({ id: 0 }) }));
    expect(errors).toHaveLength(50);
    for (const { pointer } of errors) expect(pointer).toMatch(/^\/lines/);
  });

  test('the work of a refusal of a hundred thousand unknown names 50 are told', () => {
    const unknown = Object.fromEntries(many(100_000).map((name) => [name, 0]));
    const errors = schemaErrors('QuoteRequest', cart(unknown));
    expect(errors).toHaveLength(50);
    for (const { code } of errors) expect(code).toBe('unknown_property');
  });

  test('a list with many entries is refused by its length, and one with a twin by the twin', () => {
    const twins = schemaErrors('UpgradePathInput', { ...path, sources: ['a', 'c', 'a'] });
    expect(twins).toMatchObject([{ pointer: '/sources', code: 'unique_items' }]);
    expect(twins[0]?.detail).toContain('## 0 and 2');
    const all = schemaErrors('UpgradePathInput', { ...path, sources: many(100_000) });
    expect(all).toMatchObject([{ pointer: '/sources', code: 'max_items' }]);
  });

  test('an unstorable text behind half a million siblings is found where it is', () => {
    const nested = Array.from({ length: 60 }).reduce<unknown>((inner) => [inner], [...Array(500_000).fill(0), '\0']);
    expect(schemaErrors('QuoteRequest', nested)).toEqual([
      { pointer: `${'/0'.repeat(60)}/500000`, code: 'characters', detail: expect.any(String) },
    ]);
  });
});
