import type { Agent } from 'supertest';
import { reconcile } from '../../../src/store/reports/reconcile';
import { type Api, startApi } from '../../support/api';
import { findTexts } from '../../support/database-texts';
import { createCodePromotion, createPromotion, redeem, totalOf } from '../../support/redeem';

let api: Api;
let provider: string;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  provider = await api.createProvider(undefined, { settings: { combination: 'sum' } });
  as = api.as(provider);
});
afterEach(async () => {
  const { differences, excesses } = await reconcile(api.db);
  expect({ differences, excesses }).toEqual({ differences: [], excesses: [] });
});

const ANNA = 'anna-7301';
/** What only Anna's data has. */
const OF_ANNA = [ANNA, 'anna.example', 'Anna Karenina', 'vip-7301', 'sub-7301', '1978-09-09'];

const erase = (id: string, as_ = as) => as_.delete(`/v1/customers/${encodeURIComponent(id)}`).expect(204);

/** Anna's cart, with as much of her in it as a cart takes. */
const cartOfAnna = (fields: object = {}) => ({
  currency: 'EUR',
  explain: 'all',
  attributes: { contact: 'Anna Karenina' },
  customer: {
    id: ANNA,
    registeredAt: '1978-09-09T00:00:00Z',
    groups: ['vip-7301'],
    attributes: { mail: 'anna@anna.example' },
    services: [{ serviceType: 'domain', plan: 'anna.example', status: 'active' }],
  },
  lines: [
    {
      id: 'line',
      serviceType: 'hosting',
      plan: 'large',
      serviceId: 'hosting of anna.example',
      title: 'anna.example',
      attributes: { host: 'www.anna.example' },
      unitPrice: '100.00',
      quantity: 2,
    },
  ],
  subscriptions: [
    {
      id: 'sub-7301',
      title: 'Hosting of Anna Karenina',
      price: '5.00',
      currency: 'EUR',
      interval: { unit: 'month', length: 1 },
      startedAt: '2020-01-01T00:00:00Z',
      nextBookingAt: '2030-01-01T00:00:00Z',
    },
  ],
  ...fields,
});

