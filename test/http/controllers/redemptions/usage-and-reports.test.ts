import { type Api, startApi } from '../../../support/api';

let api: Api;
let promotionId: string;
let codeId: string;

const line = (unitPrice: string, plan = 'vps-s') => ({ id: 'a', serviceType: 'vps', plan, unitPrice });

async function redeem(orderId: string, unitPrice: string, more: object = {}): Promise<string> {
  const { quote = {}, ...members } = more as { quote?: object };
  const cart = { currency: 'EUR', lines: [line(unitPrice)], promoCodes: ['HALF'], ...quote };
  const { body } = await api
    .as('north')
    .post('/v1/redemptions')
    .send({ orderId, quote: cart, ...members })
    .expect(201);
  return body.id;
}

beforeAll(async () => {
  api = await startApi();
  await api.createProvider('north', { timeZone: 'Pacific/Kiritimati' });
  const promotion = await api
    .as('north')
    .post('/v1/promotions')
    .send({
      name: 'Half',
      key: 'half',
      title: { en: 'Half price' },
      limits: { total: 5, budget: { EUR: '100.00', USD: '10.00' } },
      conditions: [{ type: 'promo_code' }],
      discounts: [{ name: 'Half', key: 'half', value: { type: 'percent', percent: '50' } }],
    })
    .expect(201);
  promotionId = promotion.body.id;
  const code = await api
    .as('north')
    .post(`/v1/promotions/${promotionId}/promo-codes`)
    .send({ code: 'Half', maxRedemptions: 4 })
    .expect(201);
  codeId = code.body.id;
  await redeem('one', '10.00');
  await redeem('two', '20.00', { quote: { lines: [{ ...line('20.00', 'vps-m'), setupFee: '2.00' }] } });
  await redeem('held', '40.00', { holdSeconds: 3600 });
  const cancelled = await redeem('cancelled', '60.00');
  await api.as('north').post(`/v1/redemptions/${cancelled}/cancel`).expect(200);
});

afterAll(() => api.drop());

test('a promotion and its code tell confirmed uses, holds and what is left', async () => {
  const promotion = await api.as('north').get('/v1/promotions/key:half').expect(200);
  expect(promotion.body.usage).toEqual({
    redemptions: 2,
    held: 1,
    left: 2,
    budgetSpent: { EUR: '15.00', USD: '0.00' },
    budgetLeft: { EUR: '65.00', USD: '10.00' },
  });
  const code = await api.as('north').get(`/v1/promotions/${promotionId}/promo-codes/${codeId}`).expect(200);
  expect(code.body.usage).toEqual({ redemptions: 2, held: 1, left: 1 });
});

test('lists tell usage only where they are asked to', async () => {
  const plain = await api.as('north').get('/v1/promotions').expect(200);
  expect(plain.body.items[0]).not.toHaveProperty('usage');
  const counted = await api.as('north').get('/v1/promotions?usage=true').expect(200);
  expect(counted.body.items[0].usage).toMatchObject({ redemptions: 2, held: 1 });
});

test('a promotion that was read with its usage can be written back', async () => {
  const { body } = await api.as('north').get('/v1/promotions/key:half').expect(200);
  const written = await api.as('north').put('/v1/promotions/key:half').send(body).expect(200);
  expect(written.body).not.toHaveProperty('usage');
});

test('a global discount counts its own uses, a discount of a promotion none', async () => {
  const discount = await api
    .as('north')
    .post('/v1/discounts')
    .send({ name: 'Gift', value: { type: 'percent', percent: '10' }, selector: { serviceTypes: ['gift'] } })
    .expect(201);
  await redeem('gift', '5.00', {
    quote: { lines: [{ id: 'a', serviceType: 'gift', unitPrice: '5.00' }], promoCodes: [] },
  });
  const path = `/v1/discounts/${discount.body.id}`;
  expect((await api.as('north').get(path).expect(200)).body.usage).toEqual({ redemptions: 1, held: 0 });
  expect((await api.as('north').get('/v1/discounts/key:half').expect(200)).body).not.toHaveProperty('usage');
});

const span = () => ({
  from: new Date(Date.now() - 3_600_000).toISOString(),
  to: new Date(Date.now() + 60_000).toISOString(),
});
const report = (by: string) =>
  api
    .as('north')
    .get('/v1/reports/redemptions')
    .query({ ...span(), by, currency: 'EUR' })
    .expect(200);

