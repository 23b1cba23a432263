import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { cart, cartOf, createCodePromotion, createPromotion, redeem, totalOf } from '../../../support/redeem';

const explained = { explain: 'candidates' };

describe('limits', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    as = api.with(await api.createKey(await api.createProvider(), 'secret'));
  });

  /** Redeems at the price that holds now; answers it and why codes, or else rules, were declined. */
  async function redeemed(quote: object): Promise<{ id: string; total: string; reasons: string[] }> {
    const answer = await redeem(as, quote);
    expect(answer.status).toBe(201);
    const { totals, declined, promoCodes } = answer.body.quote;
    const reasons = (promoCodes.length > 0 ? promoCodes : declined).flatMap(
      ({ reason }: { reason?: string }) => reason ?? [],
    );
    return { id: answer.body.id, total: totals.total, reasons };
  }
  const cancel = (id: string) => as.post(`/v1/redemptions/${id}/cancel`).expect(200);

  test('a total limit', async () => {
    await createPromotion(as, { limits: { total: 2 } });
    for (let use = 1; use <= 2; use++) expect((await redeemed(cart())).total).toBe('90.00');
    expect(await redeemed(cart(explained))).toMatchObject({ total: '100.00', reasons: ['limit_reached'] });
  });

  test('a limit per customer counts each customer alone', async () => {
    await createPromotion(as, { limits: { perCustomer: 1 } });
    const { id } = await redeemed(cartOf('anna'));
    expect(await redeemed(cartOf('anna', explained))).toMatchObject({ total: '100.00', reasons: ['limit_reached'] });
    expect((await redeemed(cartOf('ben'))).total).toBe('90.00');
    await cancel(id);
    expect((await redeemed(cartOf('anna'))).total).toBe('90.00');
  });

  test('limits without a customer a quote is optimistic, and a redemption declines the promotion', async () => {
    await createPromotion(as, { limits: { perCustomer: 5 } });
    expect(await totalOf(as, cart())).toBe('90.00');
    expect(await redeemed(cart(explained))).toMatchObject({ total: '100.00', reasons: ['missing_fact'] });
    expectProblem(await redeem(as, cart(), { expectedTotal: '90.00' }), 409, 'price_changed');
  });

  test("a purchase counts once per customer, a promotion's and a global discount's alike", async () => {
    const purchase = { type: 'purchase', selector: { serviceTypes: ['hosting'] } };
    await createPromotion(as, { conditions: [purchase] });
    expect((await redeemed(cartOf('anna'))).total).toBe('90.00');
    expect(await redeemed(cartOf('anna', explained))).toMatchObject({ total: '100.00', reasons: ['limit_reached'] });
    expect(await redeemed(cart(explained))).toMatchObject({ total: '100.00', reasons: ['missing_fact'] });

    const value = { type: 'percent', percent: '20' };
    await as
      .post('/v1/discounts')
      .send({ name: 'Global', value, conditions: [purchase] })
      .expect(201);
    const { id, total } = await redeemed(cartOf('anna'));
    expect(total).toBe('80.00');
    expect(await totalOf(as, cartOf('anna'))).toBe('100.00');
    expect(await totalOf(as, cartOf('ben'))).toBe('80.00');
    await cancel(id);
    expect(await totalOf(as, cartOf('anna'))).toBe('80.00');
  });

  test('the limits of a code, in all and per customer, and its uses in the catalog', async () => {
    const promotion = await createCodePromotion(as, [{ code: 'SUN', maxRedemptions: 2, maxRedemptionsPerCustomer: 1 }]);
    const codes = { promoCodes: ['sun'] };
    expect((await redeemed(cartOf('anna', codes))).total).toBe('90.00');
    expect((await redeemed(cartOf('anna', codes))).reasons).toEqual(['promo_code_used_up']);
    expect((await redeemed(cart(codes))).reasons).toEqual(['missing_fact']);
    const { id } = await redeemed(cartOf('ben', codes));
    expect((await redeemed(cartOf('carl', codes))).reasons).toEqual(['promo_code_used_up']);
    const used = async () =>
      (await as.get(`/v1/promotions/${promotion}/promo-codes/key:sun`).expect(200)).body.redemptions;
    expect(await used()).toBe(2);
    await cancel(id);
    expect(await used()).toBe(1);
    expect((await redeemed(cartOf('carl', codes))).total).toBe('90.00');
  });

  test('a code that is used up leaves its place to the next one', async () => {
    await createCodePromotion(as, [{ code: 'FIRST', maxRedemptions: 1 }]);
    await createCodePromotion(as, [{ code: 'SECOND', maxRedemptions: 1 }]);
    const quote = cart({ promoCodes: ['FIRST', 'SECOND'] });
    const statuses = async () =>
      (await redeem(as, quote)).body.quote.promoCodes.map(
        ({ status, reason }: { status: string; reason?: string }) => reason ?? status,
      );
    expect(await statuses()).toEqual(['applied', 'one_code_per_order']);
    expect(await statuses()).toEqual(['promo_code_used_up', 'applied']);
    expect(await statuses()).toEqual(['promo_code_used_up', 'promo_code_used_up']);
  });

  test('a budget is all or nothing, exact to the smallest unit, and of each currency alone', async () => {
    await createPromotion(as, {
      limits: { budget: { EUR: '0.300', KWD: '999999999999.999999' } },
      discounts: [{ name: 'Off', value: { type: 'amount_off', amounts: { EUR: '0.10', KWD: '0.001' } } }],
    });
    const priced = (currency: string) => cart({ ...explained, currency });
    for (let use = 1; use <= 3; use++) expect((await redeemed(priced('EUR'))).total).toBe('99.90');
    expect(await redeemed(priced('EUR'))).toMatchObject({ total: '100.00', reasons: ['budget_spent'] });
    expect(await redeemed(priced('USD'))).toMatchObject({ total: '100.00', reasons: ['currency_not_priced'] });
    for (let use = 1; use <= 2; use++) expect((await redeemed(priced('KWD'))).total).toBe('99.999');
    await api.db('usage_counters').where({ kind: 'budget', currency: 'KWD' }).update({ used: '999999999999.998' });
    expect((await redeemed(priced('KWD'))).total).toBe('99.999');
    expect((await redeemed(priced('KWD'))).reasons).toEqual(['budget_spent']);
  });

  test('a use that would overdraw the budget is declined, a smaller one is not', async () => {
    await createPromotion(as, { limits: { budget: { EUR: '25.00' } } });
    const of = (unitPrice: string) => cart({ lines: [{ id: 'line', serviceType: 'hosting', unitPrice }] });
    const { id } = await redeemed(of('200.00'));
    expect((await redeemed(of('50.10'))).total).toBe('50.10');
    expect((await redeemed(of('50.00'))).total).toBe('45.00');
    expect((await redeemed(of('0.10'))).total).toBe('0.10');
    await cancel(id);
    expect((await redeemed(of('200.00'))).total).toBe('180.00');
  });

  test('a discount with a validity is kept by the customer from then on, until the redemption is cancelled', async () => {
    const validity = { unit: 'month', length: 2 };
    const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' }, validity }];
    const promotion = await createPromotion(as, { discounts, limits: { total: 1 } });
    const at = (instant: string) => cartOf('anna', { at: instant });
    const { id } = await redeemed(at('2026-11-21T12:00:00Z'));
    await as.patch(`/v1/promotions/${promotion}`).send({ endsAt: '2026-11-22T00:00:00Z' }).expect(200);
    expect(await totalOf(as, at('2026-11-21T11:59:59.999Z'))).toBe('100.00');
    expect(await totalOf(as, at('2027-01-21T11:59:59.999Z'))).toBe('90.00');
    expect(await totalOf(as, at('2027-01-21T12:00:00Z'))).toBe('100.00');
    expect(await totalOf(as, cartOf('ben', { at: '2026-12-01T00:00:00Z' }))).toBe('100.00');
    // What is kept counts as no use, and records no further grant.
    const kept = await redeemed(at('2026-12-01T00:00:00Z'));
    expect(kept.total).toBe('90.00');
    expect(await totalOf(as, at('2027-01-21T12:00:00Z'))).toBe('100.00');
    await cancel(id);
    expect(await totalOf(as, at('2026-12-01T00:00:00Z'))).toBe('100.00');
  });

  test('a limit that is lowered below its uses stands; one that is raised opens again', async () => {
    const promotion = await createPromotion(as, { limits: { total: 3 } });
    for (let use = 1; use <= 2; use++) await redeemed(cart());
    await as
      .patch(`/v1/promotions/${promotion}`)
      .send({ limits: { total: 1 } })
      .expect(200);
    expect((await redeemed(cart())).total).toBe('100.00');
    await as
      .patch(`/v1/promotions/${promotion}`)
      .send({ limits: { total: 3 } })
      .expect(200);
    expect((await redeemed(cart())).total).toBe('90.00');
    expect((await redeemed(cart())).total).toBe('100.00');
  });

  test('a validity of a hundred years is a grant as well', async () => {
    const validity = { unit: 'year', length: 100 };
    const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' }, validity }];
    const promotion = await createPromotion(as, { discounts });
    expect((await redeemed(cartOf('anna'))).total).toBe('90.00');
    await as.patch(`/v1/promotions/${promotion}`).send({ endsAt: '2026-01-01T00:00:00Z' }).expect(200);
    expect(await totalOf(as, cartOf('anna', { at: '2120-01-01T00:00:00Z' }))).toBe('90.00');
    expect(await totalOf(as, cartOf('ben', { at: '2120-01-01T00:00:00Z' }))).toBe('100.00');
  });
});
