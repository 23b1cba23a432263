import type { Agent } from 'supertest';
import type { CatalogDocument } from '../../../src/store/whole-catalog/document';
import { type Api, startApi } from '../../support/api';
import { getLines, linesOf, putLines, sendLines } from '../../support/catalog/catalog-lines';
import { ABOVE, BIG_CART } from '../../support/custom-types';
import { expectProblem } from '../../support/problem';

const use = (name: string, parameters: object) => ({ type: 'custom' as const, name, parameters });

type TypeInput = NonNullable<CatalogDocument['conditionTypes']>[number];
const OTHER = { ...BIG_CART, name: 'other' } as TypeInput;
const BELOW = { ...ABOVE, expression: 'decimal(parameters.from)' } as TypeInput;

const DOCUMENT = {
  tags: [],
  plans: [],
  promotions: [
    {
      key: 'big',
      name: 'Big',
      conditions: [use('big-cart', { amount: '100' })],
      discounts: [{ key: 'above', name: 'Above', value: use('above', { from: '9' }) }],
    },
  ],
  discounts: [],
  relatedProducts: [],
  upgradePaths: [],
  conditionTypes: [BIG_CART],
  discountTypes: [ABOVE],
} as unknown as CatalogDocument;
const { conditionTypes: _, discountTypes: __, ...RULES } = DOCUMENT;
const NOTHING = { created: [], changed: [], archived: [] };

let api: Api;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  as = api.as(await api.createProvider());
});

/** Sends lines in this order; returns the errors of the 422. */
async function errorsOf(entries: readonly object[]): Promise<{ pointer: string; code: string; line?: number }[]> {
  const lines = [{ catalog: 1 }, ...entries, { end: true, count: entries.length }];
  const answer = await sendLines(as, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expectProblem(answer, 422);
  return answer.body.errors.map(({ detail: _, ...error }: { detail: string }) => error);
}

const typeLine = { resource: 'condition_type', ...BIG_CART };
const ruleLine = { resource: 'promotion', name: 'P', conditions: [use('big-cart', { amount: '1' })] };

test('types and the rules of them come back as they were sent, and change nothing the second time', async () => {
  const { created } = await putLines(as, DOCUMENT);
  expect(created.map(({ type, key }) => `${type} ${key}`).sort()).toEqual([
    'condition_type big-cart',
    'discount above',
    'discount_type above',
    'promotion big',
  ]);
  const read = await getLines(as);
  expect(read).toMatchObject(DOCUMENT);
  expect(await putLines(as, read)).toEqual(NOTHING);
});

test('a quote goes by a type that lines have changed', async () => {
  await putLines(as, DOCUMENT);
  const cart = { currency: 'EUR', lines: [{ id: 'a', serviceType: 'vps', unitPrice: '150.00' }] };
  const total = async () => (await as.post('/v1/quote').send(cart).expect(200)).body.lines[0].total;
  const before = await total();
  const { changed } = await putLines(as, { ...DOCUMENT, discountTypes: [BELOW] });
  expect(changed.map(({ type, key }) => `${type} ${key}`)).toEqual(['discount_type above']);
  expect([before, await total()]).toEqual(['9.00', '141.00']);
});

test('types stay where the lines have none of their kind, and one that is left out goes', async () => {
  await putLines(as, { ...DOCUMENT, conditionTypes: [BIG_CART as TypeInput, OTHER] });
  expect(await putLines(as, RULES)).toEqual(NOTHING);
  const { archived } = await putLines(as, DOCUMENT);
  expect(archived.map(({ type, key }) => `${type} ${key}`)).toEqual(['condition_type other']);
  expect((await getLines(as)).conditionTypes).toEqual([BIG_CART]);
});

test('a dry run tells the same of types, and writes none', async () => {
  const { created } = await putLines(as, DOCUMENT, { dryRun: true });
  expect(created).toHaveLength(4);
  expect((await getLines(as)).conditionTypes).toEqual([]);
});

test('types come before the rules', async () => {
  expect(await errorsOf([typeLine, ruleLine, { ...typeLine, name: 'late' }])).toEqual([
    { pointer: '/4', code: 'order', line: 4 },
  ]);
});

test('what is wrong with a type, or with its use, is told at its line', async () => {
  const wrong = await errorsOf([
    { ...typeLine, expression: 'cart.' },
    { ...typeLine, name: 'other', color: 'red' },
    ruleLine,
  ]);
  expect(wrong).toEqual([
    { pointer: '/2/expression', code: 'expression', line: 2 },
    { pointer: '/3/color', code: 'unknown_property', line: 3 },
    { pointer: '/4/conditions/0/name', code: 'unknown_type', line: 4 },
  ]);
  const used = { ...ruleLine, conditions: [use('big-cart', { amount: 'much' })] };
  expect(await errorsOf([typeLine, ruleLine, used])).toEqual([
    { pointer: '/4/conditions/0/parameters/amount', code: 'pattern', line: 4 },
  ]);
  expect(await errorsOf([typeLine, typeLine])).toEqual([{ pointer: '/3/name', code: 'duplicate_name', line: 3 }]);
});

test('a type that an archived rule still is of cannot go', async () => {
  await putLines(as, { ...DOCUMENT, conditionTypes: [BIG_CART as TypeInput, OTHER] });
  const answer = await sendLines(as, linesOf({ ...RULES, promotions: [], conditionTypes: [OTHER] }));
  expectProblem(answer, 422);
  expect(answer.body.errors).toMatchObject([{ pointer: '/conditionTypes', code: 'type_in_use' }]);
  expect((await getLines(as)).promotions).toHaveLength(1);
});
