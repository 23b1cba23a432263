import { gzipSync } from 'node:zlib';
import type { Agent } from 'supertest';
import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';

let api: Api;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
  as = api.as(await api.createProvider('north'));
});
afterAll(() => api.drop());

const LONG = '0.100000000000000005';
const json = { 'Content-Type': 'application/json' };

function send(path: string, body: string) {
  return as.post(path).set(json).send(body);
}

function promotion(condition: string): string {
  return `{"name":"Version","conditions":[{"type":"attribute","of":"cart","name":"version",${condition}}],
    "discounts":[{"name":"10 %","value":{"type":"percent","percent":"10"}}]}`;
}

function quote(version: string): string {
  return `{"currency":"EUR","attributes":{"version":${version}},"explain":"all",
    "lines":[{"id":"a","serviceType":"vps","unitPrice":"20.00"}]}`;
}

async function discountOf(version: string): Promise<string> {
  return (await send('/v1/quote', quote(version)).expect(200)).body.totals.discount;
}

test('numbers that no double tells apart differ, however they are written, stored and read', async () => {
  const { body } = await send('/v1/promotions', promotion(`"values":[${LONG}]`)).expect(201);
  expect(await discountOf('0.1')).toBe('0.00');
  expect(await discountOf(`${LONG}00`)).toBe('2.00');
  expect(await discountOf('100000000000000005e-18')).toBe('2.00');

  const stored = await as.get(`/v1/promotions/${body.id}`).buffer().expect(200);
  expect(stored.text).toContain(`"values":[${LONG}]`);
  await as.patch(`/v1/promotions/${body.id}`).send({ note: 'read and written' }).expect(200);
  expect(await discountOf(LONG)).toBe('2.00');
  const document = await as.get('/v1/catalog').expect(200);
  expect(document.text).toContain(`"values":[${LONG}]`);

  const { text } = await send('/v1/quote', quote('9007199254740993')).expect(200);
  expect(text).toContain(`"actual":9007199254740993,"required":[${LONG}]`);
  const compressed = gzipSync(quote(LONG));
  const unpacked = await as
    .post('/v1/quote')
    .set({ ...json, 'Content-Encoding': 'gzip' })
    .serialize((sent) => sent as unknown as string)
    .send(compressed as unknown as object);
  expect(unpacked.body.totals.discount).toBe('2.00');
  await as.delete(`/v1/promotions/${body.id}`).expect(204);
});

test.each([
  '1e31',
  '1e400',
  '-1e-400',
  '1e-31',
  '1'.repeat(31),
])('%s is refused, in a cart and in a rule', async (number) => {
  const [fact] = expectProblem(await send('/v1/quote', quote(number)), 422).errors as { pointer: string }[];
  expect(fact).toMatchObject({ pointer: '/attributes/version', code: 'decimal' });
  const rule = await send('/v1/promotions', promotion(`"comparison":"gte","value":${number}`));
  expect(expectProblem(rule, 422).errors).toMatchObject([{ pointer: '/conditions/0/value', code: 'decimal' }]);
});

test.each([
  '1'.repeat(30),
  '1e30',
  '-1e-30',
  '1.0000000000000000000000000000000000000000',
])('%s is a fact', async (number) => {
  await send('/v1/quote', quote(number)).expect(200);
});

test('a long number where none belongs is told as what is wrong with it', async () => {
  const body =
    '{"currency":"EUR","attributes":{},"lines":[{"id":"a","serviceType":"vps","unitPrice":12345678901234567890}]}';
  const { errors } = expectProblem(await send('/v1/quote', body), 422);
  expect(errors).toMatchObject([{ pointer: '/lines/0/unitPrice' }]);
});

test.each(['"\ufdd01"', '"\\ufdd01"'])('no text has the mark of a number: %s', async (text) => {
  expectProblem(await send('/v1/quote', quote(text)), 422, 'invalid_request');
});

test.each([
  '1e308',
  '12345678901234567890',
])('%s in the place of a text is refused, beside attributes too', async (number) => {
  const line = `{"id":${number},"serviceType":"vps","unitPrice":${number}}`;
  const cart = `{"currency":"EUR","attributes":{"channel":"web"},"promoCodes":[${number}],"lines":[${line}]}`;
  const told = { code: 'type', detail: expect.stringContaining('must be string') };
  expect(expectProblem(await send('/v1/quote', cart), 422).errors).toEqual(
    expect.arrayContaining([
      { pointer: '/promoCodes/0', ...told },
      { pointer: '/lines/0/id', ...told },
      { pointer: '/lines/0/unitPrice', ...told },
    ]),
  );
  const product = `{"name":"P","title":{"en":${number}},"action":{"function":"order","parameters":{"n":${number}}}}`;
  expect(expectProblem(await send('/v1/related-products', product), 422).errors).toEqual([
    { pointer: '/title/en', ...told },
  ]);
});