/** Leaves Anna everywhere; answers what she redeemed and what is hers. */
async function leaveAnna() {
  const promotion = await createPromotion(as, {
    limits: { perCustomer: 2 },
    discounts: [{ name: 'Kept', value: { type: 'percent', percent: '10' }, validity: { unit: 'month', length: 3 } }],
  });
  await as
    .post('/v1/discounts')
    .send({
      name: 'For two',
      value: { type: 'percent', percent: '1' },
      recipients: { customers: [ANNA, 'boris-1'] },
    })
    .expect(201);
  const only = await as
    .post('/v1/discounts')
    .send({ name: 'For one', value: { type: 'percent', percent: '2' }, recipients: { customers: [ANNA] } })
    .expect(201);
  await as
    .patch(`/v1/discounts/${only.body.id}`)
    .set('Content-Type', 'application/merge-patch+json')
    .send('{"priority":1}')
    .expect(200);
  await createPromotion(as, {
    name: 'For a group',
    conditions: [{ type: 'customer_group', groups: ['others'] }],
  });
  const withCode = await createCodePromotion(as, []);
  const code = { code: 'PERSONAL', customerId: ANNA, metadata: { for: 'Anna Karenina' } };
  const personal = await as
    .post(`/v1/promotions/${withCode}/promo-codes`)
    .set('Idempotency-Key', 'code')
    .send(code)
    .expect(201);
  const grant = await as
    .post('/v1/grants')
    .set('Idempotency-Key', 'grant')
    .send({ customerId: ANNA, discountId: only.body.id, serviceId: 'anna.example', note: 'For Anna Karenina' })
    .expect(201);
  const body = { orderId: 'first', quote: cartOfAnna(), metadata: { contact: 'Anna Karenina' } };
  const redeemed = await as.post('/v1/redemptions').set('Idempotency-Key', 'order').send(body).expect(201);
  const held = await redeem(as, cartOfAnna({ promoCodes: ['personal'] }), { holdSeconds: 600 });
  expect(held.status).toBe(201);
  await as.post(`/v1/redemptions/${held.body.id}/confirm`).set('Idempotency-Key', 'confirm').expect(200);
  const draft = {
    discounts: [{ name: 'For one', value: { type: 'percent', percent: '2' }, recipients: { customers: [ANNA] } }],
  };
  await as
    .post('/v1/simulations')
    .send({ draft, from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' })
    .expect(202);
  return { promotion, withCode, personal: personal.body, grant: grant.body, redeemed: redeemed.body, body, only };
}

describe('an erased customer', () => {
  test('an erased customer is named in no column of any table, and a second erasure changes nothing', async () => {
    await leaveAnna();
    expect((await findTexts(api.db, OF_ANNA)).length).toBeGreaterThan(20);
    await erase(ANNA);
    expect(await findTexts(api.db, OF_ANNA)).toEqual([]);
    await erase(ANNA);
    expect(await findTexts(api.db, OF_ANNA)).toEqual([]);
  });

  test('an erased customer is still counted: amounts, reports, usage and the table of redemptions stay', async () => {
    const { promotion, redeemed } = await leaveAnna();
    const from = new Date(Date.now() - 86_400_000).toISOString();
    const to = new Date(Date.now() + 86_400_000).toISOString();
    const report = async (by: string) =>
      (await as.get('/v1/reports/redemptions').query({ by, from, to, currency: 'EUR' }).expect(200)).body.items;
    const reports = async () => Promise.all(['promotion', 'promoCode', 'day', 'plan'].map(report));
    const usage = async () => (await as.get(`/v1/promotions/${promotion}`).expect(200)).body.usage;
    const table = async () => (await as.get('/v1/redemptions.csv').expect(200)).text.split('\r\n').length;
    const before = { reports: await reports(), usage: await usage(), lines: await table() };
    expect(before.reports.map((items) => items.length)).toEqual([2, 1, 1, 1]);

    await erase(ANNA);
    expect({ reports: await reports(), usage: await usage(), lines: await table() }).toEqual(before);
    const read = (await as.get(`/v1/redemptions/${redeemed.id}`).expect(200)).body;
    expect(read).toMatchObject({ orderId: 'first', status: 'confirmed', version: 2 });
    expect(read.metadata).toBeUndefined();
    const { lines, discounts, totals, payments } = redeemed.quote;
    expect(read.quote).toMatchObject({ lines, discounts, totals, payments, declined: [], offers: [] });
    expect((await as.get('/v1/redemptions').query({ customerId: ANNA }).expect(200)).body.items).toEqual([]);
  });

  test('an erased customer stays under the limits per customer, of promotions and of codes', async () => {
    const limited = await createPromotion(as, { limits: { perCustomer: 2 } });
    await createCodePromotion(as, [{ code: 'ONCE', maxRedemptionsPerCustomer: 1 }]);
    const quote = { ...cartOfAnna({ promoCodes: ['ONCE'], explain: 'candidates' }) };
    const total = async () => (await redeem(as, quote)).body.quote.totals.total;
    expect(await total()).toBe('160.00');
    await erase(ANNA);
    expect(await totalOf(as, quote)).toBe('180.00');
    expect(await total()).toBe('180.00');
    await erase(ANNA);
    expect(await total()).toBe('200.00');
    expect(await totalOf(as, { ...quote, customer: { id: 'boris-1' } })).toBe('160.00');
    expect((await as.get(`/v1/promotions/${limited}`)).body.usage.redemptions).toBe(2);
  });

  test('frees a use of then by a cancellation of now', async () => {
    await createPromotion(as, { limits: { perCustomer: 1 } });
    const { body } = await redeem(as, cartOfAnna());
    await erase(ANNA);
    expect(await totalOf(as, cartOfAnna())).toBe('200.00');
    await as.post(`/v1/redemptions/${body.id}/cancel`).expect(200);
    expect(await totalOf(as, cartOfAnna())).toBe('180.00');
  });

  test('an erased customer keeps a personal code, which names nobody and works for nobody else', async () => {
    const { withCode, personal } = await leaveAnna();
    await erase(ANNA);
    const path = `/v1/promotions/${withCode}/promo-codes/${personal.id}`;
    const read = (await as.get(path).expect(200)).body;
    expect([read.customerId, read.metadata, read.redemptions]).toEqual([undefined, undefined, 1]);
    const code = async (customer?: object) => {
      const cart = { ...cartOfAnna({ promoCodes: ['PERSONAL'] }), customer };
      return (await as.post('/v1/quote').send(cart).expect(200)).body.promoCodes[0];
    };
    for (const customer of [undefined, { id: 'boris-1' }, {}]) {
      expect(await code(customer)).toMatchObject({ status: 'declined', reason: 'promo_code_not_yours' });
    }
    expect(await code({ id: ANNA })).toMatchObject({ status: 'applied' });

    const { promotionId: _promotion, redemptions: _redemptions, ...fields } = read;
    await as
      .put(path)
      .send({ ...fields, maxRedemptions: 9 })
      .expect(200);
    expect(await code({ id: 'boris-1' })).toMatchObject({ reason: 'promo_code_not_yours' });
    await as
      .put(path)
      .send({ ...fields, customerId: 'boris-1' })
      .expect(200);
    expect(await code({ id: 'boris-1' })).toMatchObject({ status: 'applied' });
    expect(await code({ id: ANNA })).toMatchObject({ reason: 'promo_code_not_yours' });
  });

  test('an erased customer has no grants any more, and no list of recipients', async () => {
    const { grant, only } = await leaveAnna();
    const before = (await as.post('/v1/quote').send(cartOfAnna()).expect(200)).body;
    expect(before.discounts.some(({ grantId }: { grantId?: string }) => grantId !== undefined)).toBe(true);
    await erase(ANNA);
    const read = (await as.get(`/v1/grants/${grant.id}`).expect(200)).body;
    expect(read).toMatchObject({ status: 'ended', customerId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await as.get('/v1/grants').query({ customerId: ANNA }).expect(200)).body.items).toEqual([]);
    const ended = (await as.get('/v1/events').query({ type: 'grant.ended' }).expect(200)).body.items;
    expect(ended.map(({ data }: { data: { grantId: string } }) => data.grantId)).toContain(grant.id);
    expect(ended.every(({ data }: { data: object }) => !('customerId' in data))).toBe(true);
    const after = (await as.post('/v1/quote').send(cartOfAnna()).expect(200)).body;
    expect(after.discounts).toEqual([]);
    expect((await as.get(`/v1/discounts/${only.body.id}`).expect(200)).body.recipients).toEqual({ customers: [] });
    expect(await totalOf(as, { ...cartOfAnna(), customer: { id: 'somebody' } })).toBe('180.00');
  });

  test('an erased customer has no new right to what was paid for once', async () => {
    await createPromotion(as, { discounts: [{ name: 'Two', value: { type: 'percent', percent: '10' }, payments: 2 }] });
    await redeem(as, cartOfAnna());
    expect(await totalOf(as, cartOfAnna())).toBe('180.00');
    await erase(ANNA);
    expect(await totalOf(as, cartOfAnna())).toBe('200.00');
  });

  test('an erased customer can have the order of then changed: its use is set aside, and counts for the customer as before', async () => {
    await createPromotion(as, { limits: { perCustomer: 1 } });
    const { body: first } = await redeem(as, cartOfAnna());
    await erase(ANNA);
    const quote = cartOfAnna({ redemptionId: first.id });
    expect(await totalOf(as, quote)).toBe('180.00');
    const replace = (cart: object) => as.post(`/v1/redemptions/${first.id}/replace`).send({ quote: cart }).expect(200);
    expect((await replace(quote)).body.quote.totals.total).toBe('180.00');
    await erase(ANNA);
    const found = await findTexts(api.db, OF_ANNA);
    expect(found.filter((row) => row.includes(`(${provider},`))).toEqual([]);
    expect((await redeem(as, cartOfAnna())).body.quote.totals.total).toBe('200.00');
    await erase(ANNA);
    const lines = [{ lineId: 'line', quantity: 2 }];
    const returned = await as.post(`/v1/redemptions/${first.id}/returns`).send({ lines }).expect(200);
    expect(returned.body).toMatchObject({ refund: { total: '180.00' }, status: 'returned' });
    expect((await redeem(as, cartOfAnna())).body.quote.totals.total).toBe('180.00');
    await erase(ANNA);
  });

  test('an erased customer is remembered by the order: the same request again is answered, another one is refused', async () => {
    const { body, redeemed } = await leaveAnna();
    await erase(ANNA);
    const again = await as.post('/v1/redemptions').send(body).expect(201);
    expect(again.body).toMatchObject({ id: redeemed.id, version: 1, quote: { totals: redeemed.quote.totals } });
    const other = { ...body, quote: cartOfAnna({ language: 'de' }) };
    expect((await as.post('/v1/redemptions').send(other).expect(409)).body.code).toBe('order_redeemed');
  });

  test('an erased customer is in no recorded answer, and nothing happens twice', async () => {
    const { body, grant, redeemed } = await leaveAnna();
    await erase(ANNA);
    const again = (path: string, key: string, sent: object) => as.post(path).set('Idempotency-Key', key).send(sent);
    expect((await again('/v1/redemptions', 'order', body).expect(409)).body.code).toBe('answer_erased');
    const given = { customerId: ANNA, discountId: grant.discountId, serviceId: 'anna.example', note: grant.note };
    expect((await again('/v1/grants', 'grant', given).expect(409)).body.code).toBe('answer_erased');
    expect((await as.get('/v1/redemptions').expect(200)).body.items).toHaveLength(2);
    expect(redeemed.version).toBe(1);
  });

  test('an erased customer is in the audit log without a name, and in no entry from before', async () => {
    const { grant } = await leaveAnna();
    await erase(ANNA);
    const { items } = (await as.get('/v1/audit-log').query({ limit: 200 }).expect(200)).body;
    expect(items[0]).toMatchObject({
      action: 'remove',
      resourceType: 'customer',
      resourceId: expect.stringMatching(/^[0-9a-f]{64}$/),
      actor: 'admin',
    });
    expect(JSON.stringify(items)).not.toContain(ANNA);
    const ofGrant = items.find(({ resourceId }: { resourceId: string }) => resourceId === grant.id);
    expect(ofGrant.after).toMatchObject({ id: grant.id, discountId: grant.discountId, status: 'active' });
  });

  test('an erased customer is in the feed without a name, which tells of the orders as before', async () => {
    const { redeemed } = await leaveAnna();
    const feed = async () =>
      (await as.get('/v1/events').query({ type: 'redemption.confirmed' }).expect(200)).body.items;
    const before = await feed();
    expect(before[0].data).toMatchObject({ redemptionId: redeemed.id, customerId: ANNA });
    await erase(ANNA);
    const nameless = before.map(
      ({ data: { customerId: _customer, ...data }, ...event }: { data: { customerId: string } }) => ({
        ...event,
        data,
      }),
    );
    expect(await feed()).toEqual(nameless);
  });

  test('an erased customer is one of one provider: the same id elsewhere is somebody else', async () => {
    const other = api.as(await api.createProvider());
    await createPromotion(other, { limits: { perCustomer: 2 } });
    await redeem(other, cartOfAnna());
    await leaveAnna();
    await erase(ANNA);
    expect((await other.get('/v1/redemptions').query({ customerId: ANNA }).expect(200)).body.items).toHaveLength(1);
    expect((await other.get(`/v1/customers/${ANNA}`).expect(200)).body.uses).toHaveLength(1);
  });
});

describe('what is stored of a customer', () => {
  test('what is stored of a customer is read list by list, and in parts', async () => {
    const { promotion, grant, personal, withCode } = await leaveAnna();
    const { body } = await as.get(`/v1/customers/${ANNA}`).expect(200);
    expect(body).toMatchObject({
      id: ANNA,
      promoCodes: [{ id: personal.id, code: 'PERSONAL', customerId: ANNA }],
    });
    expect(body.grants.map(({ id }: { id: string }) => id)).toContain(grant.id);
    const uses = new Map(body.uses.map(({ id, ...use }: { id: string }) => [id, use]));
    expect(uses.get(promotion)).toEqual({ kind: 'promotion', redemptions: 2 });
    expect(uses.get(withCode)).toEqual({ kind: 'promotion', redemptions: 1 });
    expect(uses.get(personal.id)).toEqual({ kind: 'promo_code', redemptions: 1 });

    const parts: Record<string, object[]> = { grants: [], promoCodes: [], uses: [] };
    let cursor: string | undefined;
    do {
      const part = (await as.get(`/v1/customers/${ANNA}`).query({ limit: 1, cursor }).expect(200)).body;
      const entries = Object.keys(parts).flatMap((name) => part[name]);
      expect(entries).toHaveLength(1);
      for (const name of Object.keys(parts)) parts[name]?.push(...part[name]);
      cursor = part.nextCursor;
    } while (cursor !== undefined);
    const { grants, promoCodes } = body;
    expect(parts).toEqual({ grants, promoCodes, uses: body.uses });
  });

  test('what is stored of a customer is nothing for one who is unknown, or was erased', async () => {
    const nothing = (id: string) => ({ id, grants: [], promoCodes: [], uses: [] });
    expect((await as.get('/v1/customers/nobody').expect(200)).body).toEqual(nothing('nobody'));
    await leaveAnna();
    await erase(ANNA);
    expect((await as.get(`/v1/customers/${ANNA}`).expect(200)).body).toEqual(nothing(ANNA));
  });

  test.each([
    'key:anna',
    'a/b c',
    'ä"\\',
    '__proto__',
    'constructor',
    "o'hara %",
  ])('what is stored of a customer is that of exactly %s', async (id) => {
    await createPromotion(as, { limits: { perCustomer: 1 } });
    const quote = { ...cartOfAnna(), customer: { id } };
    expect((await redeem(as, quote)).body.quote.totals.total).toBe('180.00');
    expect((await as.get(`/v1/customers/${encodeURIComponent(id)}`).expect(200)).body).toMatchObject({
      id,
      uses: [{ redemptions: 1 }],
    });
    await erase(id);
    expect((await redeem(as, quote)).body.quote.totals.total).toBe('200.00');
    expect((await as.get(`/v1/customers/${encodeURIComponent(id)}`).expect(200)).body.uses).toEqual([]);
  });

  test('what is stored of a customer is for secret keys with the scope "redemptions", and for no publishable key', async () => {
    const make = async (fields: object) =>
      api.with(
        (
          await api.admin
            .post(`/v1/providers/${provider}/api-keys`)
            .send({ name: 'Key', ...fields })
            .expect(201)
        ).body.token,
      );
    const scoped = await make({ kind: 'secret', scopes: ['redemptions'] });
    await scoped.get('/v1/customers/anna').expect(200);
    await erase('anna', scoped);
    const catalog = await make({ kind: 'secret', scopes: ['catalog:write'] });
    expect((await catalog.delete('/v1/customers/anna').expect(403)).body.code).toBe('out_of_scope');
    const publishable = await make({ kind: 'publishable' });
    await publishable.delete('/v1/customers/anna').expect(403);
  });
});
