import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { ABOVE, asking, BIG_CART } from '../../../support/custom-types';
import { expectProblem } from '../../../support/problem';

const TEN_PERCENT = { name: '10 %', value: { type: 'percent', percent: '10' } };
const AT = '2024-06-12T10:00:00Z';
const line = (fields: object = {}) => ({ id: 'a', serviceType: 'hosting', unitPrice: '20.00', ...fields });
const cart = (fields: object = {}) => ({ currency: 'EUR', at: AT, lines: [line()], ...fields });

let api: Api;
let as: Agent;
let provider: string;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  provider = await api.createProvider();
  as = api.as(provider);
});

const quoted = async (quote: object) => (await as.post('/v1/quote').send(quote).expect(200)).body;
const totalOf = async (quote: object) => (await quoted(quote)).totals.total;
const use = (name: string, parameters?: object) => ({ type: 'custom', name, ...(parameters && { parameters }) });
const promote = (conditions: object[], fields: object = {}) =>
  as.post('/v1/promotions').send({ name: 'P', conditions, discounts: [TEN_PERCENT], ...fields });
const pointersOf = (problem: { errors?: { pointer: string }[] }) => problem.errors?.map(({ pointer }) => pointer);

describe('the whole catalog', () => {
  const read = async () => (await as.get('/v1/catalog').expect(200)).body;
  const put = (document: object, query = '') => as.put(`/v1/catalog${query}`).send(document);
  const names = (changes: Record<string, { type: string; key: string }[]>, list: string) =>
    changes[list]?.map(({ type, key }) => `${type} ${key}`);

  async function fill(): Promise<void> {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    await as.post('/v1/discount-types').send(ABOVE).expect(201);
    const discounts = [{ name: 'V', value: use('above', { from: '1.00' }) }];
    await promote([use('big-cart', { amount: '20.00' })], { key: 'p', discounts }).expect(201);
  }

  test('the whole catalog has the types, and moves them to another provider', async () => {
    await fill();
    const document = await read();
    expect(document.conditionTypes).toEqual([BIG_CART]);
    expect(document.discountTypes).toEqual([ABOVE]);
    expect((await put(document).expect(200)).body).toEqual({ created: [], changed: [], archived: [] });
    const south = api.as(await api.createProvider());
    const dry = (await south.put('/v1/catalog?dryRun=true').send(document).expect(200)).body;
    expect(names(dry, 'created')).toEqual([
      'promotion p',
      expect.stringMatching(/^discount /),
      'condition_type big-cart',
      'discount_type above',
    ]);
    await south.put('/v1/catalog').send(document).expect(200);
    expect((await south.post('/v1/quote').send(cart()).expect(200)).body.totals.total).toBe('1.00');
  });

  test('the whole catalog without lists of types leaves them alone', async () => {
    await fill();
    const { conditionTypes: _, discountTypes: __, ...document } = await read();
    expect((await put(document).expect(200)).body).toEqual({ created: [], changed: [], archived: [] });
    const { body } = await put({ ...document, promotions: [] }).expect(200);
    expect(names(body, 'archived')).toEqual(['promotion p']);
    expect((await read()).conditionTypes).toEqual([BIG_CART]);
  });

  test('the whole catalog that lacks a type in use, or changes it beyond use, is refused at the use', async () => {
    await fill();
    const document = await read();
    const lacking = expectProblem(await put({ ...document, conditionTypes: [], discountTypes: [] }), 422);
    expect(pointersOf(lacking)?.sort()).toEqual([
      '/promotions/0/conditions/0/name',
      '/promotions/0/discounts/0/value/name',
    ]);
    const stricter = { ...BIG_CART, parameters: asking({ amount: { type: 'integer' } }) };
    expect(pointersOf(expectProblem(await put({ ...document, conditionTypes: [stricter] }), 422))).toEqual([
      '/promotions/0/conditions/0/parameters/amount',
    ]);
    const archived = { ...document, promotions: [], conditionTypes: [] };
    expect(pointersOf(expectProblem(await put(archived, '?dryRun=true'), 422))).toEqual(['/conditionTypes']);
    const broken = { ...document, conditionTypes: [{ ...BIG_CART, expression: 'cart' }, BIG_CART] };
    expect(pointersOf(expectProblem(await put(broken), 422))).toEqual([
      '/conditionTypes/1/name',
      '/conditionTypes/0/expression',
    ]);
  });

  test('the whole catalog changes and removes types, and quotes go by what it says', async () => {
    await fill();
    const document = await read();
    const cheaper = { ...ABOVE, expression: 'decimal(2)' };
    const { body } = await put({ ...document, discountTypes: [cheaper, { ...ABOVE, name: 'new' }] }).expect(200);
    expect([names(body, 'changed'), names(body, 'created')]).toEqual([['discount_type above'], ['discount_type new']]);
    expect(await totalOf(cart())).toBe('18.00');
    const removed = (await put({ ...document, discountTypes: [cheaper] }).expect(200)).body;
    expect(names(removed, 'archived')).toEqual(['discount_type new']);
    expectProblem(await as.get('/v1/discount-types/new'), 404);
  });
});
