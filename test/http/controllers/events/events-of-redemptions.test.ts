import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { eventTypes, feed, laterEvents, makeEventsDue, told } from '../../../support/feed';
import { cart, cartOf, createCodePromotion, createPromotion, redeem } from '../../../support/redeem';
import { until } from '../../../support/until';

let api: Api;
let provider: string;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  provider = await api.createProvider();
  as = api.with(await api.createKey(provider, 'secret'));
});

describe('redemptions', () => {
  test('one that is confirmed at once, and cancelled', async () => {
    const { body } = await redeem(as, cartOf('ada'));
    const facts = {
      redemptionId: body.id,
      orderId: body.orderId,
      customerId: 'ada',
      currency: 'EUR',
      totals: { subtotal: '100.00', discount: '0.00', total: '100.00' },
    };
    expect(await feed(as)).toEqual([told('redemption.confirmed', facts)]);
    await as.post(`/v1/redemptions/${body.id}/cancel`).expect(200);
    await as.post(`/v1/redemptions/${body.id}/cancel`).expect(200);
    expect(await feed(as)).toEqual([told('redemption.confirmed', facts), told('redemption.cancelled', facts)]);
  });

  test('a hold that is confirmed, one that is cancelled and one that expires', async () => {
    const held = async (seconds: number) => (await redeem(as, cart(), { holdSeconds: seconds })).body;
    const [confirmed, cancelled] = [await held(60), await held(60)];
    await as.post(`/v1/redemptions/${confirmed.id}/confirm`).expect(200);
    await as.post(`/v1/redemptions/${confirmed.id}/confirm`).expect(200);
    await as.post(`/v1/redemptions/${cancelled.id}/cancel`).expect(200);
    const expired = await held(1);
    await until(async () => (await eventTypes(as)).includes('redemption.expired'));
    const of = (id: string) => expect.objectContaining({ redemptionId: id, expiresAt: expect.any(String) });
    expect(await feed(as)).toEqual([
      told('redemption.held', of(confirmed.id)),
      told('redemption.held', of(cancelled.id)),
      told('redemption.confirmed', of(confirmed.id)),
      told('redemption.cancelled', of(cancelled.id)),
      told('redemption.held', of(expired.id)),
      told('redemption.expired', of(expired.id)),
    ]);
    const [first, ...others] = (await feed(as)).filter(({ data }) => data.redemptionId === expired.id);
    expect(others[0]?.data).toEqual(first?.data);
    expect(first?.data.expiresAt).toBe(expired.expiresAt);
  });

  test('one that is replaced, and returned in two steps', async () => {
    const discounts = [{ name: 'Half', value: { type: 'percent', percent: '50' }, payments: 3 }];
    await createPromotion(as, { discounts });
    const { body } = await redeem(as, cartOf('ada'));
    const others = await laterEvents(as);
    const lines = [{ id: 'line', serviceType: 'hosting', unitPrice: '10.00', quantity: 2, setupFee: '3.00' }];
    const quote = cartOf('bert', { lines });
    await as.post(`/v1/redemptions/${body.id}/replace`).send({ quote, expectedTotal: '1.00' }).expect(409);
    await as.post(`/v1/redemptions/${body.id}/replace`).send({ quote }).expect(200);
    const back = (quantity: number, fields: object = {}) =>
      as.post(`/v1/redemptions/${body.id}/returns`).send({ lines: [{ lineId: 'line', quantity }], ...fields });
    await back(1).expect(200);
    await back(3).expect(422);
    await back(1, { setup: true }).expect(200);
    const totals = { subtotal: '23.00', discount: '10.00', total: '13.00' };
    const facts = { redemptionId: body.id, orderId: body.orderId, customerId: 'bert', currency: 'EUR', totals };
    const before = { subtotal: '100.00', discount: '50.00', total: '50.00' };
    const ofCustomer = (customerId: string) => expect.objectContaining({ customerId, redemptionId: body.id });
    const line = { lineId: 'line', quantity: 1 };
    expect(await others()).toEqual([
      told('grant.revoked', ofCustomer('ada')),
      told('redemption.replaced', { ...facts, before }),
      told('grant.created', ofCustomer('bert')),
      told('redemption.returned', { ...facts, refund: '5.00', lines: [{ ...line, amount: '5.00' }] }),
      told('redemption.returned', { ...facts, refund: '8.00', lines: [{ ...line, amount: '8.00', setup: '3.00' }] }),
      told('grant.revoked', ofCustomer('bert')),
    ]);
  });

  test('a refusal, and an order that is sent again, tell nothing more', async () => {
    const order = { orderId: 'once', quote: cart() };
    await as.post('/v1/redemptions').send(order).expect(201);
    const others = await laterEvents(as);
    await as.post('/v1/redemptions').send(order).expect(201);
    await as
      .post('/v1/redemptions')
      .send({ ...order, expectedTotal: '1.00', orderId: 'other' })
      .expect(409);
    await as
      .post('/v1/redemptions')
      .send({ orderId: 'bad', quote: { currency: 'EUR' } })
      .expect(422);
    expect(await others()).toEqual([]);
  });

  test('redemptions with an Idempotency-Key there is one event, however often the request is sent', async () => {
    const send = () =>
      as.post('/v1/redemptions').set('Idempotency-Key', 'key').send({ orderId: 'keyed', quote: cart() }).expect(201);
    await send();
    await send();
    expect(await eventTypes(as)).toEqual(['redemption.confirmed']);
  });

  test('what runs out by a redemption: uses, budget and codes; each time that it does', async () => {
    const limits = { total: 1, budget: { EUR: '10.00' } };
    const promotionId = await createCodePromotion(as, [{ code: 'Last', maxRedemptions: 1 }], { limits });
    const events = await laterEvents(as);
    const { body } = await redeem(as, cart({ promoCodes: ['LAST'] }));
    const code = (await as.get(`/v1/promotions/${promotionId}/promo-codes`).expect(200)).body.items[0];
    const exhausted = [
      told('promotion.limit_reached', { promotionId, limit: 1 }),
      told('promotion.budget_spent', { promotionId, currency: 'EUR', budget: '10.00' }),
      told('promo_code.used_up', { promoCodeId: code.id, promotionId, code: 'Last', maxRedemptions: 1 }),
    ];
    const [first, ...others] = await events();
    expect(first?.type).toBe('redemption.confirmed');
    expect(others).toHaveLength(3);
    expect(others).toEqual(expect.arrayContaining(exhausted));
    // With nothing left it is declined, which is no event of the promotion's.
    const again = await laterEvents(as);
    await redeem(as, cart({ promoCodes: ['LAST'] }));
    await as.post(`/v1/redemptions/${body.id}/cancel`).expect(200);
    await redeem(as, cart({ promoCodes: ['LAST'] }));
    expect((await again()).map(({ type }) => type).toSorted()).toEqual(
      [
        'redemption.confirmed',
        'redemption.cancelled',
        'redemption.confirmed',
        ...exhausted.map(({ type }) => type),
      ].toSorted(),
    );
  });

  test('a limit with uses left, and one per customer, tell nothing', async () => {
    await createPromotion(as, { limits: { total: 2, perCustomer: 1, budget: { EUR: '10.01' } } });
    const events = await laterEvents(as);
    await redeem(as, cartOf('ada'));
    expect((await events()).map(({ type }) => type)).toEqual(['redemption.confirmed']);
  });
});