test.each([
  [
    'promotion',
    () => [
      {
        key: promotionId,
        title: 'Half price',
        redemptions: 2,
        cancelled: 1,
        subtotal: '32.00',
        discount: '15.00',
        total: '17.00',
      },
    ],
  ],
  [
    'promoCode',
    () => [{ key: 'Half', redemptions: 2, cancelled: 1, subtotal: '32.00', discount: '15.00', total: '17.00' }],
  ],
  [
    'plan',
    () => [
      { key: 'vps-m', redemptions: 1, cancelled: 0, subtotal: '22.00', discount: '10.00', total: '12.00' },
      { key: 'vps-s', redemptions: 1, cancelled: 1, subtotal: '10.00', discount: '5.00', total: '5.00' },
    ],
  ],
])('a report by %s adds up whole orders and leaves holds out', async (by, expected) => {
  const rows = expected().map((row) => ({ refunded: '0.00', ...row }));
  expect((await report(by)).body.items).toEqual(rows);
});

test("a report by day goes by the provider's calendar", async () => {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Kiritimati' }).format(new Date());
  const { body } = await report('day');
  expect(body.items.at(-1)).toMatchObject({ key: today, cancelled: 1 });
});

test.each([
  ['a span of more than 366 days', { from: '2024-01-01T00:00:00Z', to: '2025-01-02T00:00:00Z' }, '/query/to'],
  ['an end before the start', { from: '2024-01-02T00:00:00Z', to: '2024-01-01T00:00:00Z' }, '/query/to'],
  ['an unknown key', { by: 'customer' }, '/query/by'],
])('a report refuses %s', async (_, query, pointer) => {
  const asked = { ...span(), by: 'day', currency: 'EUR', ...query };
  const { body } = await api.as('north').get('/v1/reports/redemptions').query(asked).expect(422);
  expect(body.errors).toMatchObject([{ pointer }]);
});

test('redemptions are listed by the time they were made, and without their quotes', async () => {
  const as = api.as('north');
  const summary = await as
    .get('/v1/redemptions')
    .query({ ...span(), fields: 'summary', orderId: 'two' })
    .expect(200);
  expect(summary.body.items).toMatchObject([
    {
      orderId: 'two',
      status: 'confirmed',
      currency: 'EUR',
      totals: { subtotal: '22.00', discount: '10.00', total: '12.00' },
    },
  ]);
  expect(summary.body.items[0]).not.toHaveProperty('quote');
  expect((await as.get('/v1/redemptions').query({ to: span().from }).expect(200)).body.items).toEqual([]);
  expect((await as.get('/v1/redemptions').query({ from: span().to }).expect(200)).body.items).toEqual([]);
});

test('redemptions are exported as a table that no spreadsheet takes for formulas', async () => {
  await redeem('=1+1', '1.00', { quote: { promoCodes: [] } });
  const { text, headers } = await api.as('north').get('/v1/redemptions.csv').query(span()).expect(200);
  expect(headers['content-type']).toContain('text/csv');
  const rows = text.trimEnd().split('\r\n');
  expect(rows[0]).toBe(
    '"id","orderId","status","createdAt","currency","subtotal","discount","total","promoCodes","promotions","refunded"',
  );
  expect(rows.find((row) => row.includes('"two"'))).toContain(`"EUR","22.00","10.00","12.00","HALF","${promotionId}"`);
  expect(rows.at(-1)).toContain(`"'=1+1"`);
});

test('a copy is a draft of the same rules, with what the body says instead', async () => {
  const { body, headers } = await api
    .as('north')
    .post('/v1/promotions/key:half/copy')
    .send({ name: 'Half again', key: 'again', priority: 3 })
    .expect(201);
  expect(headers.location).toBe(`/v1/promotions/${body.id}`);
  expect(body).toMatchObject({
    name: 'Half again',
    key: 'again',
    status: 'draft',
    priority: 3,
    limits: { total: 5 },
    conditions: [{ type: 'promo_code' }],
    discounts: [{ name: 'Half', value: { percent: '50' } }],
  });
  expect(body.id).not.toBe(promotionId);
  expect(body.discounts[0]).not.toHaveProperty('key');
  const codes = await api.as('north').get(`/v1/promotions/${body.id}/promo-codes`).expect(200);
  expect(codes.body.items).toEqual([]);
  await api.as('north').post('/v1/promotions/key:nothing/copy').send({ name: 'x' }).expect(404);
});

test('a copy leaves out what was archived of the original', async () => {
  const as = api.as(await api.createProvider());
  const discount = (name: string, status: string) => ({ name, status, value: { type: 'percent', percent: '5' } });
  const discounts = [discount('gone', 'archived'), discount('waits', 'paused'), discount('is there', 'active')];
  const { body } = await as.post('/v1/promotions').send({ name: 'Five', discounts }).expect(201);
  const copied = await as.post(`/v1/promotions/${body.id}/copy`).send({ name: 'Five again' }).expect(201);
  expect(copied.body.discounts).toMatchObject([discount('waits', 'paused'), discount('is there', 'active')]);
});
