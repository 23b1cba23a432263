import type { Agent } from 'supertest';
import { reconcile } from '../../../../src/store/reports/reconcile';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { cart, cartOf, createPromotion, redeem } from '../../../support/redeem';

const half = (fields: object = {}) => ({ name: 'Half', value: { type: 'percent', percent: '50' }, ...fields });
const GIFT = {
  name: 'Gift',
  value: { type: 'amount_off', amounts: { EUR: '50.00' } },
  scope: 'order',
  carryOver: true,
};

describe('grants', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    as = api.as(await api.createProvider());
  });
  afterEach(async () => {
    // Whatever was redeemed, cancelled and changed: nothing is lost, and no balance is below zero.
    expect(await reconcile(api.db)).toMatchObject({ differences: [], excesses: [] });
  });

  /** A promotion that applies to orders only, and its discount. */
  async function promise(discount: object, fields: object = {}): Promise<{ promotion: string; discount: string }> {
    const conditions = [{ type: 'cart_has_service', selector: { actions: ['order'] } }];
    const promotion = await createPromotion(as, { conditions, discounts: [discount], ...fields });
    const { body } = await as.get(`/v1/promotions/${promotion}`).expect(200);
    return { promotion, discount: body.discounts[0].id };
  }
  const line = (fields: object = {}) => ({ id: 'line', serviceType: 'hosting', unitPrice: '20.00', ...fields });
  const order = (fields: object = {}) => cartOf('anna', { lines: [line(fields)] });
  const renewal = (fields: object = {}) => order({ action: 'renewal', ...fields });
  const quoted = async (quote: object) => (await as.post('/v1/quote').send(quote).expect(200)).body;
  const totalOf = async (quote: object) => (await quoted(quote)).totals.total;
  const listed = async (query = 'customerId=anna') => (await as.get(`/v1/grants?${query}`).expect(200)).body.items;
  const give = (fields: object) => as.post('/v1/grants').send({ customerId: 'anna', ...fields });
  const cancel = (id: string) => as.post(`/v1/redemptions/${id}/cancel`).expect(200);

  test('grants that are given by hand are as a redemption would give them', async () => {
    const { discount } = await promise(half({ validity: { unit: 'month', length: 1 }, payments: 3 }));
    const given = await give({ discountId: discount, note: 'sorry', startsAt: '2026-01-31T00:00:00Z' }).expect(201);
    expect(given.headers.location).toBe(`/v1/grants/${given.body.id}`);
    expect(given.headers.etag).toBe('"1"');
    expect(given.body).toMatchObject({
      customerId: 'anna',
      discountId: discount,
      note: 'sorry',
      startsAt: '2026-01-31T00:00:00Z',
      endsAt: '2026-02-28T00:00:00Z',
      paymentsLeft: 3,
      status: 'ended',
      version: 1,
    });
    expect(given.body).not.toHaveProperty('redemptionId');
    const gift = await promise(GIFT);
    expect((await give({ discountId: gift.discount }).expect(201)).body).toMatchObject({
      balance: { EUR: '50.00' },
      status: 'active',
    });
    expect((await give({ discountId: discount, paymentsLeft: 0 }).expect(201)).body.status).toBe('used_up');
  });

  test('grants are refused by hand where they contradict their discount', async () => {
    const { discount } = await promise(half({ keptFor: 'service' }));
    const refused = async (fields: object, pointer: string) => {
      const { errors } = expectProblem(await give({ discountId: discount, serviceId: 's', ...fields }), 422);
      expect(errors).toMatchObject([{ pointer }]);
    };
    await refused({ discountId: 'nobody' }, '/discountId');
    await refused({ serviceId: undefined }, '/serviceId');
    await refused({ startsAt: '2026-02-01T00:00:00Z', endsAt: '2026-02-01T00:00:00Z' }, '/endsAt');
    await refused({ balance: { EUR: '1.00' } }, '/balance');
    await refused({ paymentsLeft: 1001 }, '/paymentsLeft');
    const gift = await promise(GIFT);
    await refused({ discountId: gift.discount, balance: { EUR: '1.005' } }, '/balance/EUR');
    const other = api.as(await api.createProvider());
    expectProblem(await other.post('/v1/grants').send({ customerId: 'anna', discountId: discount }), 422);
  });

  test('grants keep what was redeemed when the discount is edited', async () => {
    const { discount, promotion } = await promise(
      half({ validity: { unit: 'year', length: 1 }, selector: { serviceTypes: ['hosting'] } }),
    );
    await redeem(as, order());
    const edit = { value: { type: 'percent', percent: '10' }, selector: { serviceTypes: ['domain'] } };
    await as.patch(`/v1/discounts/${discount}`).send(edit).expect(200);
    const [grant] = await listed();
    const { discounts, totals } = await quoted(renewal());
    expect(totals.total).toBe('10.00');
    expect(discounts).toMatchObject([{ discountId: discount, grantId: grant.id, validUntil: grant.endsAt }]);
    await as.patch(`/v1/promotions/${promotion}`).send({ status: 'paused' }).expect(200);
    expect(await totalOf(renewal())).toBe('20.00');
    await as.patch(`/v1/promotions/${promotion}`).send({ status: 'archived' }).expect(200);
    expect(await totalOf(renewal())).toBe('10.00');
  });

  test('grants of an own right and a grant with other terms the larger saving applies, as one discount', async () => {
    const { discount } = await promise(half({ validity: { unit: 'year', length: 1 } }));
    await redeem(as, order());
    await as
      .patch(`/v1/discounts/${discount}`)
      .send({ value: { type: 'percent', percent: '10' } })
      .expect(200);
    for (const combination of ['best', 'sum', 'sequence']) {
      await api.admin
        .patch(`/v1/providers/${await providerOf()}`)
        .send({ settings: { combination } })
        .expect(200);
      const { discounts } = await quoted(order());
      expect(discounts).toMatchObject([{ amount: '10.00', grantId: expect.any(String) }]);
    }
    await as
      .patch(`/v1/discounts/${discount}`)
      .send({ value: { type: 'percent', percent: '60' } })
      .expect(200);
    const { discounts } = await quoted(order());
    expect(discounts).toMatchObject([{ amount: '12.00' }]);
    expect(discounts[0]).not.toHaveProperty('grantId');
  });
  async function providerOf(): Promise<string> {
    const { items } = (await api.admin.get('/v1/providers?limit=200').expect(200)).body;
    return items.at(-1).id;
  }

  test('grants of so many payments count each redemption once, whatever its lines and its total', async () => {
    await promise(half({ value: { type: 'percent', percent: '100' }, payments: 3 }));
    const first = (await redeem(as, order())).body.quote;
    expect(first.discounts).toMatchObject([{ paymentsLeft: 2 }]);
    expect(first.discounts[0]).not.toHaveProperty('grantId');
    const two = cartOf('anna', {
      lines: [line({ action: 'renewal' }), line({ id: 'other', action: 'renewal' })],
    });
    const second = (await redeem(as, two)).body.quote;
    expect(second).toMatchObject({ totals: { total: '0.00' }, discounts: [{ paymentsLeft: 1 }] });
    expect(await listed()).toMatchObject([{ paymentsLeft: 1, status: 'active' }]);
    expect((await redeem(as, renewal(), { holdSeconds: 600 })).body.quote.discounts).toMatchObject([
      { paymentsLeft: 0 },
    ]);
    expect(await listed()).toMatchObject([{ paymentsLeft: 0, status: 'used_up' }]);
    expect(await totalOf(renewal())).toBe('20.00');
    // Whoever had it does not get it anew by ordering again.
    expect(await totalOf(order())).toBe('20.00');
    expect(await totalOf(cartOf('ben', { lines: [line()] }))).toBe('0.00');
  });

  test('grants give back what a cancelled or expired redemption took, also after a change', async () => {
    await promise(half({ payments: 3 }));
    const first = (await redeem(as, order())).body;
    const second = (await redeem(as, renewal())).body;
    const [{ id }] = await listed();
    const patched = await as.patch(`/v1/grants/${id}`).send({ paymentsLeft: 5 }).expect(200);
    expect(patched.body).toMatchObject({ paymentsLeft: 5, version: 2 });
    await cancel(second.id);
    expect(await listed()).toMatchObject([{ paymentsLeft: 6 }]);
    await cancel(first.id);
    expect(await listed()).toMatchObject([{ status: 'revoked' }]);
    expect(await totalOf(renewal())).toBe('20.00');
    // The order that earned it never happened, so that the next one earns it anew.
    expect((await redeem(as, order())).body.quote.discounts).toMatchObject([{ paymentsLeft: 2 }]);
    expectProblem(await as.patch(`/v1/grants/${id}`).send({ note: 'again' }), 409, 'grant_revoked');
  });

  test('a code that is sent again is a new right', async () => {
    const { promotion } = await promise(half({ payments: 2 }), { conditions: [{ type: 'promo_code' }] });
    await as.post(`/v1/promotions/${promotion}/promo-codes`).send({ code: 'HALF' }).expect(201);
    const promoCodes = ['HALF'];
    await redeem(as, { ...order(), promoCodes });
    await redeem(as, renewal());
    expect(await totalOf(renewal())).toBe('20.00');
    expect((await redeem(as, { ...renewal(), promoCodes })).body.quote.discounts).toMatchObject([{ paymentsLeft: 1 }]);
    expect(await listed()).toMatchObject([{ status: 'used_up' }, { status: 'active', paymentsLeft: 1 }]);
  });

  test('grants of services are one each, and only for their lines', async () => {
    await promise(half({ keptFor: 'service', payments: 2 }));
    const lines = (action: string) => [
      line({ id: 'a', serviceId: 'srv-1', action }),
      line({ id: 'b', serviceId: 'srv-2', action }),
      line({ id: 'c', action }),
    ];
    const explain = 'candidates';
    const first = (await redeem(as, cartOf('anna', { lines: lines('order'), explain }))).body.quote;
    expect(first.lines.map(({ total }: { total: string }) => total)).toEqual(['10.00', '10.00', '20.00']);
    expect(first.declined).toMatchObject([{ reason: 'missing_fact', pointer: '/lines/2/serviceId' }]);
    expect(await listed('serviceId=srv-2')).toMatchObject([{ customerId: 'anna', paymentsLeft: 1 }]);
    const second = await quoted(cartOf('anna', { lines: lines('renewal') }));
    expect(second.discounts).toMatchObject([{ paymentsLeft: 0 }, { paymentsLeft: 0 }]);
    expect(second.lines[0].discounts).toMatchObject([{ grantId: second.discounts[0].grantId }]);
    await redeem(as, cartOf('anna', { lines: [lines('renewal')[0]] }));
    // The first server had it; the second one goes on, and a third one gets it.
    const third = [...lines('order').slice(0, 2), line({ id: 'd', serviceId: 'srv-3' })];
    const { lines: answered } = await quoted(cartOf('anna', { lines: third }));
    expect(answered.map(({ total }: { total: string }) => total)).toEqual(['20.00', '10.00', '10.00']);
  });

  test('grants with a balance are spent until nothing is left, the one that ends first before the other', async () => {
    const { discount, promotion } = await promise(GIFT, { limits: { budget: { EUR: '100.00' } } });
    const first = (await redeem(as, order())).body.quote;
    expect(first.discounts).toMatchObject([{ amount: '20.00', balance: { EUR: '30.00' } }]);
    const soon = (await give({ discountId: discount, balance: { EUR: '15.00' }, endsAt: '2099-01-01T00:00:00Z' })).body;
    const { discounts } = await quoted(renewal());
    expect(discounts).toMatchObject([
      { grantId: soon.id, amount: '15.00', balance: { EUR: '0.00' } },
      { amount: '5.00', balance: { EUR: '25.00' } },
    ]);
    const renewed = (await redeem(as, renewal())).body;
    expect(await listed()).toMatchObject([
      { balance: { EUR: '25.00' }, status: 'active' },
      { balance: { EUR: '0.00' }, status: 'used_up' },
    ]);
    await cancel(renewed.id);
    expect(await listed()).toMatchObject([{ balance: { EUR: '30.00' } }, { balance: { EUR: '15.00' } }]);
    // The whole gift counted to the budget when it was earned; spending it counts nothing.
    const uses = await api.db('redemption_uses').where({ kind: 'budget', subject: promotion }).select('amount');
    expect(uses).toEqual([{ amount: '50.000000' }]);
  });

  test('grants carry nothing over without a customer, and record nothing where nothing is left', async () => {
    const { promotion } = await promise(GIFT);
    const explain = 'candidates';
    const declined = (await redeem(as, cart({ lines: [line()], explain }))).body.quote;
    expect(declined).toMatchObject({
      totals: { total: '20.00' },
      declined: [{ promotionId: promotion, reason: 'missing_fact', pointer: '/customer/id' }],
    });
    const all = (await redeem(as, order({ unitPrice: '50.00' }))).body.quote;
    expect(all.discounts).toMatchObject([{ amount: '50.00', balance: { EUR: '0.00' } }]);
    expect(await listed()).toEqual([]);
  });

  test('grants with a balance cannot count payments, nor take off anything but an amount of the order', async () => {
    const errors = async (fields: object) =>
      (
        await as
          .post('/v1/discounts')
          .send({ ...GIFT, ...fields })
          .expect(422)
      ).body.errors;
    expect(await errors({ payments: 2 })).toMatchObject([{ pointer: '/payments' }]);
    expect(await errors({ scope: 'line' })).toMatchObject([{ pointer: '/carryOver' }]);
    expect(await errors({ value: { type: 'percent', percent: '5' } })).toMatchObject([{ pointer: '/carryOver' }]);
  });

  test('grants change in their end, what is left and their note alone', async () => {
    const { discount } = await promise(GIFT);
    const { id, ...given } = (await give({ discountId: discount, endsAt: '2099-01-01T00:00:00Z' })).body;
    const patch = (body: object) => as.patch(`/v1/grants/${id}`).send(body);
    expect((await patch({ endsAt: null, note: 'x' }).expect(200)).body).not.toHaveProperty('endsAt');
    expect((await patch({ balance: { EUR: '0.00' } }).expect(200)).body.status).toBe('used_up');
    const again = await patch({ balance: { EUR: '7.00', USD: '2.00' } }).expect(200);
    expect(again.body).toMatchObject({ status: 'active', balance: { EUR: '7.00', USD: '2.00' }, version: 4 });
    await patch({ customerId: given.customerId, startsAt: given.startsAt, version: 1 }).expect(200);
    for (const [name, value] of Object.entries({
      customerId: 'ben',
      discountId: 'd',
      startsAt: '2020-01-01T00:00:00Z',
    })) {
      expect(expectProblem(await patch({ [name]: value }), 422).errors).toMatchObject([{ pointer: `/${name}` }]);
    }
    expect(expectProblem(await patch({ balance: null }), 422).errors).toMatchObject([{ pointer: '/balance' }]);
    expect(expectProblem(await patch({ payments: 1 }), 422).errors).toMatchObject([{ pointer: '/payments' }]);
    expectProblem(await patch({ note: 'y' }).set('If-Match', '"1"'), 412);
  });

  test('grants that are revoked stay readable and give nothing, and everything is in the audit log', async () => {
    const { discount } = await promise(half());
    const { id } = (await give({ discountId: discount })).body;
    await as.patch(`/v1/grants/${id}`).send({ note: 'x' }).expect(200);
    expect(await totalOf(renewal())).toBe('10.00');
    await as.delete(`/v1/grants/${id}`).expect(204);
    await as.delete(`/v1/grants/${id}`).expect(204);
    expect((await as.get(`/v1/grants/${id}`).expect(200)).body).toMatchObject({ status: 'revoked', version: 3 });
    expect(await totalOf(renewal())).toBe('20.00');
    expectProblem(await as.delete('/v1/grants/nobody'), 404);
    const { items } = (await as.get(`/v1/audit-log?resourceType=grant&resourceId=${id}`).expect(200)).body;
    expect(items.map(({ action }: { action: string }) => action)).toEqual(['remove', 'patch', 'create']);
    expectProblem(await as.delete(`/v1/discounts/${discount}`), 409, 'discount_redeemed');
  });

  test('grants are listed by what they are about and where they stand', async () => {
    const { discount, promotion } = await promise(half());
    const ids: string[] = [];
    for (const fields of [
      { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-02-01T00:00:00Z' },
      { startsAt: '2026-01-15T00:00:00Z' },
      { startsAt: '2026-01-15T00:00:00Z', paymentsLeft: 0 },
      { customerId: 'ben', serviceId: 'srv-9' },
    ]) {
      ids.push((await give({ discountId: discount, ...fields }).expect(201)).body.id);
    }
    const found = async (query: string) => (await listed(query)).map(({ id }: { id: string }) => ids.indexOf(id));
    expect(await found('customerId=anna')).toEqual([0, 1, 2]);
    expect(await found('status=ended')).toEqual([0]);
    expect(await found('status=used_up')).toEqual([2]);
    expect(await found('activeAt=2026-01-20T00:00:00Z')).toEqual([0, 1]);
    expect(await found('activeAt=2026-02-01T00:00:00Z')).toEqual([1]);
    expect(await found('serviceId=srv-9')).toEqual([3]);
    expect(await found(`promotionId=${promotion}&limit=2`)).toEqual([0, 1]);
    expect(await found(`discountId=${discount}&status=active`)).toEqual([1, 3]);
    expect(await found('promotionId=nobody')).toEqual([]);
  });

  test('grants of two redemptions at once only one gets the last payment, and a balance never goes below zero', async () => {
    const { discount } = await promise(half());
    const gift = await promise(GIFT);
    await give({ discountId: discount, paymentsLeft: 7 }).expect(201);
    await give({ discountId: gift.discount, balance: { EUR: '55.00' } }).expect(201);
    const answers = await Promise.all(Array.from({ length: 24 }, () => redeem(as, renewal())));
    expect(answers.map(({ status }) => status)).toEqual(Array(24).fill(201));
    const applied = (id: string) =>
      answers.flatMap(({ body }) =>
        body.quote.discounts.filter((one: { discountId: string }) => one.discountId === id),
      );
    expect(applied(discount)).toHaveLength(7);
    const spent = applied(gift.discount).reduce((sum, { amount }) => sum + Number(amount) * 100, 0);
    expect(spent).toBe(5500);
    expect(await listed()).toMatchObject([
      { paymentsLeft: 0, status: 'used_up' },
      { balance: { EUR: '0.00' }, status: 'used_up' },
    ]);
  });
});
