import type { Agent } from 'supertest';
import type { CatalogDocument } from '../../../src/store/whole-catalog/document';
import { type Api, startApi } from '../../support/api';
import { getLines, linesOf, putLines, sendLines } from '../../support/catalog/catalog-lines';
import { expectProblem } from '../../support/problem';

let api: Api;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  as = api.as(await api.createProvider());
});

const head = '{"catalog":1}\n';
const tag = '{"resource":"tag","name":"monthly"}\n';
const value = { type: 'percent', percent: '10' } as const;
const EMPTY: CatalogDocument = {
  tags: [],
  plans: [],
  promotions: [],
  discounts: [],
  relatedProducts: [],
  upgradePaths: [],
};

async function expectNothing(): Promise<void> {
  expect(await getLines(as)).toEqual({ ...EMPTY, conditionTypes: [], discountTypes: [] });
  expect((await as.get('/v1/audit-log').query({ action: 'import' }).expect(200)).body.items).toEqual([]);
}

test.each([
  ['without its first line', `${tag}{"end":true,"count":1}\n`, 'catalog', 1],
  ['of another version', '{"catalog":2}\n{"end":true,"count":0}\n', 'catalog', 1],
  ['without its last line', `${head}${tag}`, 'incomplete', undefined],
  ['that is empty', '', 'incomplete', undefined],
  ['whose last line is cut off', `${head}${tag}{"end":true}\n`, 'end', 3],
  ['whose last line counts other lines', `${head}${tag}{"end":true,"count":2}\n`, 'count', 3],
  ['that goes on after its last line', `${head}{"end":true,"count":0}\n${tag}`, 'after_end', 3],
  ['with an unknown resource', `${head}{"resource":"coupon"}\n{"end":true,"count":1}\n`, 'enum', 2],
  ['with a line that is no object', `${head}[1]\n{"end":true,"count":1}\n`, 'enum', 2],
  [
    'with a property that is not known',
    `${head}{"resource":"tag","name":"a","x":1}\n{"end":true,"count":1}\n`,
    'unknown_property',
    2,
  ],
])('a document %s is refused, and nothing is written', async (_words, text, code, line) => {
  const answer = await sendLines(as, text);
  expectProblem(answer, 422);
  expect(answer.body.errors).toMatchObject([{ code, ...(line !== undefined && { line }) }]);
  await expectNothing();
});

test('a line that is not JSON is named', async () => {
  const answer = await sendLines(as, `${head}${tag}{"resource":\n`);
  expectProblem(answer, 400, 'malformed_json');
  expect(answer.body.detail).toContain('Line 3');
  await expectNothing();
});

test('every mistake is told with its line, also what is wrong between lines', async () => {
  const document: CatalogDocument = {
    ...EMPTY,
    tags: [{ key: 'a', name: 'monthly' }, { name: 'monthly' }, { key: 'a', name: 'yearly' }],
    plans: [
      { id: 'web', serviceType: 'hosting' },
      { id: 'web', serviceType: 'hosting' },
    ],
    promotions: [{ key: 'p', name: 'P', discounts: [{ key: 'd', name: 'D', value }] }],
    discounts: [{ key: 'd', name: 'D', value }],
    upgradePaths: [
      {
        name: 'Up',
        texts: { en: { title: 'Up' } },
        sources: ['monthly'],
        targets: ['none'],
        transition: 'next_booking',
      },
    ],
  };
  const answer = await sendLines(as, linesOf(document));
  expectProblem(answer, 422);
  expect(
    answer.body.errors.map(({ line, pointer, code }: { line: number; pointer: string; code: string }) => [
      line,
      pointer,
      code,
    ]),
  ).toEqual([
    [3, '/3/name', 'duplicate_name'],
    [4, '/4/key', 'duplicate_key'],
    [6, '/6/id', 'duplicate_id'],
    [8, '/8/key', 'duplicate_key'],
    [9, '/9/targets/0', 'unknown_tag'],
  ]);
  await expectNothing();
});

test('of many mistakes fifty are told', async () => {
  const wrong = Array.from({ length: 80 }, () => '{"resource":"tag","name":""}\n').join('');
  const answer = await sendLines(as, `${head}${wrong}{"end":true,"count":80}\n`);
  expectProblem(answer, 422);
  expect(answer.body.errors).toHaveLength(50);
});