describe('grants', () => {
  const discountOf = async (promotionId: string) =>
    (await as.get(`/v1/promotions/${promotionId}`).expect(200)).body.discounts[0].id;
  const percent = { name: 'Ten percent', value: { type: 'percent', percent: '10' } };

  test('recorded by a redemption, used up by the last payment, revoked with their redemption', async () => {
    const discounts = [{ ...percent, payments: 2 }];
    const discountId = await discountOf(await createPromotion(as, { discounts, limits: { perCustomer: 1 } }));
    const first = (await redeem(as, cartOf('ada'))).body;
    const second = (await redeem(as, cartOf('ada'))).body;
    await as.post(`/v1/redemptions/${second.id}/cancel`).expect(200);
    await as.post(`/v1/redemptions/${first.id}/cancel`).expect(200);
    const facts = {
      grantId: expect.any(String),
      customerId: 'ada',
      discountId,
      redemptionId: first.id,
      startsAt: expect.any(String),
      payments: 1,
    };
    expect((await feed(as)).filter(({ type }) => type.startsWith('grant.'))).toEqual([
      told('grant.created', facts),
      told('grant.used_up', facts),
      told('grant.revoked', facts),
    ]);
  });

  test('a balance is used up when no currency has any left', async () => {
    const value = { type: 'amount_off', amounts: { EUR: '150.00', USD: '5.00' } };
    const discounts = [{ name: 'Voucher', value, scope: 'order', carryOver: true }];
    const discountId = await discountOf(await createPromotion(as, { discounts, limits: { total: 1 } }));
    const given = (await as.post('/v1/grants').send({ customerId: 'ada', discountId }).expect(201)).body;
    const usedUp = () => eventTypes(as, { type: 'grant.used_up' });
    await redeem(as, cartOf('ada'));
    await redeem(as, cartOf('ada'));
    expect(await usedUp()).toEqual([]);
    await redeem(as, cartOf('ada', { currency: 'USD' }));
    expect(await usedUp()).toEqual(['grant.used_up']);
    const balance = { EUR: '150.00', USD: '5.00' };
    expect((await feed(as, { type: 'grant.used_up' }))[0]?.data).toMatchObject({ grantId: given.id, balance });
  });

  test('grants given, changed and taken back by hand', async () => {
    const discountId = await discountOf(await createPromotion(as));
    const give = async (fields = {}) =>
      (
        await as
          .post('/v1/grants')
          .send({ customerId: 'ada', discountId, ...fields })
          .expect(201)
      ).body;
    const events = await laterEvents(as);
    const { id } = await give({ paymentsLeft: 3, endsAt: '2090-01-01T00:00:00Z' });
    await as.patch(`/v1/grants/${id}`).send({ note: 'Sorry' }).expect(200);
    await as.patch(`/v1/grants/${id}`).send({ paymentsLeft: 0 }).expect(200);
    await as.patch(`/v1/grants/${id}`).send({ paymentsLeft: 1, endsAt: null }).expect(200);
    await as.delete(`/v1/grants/${id}`).expect(204);
    await as.delete(`/v1/grants/${id}`).expect(204);
    expect((await events()).map(({ type, data }) => [type, data.grantId, data.payments, data.endsAt])).toEqual([
      ['grant.created', id, 3, '2090-01-01T00:00:00Z'],
      ['grant.used_up', id, 0, '2090-01-01T00:00:00Z'],
      ['grant.revoked', id, 1, undefined],
    ]);
    expect(await api.db('due_events').where('provider_id', provider)).toEqual([]);
  });

  test('ended by the clock, those that were given and those that were redeemed, unless they are used up or revoked', async () => {
    const discountId = await discountOf(await createPromotion(as));
    const endsAt = '2090-01-01T00:00:00Z';
    const give = async (fields = {}) =>
      (
        await as
          .post('/v1/grants')
          .send({ customerId: 'ada', discountId, endsAt, ...fields })
          .expect(201)
      ).body.id;
    const [running, usedUp, revoked] = [await give(), await give({ paymentsLeft: 0 }), await give()];
    await as.delete(`/v1/grants/${revoked}`).expect(204);
    await makeEventsDue(api, provider);
    expect((await feed(as, { type: 'grant.ended' })).map(({ data }) => data.grantId)).toEqual([running]);
    expect(usedUp).not.toBe(running);
    const value = { type: 'percent', percent: '20' };
    const kept = { name: 'Kept', value, validity: { unit: 'day', length: 1 } };
    await createPromotion(as, { discounts: [kept], limits: { perCustomer: 1 } });
    await redeem(as, cartOf('eve'));
    expect(await api.db('due_events').where('provider_id', provider).pluck('type')).toEqual(['grant.ended']);
  });
});
