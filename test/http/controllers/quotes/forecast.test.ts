import { type Api, startApi } from '../../../support/api';

let api: Api;

beforeAll(async () => {
  api = await startApi();
  await api.createProvider('north');
});

afterAll(() => api.drop());

const quote = {
  currency: 'EUR',
  lines: [{ id: 'a', serviceType: 'hosting', unitPrice: '20.00', period: { unit: 'month', length: 1 } }],
};
const ask = (body: object) => api.as('north').post('/v1/forecast').send(body);

test('a forecast has the very quote of its cart, and writes nothing', async () => {
  const cart = { ...quote, at: '2026-01-31T00:00:00Z' };
  const { body } = await ask({ quote: cart, payments: 2 }).expect(200);
  expect(body.quote).toEqual((await api.as('north').post('/v1/quote').send(cart).expect(200)).body);
  expect(body.forecast).toMatchObject([
    { at: '2026-02-28T00:00:00Z', total: '20.00', changes: [] },
    { at: '2026-03-31T00:00:00Z', total: '20.00', changes: [] },
  ]);
  expect(body.assumptions.length).toBeGreaterThan(0);
  expect((await api.as('north').get('/v1/redemptions').expect(200)).body.items).toEqual([]);
});

test('what is wrong is pointed at in this body', async () => {
  const pointersOf = async (body: object) =>
    (await ask(body).expect(422)).body.errors.map(({ pointer }: { pointer: string }) => pointer);
  expect(await pointersOf({})).toEqual(['/quote', '/payments']);
  for (const payments of [0, 37, 1.5]) expect(await pointersOf({ quote, payments })).toEqual(['/payments']);
  const twice = { ...quote, lines: [...quote.lines, ...quote.lines] };
  expect(await pointersOf({ quote: twice, payments: 1 })).toEqual(['/quote/lines/1/id']);
  const priceless = { ...quote, lines: [{ ...quote.lines[0], unitPrice: 20 }] };
  expect(await pointersOf({ quote: priceless, payments: 1 })).toEqual(['/quote/lines/0/unitPrice']);
});

describe('a publishable key', () => {
  let shop: ReturnType<Api['with']>;

  beforeAll(async () => {
    shop = api.with(await api.createKey('north', 'publishable'));
  });

  test('a publishable key sees a year of months ahead', async () => {
    const { body } = await shop.post('/v1/forecast').send({ quote, payments: 12 }).expect(200);
    expect(body.forecast).toHaveLength(12);
    const refused = await shop.post('/v1/forecast').send({ quote, payments: 13 }).expect(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/payments' }]);
  });

  test.each([
    ['an instant', { at: '2026-01-31T00:00:00Z' }],
    ['unsaved rules', { draft: {} }],
    ['every explanation', { explain: 'all' }],
  ])('a publishable key may not send %s', async (_name, members) => {
    const body = { quote: { ...quote, ...members }, payments: 1 };
    expect((await shop.post('/v1/forecast').send(body).expect(403)).body.code).toBe('forbidden');
  });

  test('a publishable key sees titles, never internal names', async () => {
    const discounts = [{ name: 'Q4 churn rescue', value: { type: 'percent', percent: '10' } }];
    await api
      .as('north')
      .post('/v1/promotions')
      .send({ name: 'Secret', title: { en: 'Sale' }, discounts })
      .expect(201);
    const named = await ask({ quote, payments: 1 }).expect(200);
    expect(JSON.stringify(named.body)).toContain('Q4 churn rescue');
    const { body } = await shop.post('/v1/forecast').send({ quote, payments: 1 }).expect(200);
    expect(body.forecast[0].lines[0].discounts).toMatchObject([{ title: 'Sale', amount: '2.00' }]);
    expect(JSON.stringify(body)).not.toContain('Q4 churn rescue');
  });

  test('a publishable key may not try out codes', async () => {
    const promoCodes = Array.from({ length: 11 }, (_, index) => `GUESS-${index}`);
    const { body } = await shop
      .post('/v1/forecast')
      .send({ quote: { ...quote, promoCodes }, payments: 1 })
      .expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/quote/promoCodes' }]);
  });
});
