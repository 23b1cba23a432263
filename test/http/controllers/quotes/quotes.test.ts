import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../../../src/app';
import { connect } from '../../../../src/store/database/connection';
import { ADMIN_KEY, type Api, startApi } from '../../../support/api';

let api: Api;

beforeAll(async () => {
  api = await startApi();
  await api.createProvider('north');
  await api
    .as('north')
    .post('/v1/promotions')
    .send({
      name: 'Summer, internal',
      title: { en: 'Summer sale' },
      endsAt: '2030-07-01T00:00:00Z',
      discounts: [
        { name: 'A third off', value: { type: 'percent', percent: '33.3333' }, endsAt: '2030-06-30T00:00:00Z' },
      ],
    })
    .expect(201);
});

afterAll(() => api.drop());

const AT = '2030-06-12T10:00:00Z';
const line = (unitPrice: string, id = 'a') => ({ id, serviceType: 'hosting', unitPrice });
const post = (body: object) => api.as('north').post('/v1/quotes').send(body);

test('each cart has its own quote by the rules of one version', async () => {
  const carts = [line('20.00'), line('36.00')].map((one, index) => ({ id: `cart-${index}`, lines: [one] }));
  const { body } = await post({ currency: 'EUR', at: AT, quotes: carts }).expect(200);
  const single = await api
    .as('north')
    .post('/v1/quote')
    .send({ currency: 'EUR', at: AT, lines: [line('36.00')] })
    .expect(200);
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['cart-0', 'cart-1']);
  expect(body.items[1].quote).toEqual(single.body);
  expect(body.catalogVersion).toBe(single.body.catalogVersion);
});

test('a price list has prices, percentages, titles and the end of what applies', async () => {
  const carts = [
    { id: 'third', lines: [line('30.00'), { ...line('0.00', 'b'), setupFee: '5.00' }] },
    { id: 'none', lines: [] },
  ];
  const { body } = await post({ currency: 'EUR', at: AT, answer: 'prices', quotes: carts }).expect(200);
  expect(body.items).toEqual([
    {
      id: 'third',
      subtotal: '35.00',
      discount: '10.00',
      total: '25.00',
      lines: [
        { id: 'a', subtotal: '30.00', discount: '10.00', total: '20.00', percentOff: '33.3333' },
        { id: 'b', subtotal: '0.00', discount: '0.00', total: '0.00', percentOff: '0' },
      ],
      titles: ['Summer sale'],
      validUntil: '2030-06-30T00:00:00Z',
    },
    { id: 'none', subtotal: '0.00', discount: '0.00', total: '0.00', lines: [], titles: [] },
  ]);
});

test('a price ends with the grant that gives it, else with the first window of its rule and code', async () => {
  const north = api.as(await api.createProvider());
  const kept = {
    name: 'Kept',
    value: { type: 'percent', percent: '10' },
    validity: { unit: 'month', length: 1 },
    conditions: [{ type: 'customer_group', groups: ['new'] }],
  };
  await north.post('/v1/discounts').send(kept).expect(201);
  const codes = { name: 'Codes', conditions: [{ type: 'promo_code' }], endsAt: '2031-01-01T00:00:00Z' };
  const { id } = (
    await north.post('/v1/promotions').send({ ...codes, discounts: [{ ...kept, validity: undefined, conditions: [] }] })
  ).body;
  const code = { code: 'SPRING', endsAt: '2030-08-01T00:00:00.5+02:00' };
  await north.post(`/v1/promotions/${id}/promo-codes`).send(code).expect(201);
  const quote = { currency: 'EUR', at: AT, customer: { id: 'ann', groups: ['new'] }, lines: [line('10.00')] };
  await north.post('/v1/redemptions').send({ orderId: 'o1', quote }).expect(201);
  const ends = async (fields: object) => {
    const carts = [{ id: 'a', lines: [line('10.00')] }];
    const body = { currency: 'EUR', at: AT, answer: 'prices', ...fields, quotes: carts };
    const { items } = (await north.post('/v1/quotes').send(body).expect(200)).body;
    return items[0].validUntil;
  };
  expect(await ends({ customer: { id: 'ann', groups: [] } })).toBe('2030-07-12T10:00:00Z');
  expect(await ends({ customer: { id: 'bob', groups: [] }, promoCodes: ['spring'] })).toBe('2030-07-31T22:00:00.500Z');
  expect(await ends({ customer: { id: 'eve', groups: ['new'] } })).toBeUndefined();
});

