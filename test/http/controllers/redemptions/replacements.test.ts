import type { Agent } from 'supertest';
import { reconcile } from '../../../../src/store/reports/reconcile';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { cart, cartOf, createCodePromotion, createPromotion, redeem, totalOf } from '../../../support/redeem';
import { until } from '../../../support/until';

describe('an order that gets another cart', () => {
  let api: Api;
  let as: Agent;
  let provider: string;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    provider = await api.createProvider();
    as = api.with(await api.createKey(provider, 'secret'));
  });
  afterEach(async () => {
    expect(await reconcile(api.db)).toMatchObject({ differences: [], excesses: [] });
  });

  const line = (unitPrice: string, fields: object = {}) => ({
    id: 'line',
    serviceType: 'hosting',
    unitPrice,
    ...fields,
  });
  const of = (unitPrice: string, fields: object = {}) => cart({ lines: [line(unitPrice)], ...fields });
  const replace = (id: string, quote: object, fields: object = {}) =>
    as.post(`/v1/redemptions/${id}/replace`).send({ quote, ...fields });
  const read = async (id: string) => (await as.get(`/v1/redemptions/${id}`).expect(200)).body;
  const usage = async (id: string) => (await as.get(`/v1/promotions/${id}`).expect(200)).body.usage;
  const grants = async () => (await as.get('/v1/grants').expect(200)).body.items;

  describe('quotes', () => {
    test('set its uses aside: limits, codes and budgets, for each customer', async () => {
      const limits = { total: 1, perCustomer: 1, budget: { EUR: '10.00' } };
      await createCodePromotion(as, [{ code: 'ONCE', maxRedemptions: 1, maxRedemptionsPerCustomer: 1 }], { limits });
      const quote = cartOf('anna', { promoCodes: ['ONCE'] });
      const { id } = (await redeem(as, quote)).body;
      expect(await totalOf(as, quote)).toBe('100.00');
      expect(await totalOf(as, { ...quote, redemptionId: id })).toBe('90.00');
      const forecast = await as.post('/v1/forecast').send({ quote: { ...quote, redemptionId: id }, payments: 1 });
      expect(forecast.body.quote.totals.total).toBe('90.00');
      await as.post(`/v1/redemptions/${id}/cancel`).expect(200);
      expect((await redeem(as, quote)).status).toBe(201);
      // It is cancelled, and another order has the use.
      expect(await totalOf(as, { ...quote, redemptionId: id })).toBe('100.00');
    });

    test('set a hold aside until it expires', async () => {
      await createPromotion(as, { limits: { total: 1 } });
      const { id } = (await redeem(as, cart(), { holdSeconds: 1 })).body;
      expect(await totalOf(as, cart({ redemptionId: id }))).toBe('90.00');
      await until(async () => (await totalOf(as, cart())) === '90.00');
      expect((await redeem(as, cart(), { expectedTotal: '90.00' })).status).toBe(201);
      expect(await totalOf(as, cart({ redemptionId: id }))).toBe('100.00');
    });

    test('set aside the grants that it recorded, and what it spent of others', async () => {
      const discounts = [{ name: 'Half', value: { type: 'percent', percent: '50' }, payments: 2 }];
      await createPromotion(as, { discounts });
      const [first, second] = [(await redeem(as, cartOf('anna'))).body, (await redeem(as, cartOf('anna'))).body];
      const discount = async (redemptionId?: string) =>
        (await as.post('/v1/quote').send(cartOf('anna', { redemptionId })).expect(200)).body.discounts;
      expect(await discount()).toEqual([]);
      expect(await discount(first.id)).toMatchObject([{ paymentsLeft: 1 }]);
      expect((await discount(first.id))[0].grantId).toBeUndefined();
      expect(await discount(second.id)).toMatchObject([{ paymentsLeft: 0, grantId: expect.any(String) }]);
    });

    test('name one that exists, of this provider', async () => {
      const elsewhere = await api.createProvider();
      const { id } = (await redeem(api.as(elsewhere), cart())).body;
      for (const redemptionId of [id, 'nothing']) {
        for (const [path, body, pointer] of [
          ['quote', cart({ redemptionId }), '/redemptionId'],
          ['forecast', { quote: cart({ redemptionId }), payments: 1 }, '/quote/redemptionId'],
        ] as const) {
          const { errors } = expectProblem(await as.post(`/v1/${path}`).send(body), 422, 'invalid_request');
          expect(errors).toMatchObject([{ pointer, code: 'unknown_redemption' }]);
        }
      }
    });

    test('quotes are for servers: a publishable key may not name any', async () => {
      const { id } = (await redeem(as, cart())).body;
      const shop = api.with(await api.createKey(provider, 'publishable'));
      expectProblem(await shop.post('/v1/quote').send(cart({ redemptionId: id })), 403, 'forbidden');
      const forecast = { quote: cart({ redemptionId: id }), payments: 1 };
      expectProblem(await shop.post('/v1/forecast').send(forecast), 403, 'forbidden');
      expectProblem(await shop.post(`/v1/redemptions/${id}/replace`).send({ quote: cart() }), 403, 'forbidden');
      expectProblem(await shop.post(`/v1/redemptions/${id}/returns`).send({ lines: [] }), 403, 'forbidden');
    });

    test('quotes of a new order set nothing aside', async () => {
      const { id } = (await redeem(as, cart())).body;
      const { errors } = expectProblem(await redeem(as, cart({ redemptionId: id })), 422, 'invalid_request');
      expect(errors).toMatchObject([{ pointer: '/quote/redemptionId' }]);
    });
  });

  test('an order that gets another cart keeps its id, order and use; the next version has the new quote', async () => {
    const promotion = await createPromotion(as, { limits: { total: 1, budget: { EUR: '20.00' } } });
    const first = (await redeem(as, cart(), { orderId: 'order 7', metadata: { note: 'x' } })).body;
    const answer = await replace('key:order%207', of('200.00'), { expectedTotal: '180.00' }).expect(200);
    expect(answer.body).toMatchObject({
      id: first.id,
      orderId: 'order 7',
      status: 'confirmed',
      version: 2,
      createdAt: first.createdAt,
      metadata: { note: 'x' },
      quote: { totals: { total: '180.00' } },
    });
    expect(answer.headers.etag).toBe('"2"');
    expect(await read(first.id)).toEqual(answer.body);
    expect(await usage(promotion)).toMatchObject({ redemptions: 1, left: 0, budgetSpent: { EUR: '20.00' } });
    expect(await totalOf(as, cart())).toBe('100.00');
  });

  test('an order that gets another cart gives back what the new cart does not use, and a promotion that it used stays redeemed', async () => {
    const promotion = await createCodePromotion(as, [{ code: 'ONCE', maxRedemptions: 1 }]);
    const { id } = (await redeem(as, cart({ promoCodes: ['ONCE'] }))).body;
    await replace(id, cart()).expect(200);
    expect(await totalOf(as, cart({ promoCodes: ['ONCE'] }))).toBe('90.00');
    expect((await as.get(`/v1/redemptions?promotionId=${promotion}`)).body.items).toEqual([]);
    expectProblem(await as.delete(`/v1/promotions/${promotion}`), 409, 'promotion_redeemed');
    const { items } = (await as.get(`/v1/promotions/${promotion}/promo-codes`)).body;
    const code = `/v1/promotions/${promotion}/promo-codes/${items[0].id}`;
    expectProblem(await as.delete(code), 409, 'promo_code_redeemed');
    await replace(id, cart({ promoCodes: ['ONCE'] })).expect(200);
    expect((await as.get('/v1/redemptions?promoCode=once')).body.items).toHaveLength(1);
  });

  test('an order that gets another cart at another price than expected stands as it was', async () => {
    const promotion = await createPromotion(as, { limits: { total: 1 } });
    const { body: before } = await redeem(as, cart());
    const refusal = expectProblem(
      await replace(before.id, of('200.00'), { expectedTotal: '200.00' }),
      409,
      'price_changed',
    );
    expect(refusal.quote).toMatchObject({ totals: { total: '180.00' } });
    expect(await read(before.id)).toEqual(before);
    expect(await usage(promotion)).toMatchObject({ redemptions: 1, left: 0 });
  });

  test('an order that gets another cart may be in another currency and of another customer', async () => {
    const value = { type: 'amount_off', amounts: { EUR: '10.00', JPY: '100' } };
    const limits = { perCustomer: 1, budget: { EUR: '10.00', JPY: '100' } };
    const promotion = await createPromotion(as, { limits, discounts: [{ name: 'Off', value }] });
    const { id } = (await redeem(as, cartOf('anna'))).body;
    const yen = { currency: 'JPY', customer: { id: 'bert' }, lines: [line('1000')] };
    expect((await replace(id, yen).expect(200)).body.quote.totals.total).toBe('900');
    expect(await usage(promotion)).toMatchObject({ budgetSpent: { EUR: '0.00', JPY: '100' } });
    expect((await as.get('/v1/redemptions?customerId=anna')).body.items).toEqual([]);
    expect((await as.get('/v1/redemptions?customerId=bert')).body.items).toHaveLength(1);
    expect(await totalOf(as, cartOf('anna'))).toBe('90.00');
  });

  test('an order that gets another cart stays held until its time, and is confirmed or cancelled as it is then', async () => {
    const promotion = await createPromotion(as, { limits: { total: 1 } });
    const hold = (await redeem(as, cart(), { holdSeconds: 3600 })).body;
    const replaced = (await replace(hold.id, of('200.00')).expect(200)).body;
    expect(replaced).toMatchObject({ status: 'held', expiresAt: hold.expiresAt, version: 2 });
    expect(await usage(promotion)).toMatchObject({ redemptions: 0, held: 1, left: 0 });
    const confirmed = (await as.post(`/v1/redemptions/${hold.id}/confirm`).expect(200)).body;
    expect(confirmed).toMatchObject({ status: 'confirmed', version: 3, quote: { totals: { total: '180.00' } } });
    await as.post(`/v1/redemptions/${hold.id}/cancel`).expect(200);
    expect(await usage(promotion)).toMatchObject({ redemptions: 0, held: 0, left: 1 });
  });

  test('an order that gets another cart that was cancelled or has expired cannot be replaced', async () => {
    const cancelled = (await redeem(as, cart())).body;
    await as.post(`/v1/redemptions/${cancelled.id}/cancel`).expect(200);
    expectProblem(await replace(cancelled.id, cart()), 409, 'redemption_cancelled');
    const hold = (await redeem(as, cart(), { holdSeconds: 1 })).body;
    await until(async () => (await read(hold.id)).status === 'expired');
    expectProblem(await replace(hold.id, cart()), 409, 'redemption_expired');
    expectProblem(await replace('nothing', cart()), 404, 'not_found');
    expectProblem(
      await api
        .as(await api.createProvider())
        .post(`/v1/redemptions/${hold.id}/replace`)
        .send({ quote: cart() }),
      404,
    );
  });

  test('records new grants, takes its old ones back and gives their payments and balances back', async () => {
    const discounts = [{ name: 'Half', value: { type: 'percent', percent: '50' }, payments: 3 }];
    await createPromotion(as, { discounts });
    const { id } = (await redeem(as, cartOf('anna'))).body;
    const renewal = (await redeem(as, cartOf('anna'))).body;
    const [first] = await grants();
    expect(first).toMatchObject({ paymentsLeft: 1 });
    await replace(renewal.id, cartOf('anna', { lines: [line('10.00')] })).expect(200);
    expect(await grants()).toMatchObject([{ id: first.id, paymentsLeft: 1, status: 'active' }]);
    await replace(renewal.id, cartOf('bert')).expect(200);
    expect(await grants()).toMatchObject([
      { id: first.id, paymentsLeft: 2, status: 'active' },
      { customerId: 'bert', paymentsLeft: 2, status: 'active' },
    ]);
    // The order that recorded it is another one now: the right arises anew, as if there had been none.
    await replace(id, cartOf('anna', { lines: [line('10.00')] })).expect(200);
    expect(await grants()).toMatchObject([
      { id: first.id, status: 'revoked' },
      { customerId: 'bert' },
      { customerId: 'anna', paymentsLeft: 2, status: 'active' },
    ]);
  });

  test('an order that gets another cart gives a balance back before the new cart takes of it', async () => {
    const value = { type: 'amount_off', amounts: { EUR: '150.00' } };
    const discounts = [{ name: 'Gift', value, scope: 'order', carryOver: true }];
    const promotion = await createPromotion(as, { discounts, limits: { budget: { EUR: '150.00' } } });
    await redeem(as, cartOf('anna'));
    const { body } = await redeem(as, cartOf('anna'));
    expect(body.quote.totals.total).toBe('50.00');
    const replaced = (await replace(body.id, cartOf('anna', { lines: [line('20.00')] })).expect(200)).body;
    expect(replaced.quote).toMatchObject({ totals: { total: '0.00' }, discounts: [{ balance: { EUR: '30.00' } }] });
    expect(await grants()).toMatchObject([{ balance: { EUR: '30.00' }, status: 'active' }]);
    expect(await usage(promotion)).toMatchObject({ budgetSpent: { EUR: '150.00' } });
  });

  test('an order that gets another cart is answered once per Idempotency-Key, and written on its version only', async () => {
    await createPromotion(as, { limits: { total: 1 } });
    const { id } = (await redeem(as, cart())).body;
    const keyed = () => replace(id, of('200.00')).set('Idempotency-Key', 'replace 1');
    const first = await keyed().expect(200);
    expect((await keyed().expect(200)).text).toBe(first.text);
    expect((await read(id)).version).toBe(2);
    const refused = () => replace(id, of('300.00'), { expectedTotal: '1.00' }).set('Idempotency-Key', 'replace 2');
    const refusal = await refused();
    expectProblem(refusal, 409, 'price_changed');
    expect((await refused()).text).toBe(refusal.text);
    expectProblem(await replace(id, of('300.00')).set('If-Match', '"1"'), 412, 'version_mismatch');
    expect((await replace(id, of('300.00')).set('If-Match', '"2"').expect(200)).body.version).toBe(3);
  });

  test('an order that gets another cart answers a late repetition of its first request with what it is now', async () => {
    const request = { orderId: 'order 7' };
    const { id } = (await redeem(as, cart(), request)).body;
    const replaced = await replace(id, of('200.00')).expect(200);
    const again = await redeem(as, cart(), request);
    expect([again.status, again.body]).toEqual([201, replaced.body]);
    expectProblem(await redeem(as, of('200.00'), request), 409, 'order_redeemed');
  });

  test('an order that gets another cart refuses drafts, other redemptions and members of an order', async () => {
    const { id } = (await redeem(as, cart())).body;
    const other = (await redeem(as, cart())).body;
    const pointers = async (quote: object, fields: object = {}) =>
      (expectProblem(await replace(id, quote, fields), 422).errors as { pointer: string }[]).map(
        ({ pointer }) => pointer,
      );
    expect(await pointers(cart({ draft: {} }))).toEqual(['/quote/draft']);
    expect(await pointers(cart({ redemptionId: other.id }))).toEqual(['/quote/redemptionId']);
    expect(await pointers(cart(), { orderId: 'another' })).toEqual(['/orderId']);
    expect((await replace(id, cart({ redemptionId: id })).expect(200)).body.version).toBe(2);
  });

  test('an order that gets another cart is counted again on what expired holds leave', async () => {
    await createCodePromotion(as, [{ code: 'ONCE', maxRedemptions: 1 }]);
    const { id } = (await redeem(as, cart())).body;
    const hold = (await redeem(as, cart({ promoCodes: ['ONCE'] }), { holdSeconds: 1 })).body;
    await until(async () => (await read(hold.id)).status === 'expired');
    for (const headers of [{}, { 'Idempotency-Key': 'again' }]) {
      const body = { quote: cart({ promoCodes: ['ONCE'] }), expectedTotal: '90.00' };
      await as.post(`/v1/redemptions/${id}/replace`).set(headers).send(body).expect(200);
    }
  });
});