test('a tag that a plan goes on naming can not be left out', async () => {
  await putLines(as, {
    ...EMPTY,
    tags: [{ name: 'monthly' }],
    plans: [{ id: 'web', serviceType: 'hosting', tags: ['monthly'] }],
  });
  const answer = await sendLines(
    as,
    linesOf({ ...EMPTY, plans: [{ id: 'web', serviceType: 'hosting', tags: ['monthly'] }] }),
  );
  expectProblem(answer, 422);
  expect(answer.body.errors).toMatchObject([{ line: 2, pointer: '/2/tags/0', code: 'tag_in_use' }]);
});

test('a document may be larger than 1 MiB, and its answer has the first thousand changes of each kind with their number', async () => {
  const description = 'x'.repeat(1000);
  const tags = Array.from({ length: 2_500 }, (_, n) => ({ key: `t${n}`, name: `t${n}`, description }));
  const { body } = await sendLines(as, linesOf({ ...EMPTY, tags })).expect(200);
  expect(body.counts).toEqual({ created: 2_500, changed: 0, archived: 0 });
  expect(body.created).toHaveLength(1_000);
  expect((await getLines(as)).tags).toEqual(tags);
  const left = (await sendLines(as, linesOf(EMPTY)).expect(200)).body;
  expect(left.counts).toEqual({ created: 0, changed: 0, archived: 2_500 });
});

test('the log tells how far an import is', async () => {
  const plans = Array.from({ length: 10_000 }, (_, n) => ({ id: `plan-${n}`, serviceType: 'hosting' }));
  api.logged.length = 0;
  await sendLines(as, linesOf({ ...EMPTY, plans })).expect(200);
  const notes = api.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'A catalog is being imported');
  expect(notes.map(({ read, written }) => ({ read, written }))).toEqual([{ read: 10_000 }, { written: 10_000 }]);
});

test('an import is told as an event, with its numbers', async () => {
  await putLines(as, { ...EMPTY, tags: [{ name: 'monthly' }] });
  const { items } = (await as.get('/v1/events').query({ type: 'catalog.imported' }).expect(200)).body;
  expect(items).toMatchObject([{ data: { created: 1, changed: 0, archived: 0 } }]);
});

test('a promotion is another one once a discount has left it for one that comes much later or earlier in the document', async () => {
  const others = (prefix: string) =>
    Array.from({ length: 300 }, (_, n) => ({ key: `${prefix}${n}`, name: `${prefix}${n}`, discounts: [] }));
  const at = (here: boolean) => ({ discounts: here ? [{ key: 'moving', name: 'Moving', value }] : [] });
  const document = (isFirst: boolean): CatalogDocument => ({
    ...EMPTY,
    promotions: [
      { key: 'first', name: 'First', ...at(isFirst) },
      ...others('a'),
      { key: 'last', name: 'Last', ...at(!isFirst) },
    ],
  });
  await putLines(as, document(true));
  for (const isFirst of [false, true]) {
    const changes = await putLines(as, document(isFirst));
    expect(changes.created).toEqual([]);
    expect(changes.archived).toEqual([]);
    expect(changes.changed.map(({ type, key }) => `${type} ${key}`).sort()).toEqual([
      'discount moving',
      'promotion first',
      'promotion last',
    ]);
    const [first, last] = await Promise.all(
      ['first', 'last'].map(async (key) => (await as.get(`/v1/promotions/key:${key}`).expect(200)).body),
    );
    expect([first.discounts.length, last.discounts.length]).toEqual(isFirst ? [1, 0] : [0, 1]);
  }
  expect((await as.get('/v1/promotions/key:first').expect(200)).body.version).toBe(3);
});

test('Accept chooses the format, JSON where both are as welcome', async () => {
  await as
    .get('/v1/catalog')
    .set('Accept', '*/*')
    .expect(200)
    .expect('Content-Type', /^application\/json/);
  await as
    .get('/v1/catalog')
    .set('Accept', 'application/json, application/x-ndjson')
    .expect(200)
    .expect('Content-Type', /^application\/json/);
  expectProblem(await as.get('/v1/catalog').set('Accept', 'text/csv'), 406);
  expectProblem(await as.get('/v1/promotions').set('Accept', 'application/x-ndjson'), 406);
  expectProblem(await as.put('/v1/tags/x').set('Content-Type', 'application/x-ndjson').send(head), 415);
});