test('attributes are those of every cart; a cart may ask what its subscriptions may change to', async () => {
  const north = api.as(await api.createProvider());
  const web = { type: 'attribute', of: 'cart', name: 'channel', values: ['web'] };
  const ten = { name: 'Ten', value: { type: 'percent', percent: '10' }, conditions: [web] };
  await north.post('/v1/discounts').send(ten).expect(201);
  for (const name of ['monthly', 'yearly']) await north.post('/v1/tags').send({ name }).expect(201);
  const path = { name: 'Up', texts: { en: { title: 'Go yearly' } }, sources: ['monthly'], targets: ['yearly'] };
  await north
    .post('/v1/upgrade-paths')
    .send({ ...path, transition: 'next_booking' })
    .expect(201);
  const subscription = {
    id: 's1',
    tags: ['monthly'],
    price: '5.00',
    currency: 'EUR',
    interval: { unit: 'month', length: 1 },
    startedAt: '2030-05-01T00:00:00Z',
    nextBookingAt: '2030-07-01T00:00:00Z',
  };
  const carts = [
    { id: 'a', lines: [line('10.00')] },
    { id: 'b', lines: [], subscriptions: [subscription], transitions: 'offers' },
  ];
  const body = { currency: 'EUR', at: AT, attributes: { channel: 'web' }, quotes: carts };
  expect((await north.post('/v1/quotes').send(body).expect(200)).body.items).toMatchObject([
    { id: 'a', quote: { totals: { total: '9.00' } } },
    { id: 'b', quote: { upgradeOffers: [{ subscriptionId: 's1', targets: ['yearly'], title: 'Go yearly' }] } },
  ]);
});

test('what 200 carts of one customer need beside the rules is read by one statement', async () => {
  const provider = await api.createProvider();
  const north = api.as(provider);
  const discounts = [{ name: 'Once', value: { type: 'percent', percent: '10' } }];
  await north
    .post('/v1/promotions')
    .send({ name: 'Once', limits: { perCustomer: 1 }, discounts })
    .expect(201);
  const quotes = Array.from({ length: 200 }, (_, id) => ({ id: String(id), lines: [line('10.00')] }));
  const body = { currency: 'EUR', at: AT, customer: { id: 'ann' }, promoCodes: ['NONE'], quotes };
  const db = connect(api.connectionString);
  const config = { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 };
  const app = createApp({ db, log: pino({ level: 'silent' }), clock: Date.now, config });
  const key = `Bearer ${await api.createKey(provider, 'secret')}`;
  const ask = async () =>
    (await request.agent(app).post('/v1/quotes').set('Authorization', key).send(body).expect(200)).body;
  // The first one reads the key and the rules.
  await ask();
  const statements: string[] = [];
  db.on('query', ({ sql }) => statements.push(sql));
  const { items } = await ask();
  await db.destroy();
  expect(statements.filter((sql) => /read_facts|usage_counters|promo_codes|grants/.test(sql))).toHaveLength(1);
  expect(items).toHaveLength(200);
  expect(items[199]).toMatchObject({ id: '199', quote: { totals: { total: '9.00' } } });
});

test('a cart that breaks the schema or a rule fails alone, with pointers of its own', async () => {
  const carts = [
    { id: 'schema', lines: [line('-1.00')] },
    { id: 'rule', lines: [line('1.00'), line('2.00')] },
    { id: 'unknown', lines: [], currency: 'USD' },
    { id: 'sound', lines: [line('3.00')] },
  ];
  const { body } = await post({ currency: 'EUR', quotes: carts }).expect(200);
  expect(body.items).toMatchObject([
    { id: 'schema', problem: { status: 422, errors: [{ pointer: '/lines/0/unitPrice' }] } },
    { id: 'rule', problem: { status: 422, errors: [{ pointer: '/lines/1/id', code: 'duplicate_id' }] } },
    { id: 'unknown', problem: { status: 422, errors: [{ pointer: '/currency', code: 'unknown_property' }] } },
    { id: 'sound', quote: { totals: { total: '2.00' } } },
  ]);
});

test.each([
  [
    'an id that two carts have',
    {
      quotes: [
        { id: 'a', lines: [] },
        { id: 'a', lines: [] },
      ],
    },
    '/quotes/1/id',
  ],
  ['no cart', { quotes: [] }, '/quotes'],
  ['a bad currency', { currency: 'EURO', quotes: [{ id: 'a', lines: [] }] }, '/currency'],
  ['an unsaved rule', { draft: {}, quotes: [{ id: 'a', lines: [] }] }, '/draft'],
  ['a number of nudges', { nudges: 3, quotes: [{ id: 'a', lines: [] }] }, '/nudges'],
  ['a wish for prices of offers', { offerPrices: true, quotes: [{ id: 'a', lines: [] }] }, '/offerPrices'],
  ['a cart without an id', { quotes: [{ lines: [] }] }, '/quotes/0/id'],
])('%s is an error of the whole request', async (_, body, pointer) => {
  const answer = await post({ currency: 'EUR', ...body }).expect(422);
  expect(answer.body.errors).toMatchObject([{ pointer }]);
});

test('more than 2,000 lines in all are refused', async () => {
  const lines = Array.from({ length: 401 }, (_, index) => line('1.00', String(index)));
  const quotes = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, lines }));
  const { body } = await post({ currency: 'EUR', quotes }).expect(422);
  expect(body.errors).toMatchObject([{ pointer: '/quotes', code: 'max_items' }]);
});

test('a storefront may ask for many quotes, but not for another time', async () => {
  const storefront = api.with(await api.createKey('north', 'publishable'));
  const body = { currency: 'EUR', quotes: [{ id: 'a', lines: [line('30.00')] }] };
  const answer = await storefront.post('/v1/quotes').send(body).expect(200);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  await storefront
    .post('/v1/quotes')
    .send({ ...body, at: AT })
    .expect(403);
});
