import type { Agent } from 'supertest';
import { reconcile } from '../../../../src/store/reports/reconcile';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { cart, cartOf, createCodePromotion, createPromotion, redeem, totalOf } from '../../../support/redeem';

describe('units that come back', () => {
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
    expect(await reconcile(api.db)).toMatchObject({ differences: [], excesses: [] });
  });

  const three = (fields: object = {}) =>
    cartOf('anna', { lines: [{ id: 'a', serviceType: 'hosting', unitPrice: '10.00', quantity: 3, ...fields }] });
  const back = (id: string, quantity: number, fields: object = {}) =>
    as.post(`/v1/redemptions/${id}/returns`).send({ lines: [{ lineId: 'a', quantity }], ...fields });
  const read = async (id: string) => (await as.get(`/v1/redemptions/${id}`).expect(200)).body;
  const usage = async (id: string) => (await as.get(`/v1/promotions/${id}`).expect(200)).body.usage;
  const promotionWith = (limits: object) => createPromotion(as, { limits });

  test('units that come back are told in the order: how many, and what was paid back for them', async () => {
    await createPromotion(as, {
      discounts: [{ name: 'Off', value: { type: 'amount_off', amounts: { EUR: '5.00' } } }],
    });
    const { body: order } = await redeem(as, three({ setupFee: '4.00' }));
    const first = await back(order.id, 2, { setup: true }).expect(200);
    expect(first.body).toEqual({
      refund: { total: '20.67', lines: [{ lineId: 'a', quantity: 2, amount: '20.67', setup: '4.00' }] },
      status: 'confirmed',
      version: 2,
    });
    expect(first.headers.etag).toBe('"2"');
    expect(await read(order.id)).toMatchObject({ status: 'confirmed', version: 2, returned: first.body.refund });
    const second = await back(order.id, 1).expect(200);
    expect(second.body).toMatchObject({ refund: { total: '8.33' }, status: 'returned', version: 3 });
    const total = order.quote.totals.total;
    const returned = { total, lines: [{ lineId: 'a', quantity: 3, amount: total, setup: '4.00' }] };
    expect(await read(order.id)).toMatchObject({ status: 'returned', returned });
    const [listed] = (await as.get('/v1/redemptions?status=returned&fields=summary').expect(200)).body.items;
    expect(listed).toMatchObject({ id: order.id, status: 'returned', refunded: total });
    expect(listed).not.toHaveProperty('returned');
    const csv = (await as.get('/v1/redemptions.csv').expect(200)).text.split('\r\n');
    expect([csv[0]?.split(',').at(-1), csv[1]?.split(',').at(-1)]).toEqual(['"refunded"', `"${total}"`]);
  });

  test('units that come back give a budget its part back, and every use when nothing is left', async () => {
    const limits = { total: 1, perCustomer: 1, budget: { EUR: '3.00' } };
    const promotion = await createCodePromotion(as, [{ code: 'ONCE', maxRedemptions: 1 }], { limits });
    const { id } = (await redeem(as, { ...three(), promoCodes: ['ONCE'] })).body;
    await back(id, 1).expect(200);
    const left = { redemptions: 1, held: 0, left: 0, budgetSpent: { EUR: '2.00' }, budgetLeft: { EUR: '1.00' } };
    expect(await usage(promotion)).toEqual(left);
    await back(id, 2).expect(200);
    expect(await usage(promotion)).toMatchObject({ redemptions: 0, left: 1, budgetSpent: { EUR: '0.00' } });
    expect(await totalOf(as, { ...three(), promoCodes: ['ONCE'] })).toBe('27.00');
    // What is counted to a budget in full stays counted until nothing is left.
    expectProblem(await as.delete(`/v1/promotions/${promotion}`), 409, 'promotion_redeemed');
  });

  test('units that come back of a promotion that had no budget when it was redeemed give none back', async () => {
    const promotion = await createPromotion(as);
    const { id } = (await redeem(as, three())).body;
    await as
      .patch(`/v1/promotions/${promotion}`)
      .send({ limits: { budget: { EUR: '5.00' } } })
      .expect(200);
    await back(id, 1).expect(200);
    expect(await usage(promotion)).toMatchObject({ budgetSpent: { EUR: '0.00' } });
  });

  test('units that come back give grants and payments back when nothing is left', async () => {
    const discounts = [{ name: 'Half', value: { type: 'percent', percent: '50' }, payments: 3 }];
    await createPromotion(as, { discounts });
    const first = (await redeem(as, three())).body;
    const second = (await redeem(as, three())).body;
    const grants = async () => (await as.get('/v1/grants').expect(200)).body.items;
    await back(second.id, 2).expect(200);
    expect(await grants()).toMatchObject([{ paymentsLeft: 1, status: 'active' }]);
    await back(second.id, 1).expect(200);
    expect(await grants()).toMatchObject([{ paymentsLeft: 2, status: 'active' }]);
    await back(first.id, 3).expect(200);
    expect(await grants()).toMatchObject([{ status: 'revoked' }]);
    const { body } = await as.post('/v1/quote').send(three()).expect(200);
    expect(body.discounts).toMatchObject([{ paymentsLeft: 2 }]);
  });

  test('units that come back come back once: an order of which something came back is neither replaced nor cancelled', async () => {
    const promotion = await promotionWith({ total: 1 });
    const { id } = (await redeem(as, three())).body;
    await back(id, 1).expect(200);
    for (let turn = 1; turn <= 2; turn++) {
      expectProblem(await as.post(`/v1/redemptions/${id}/cancel`), 409, 'redemption_returned');
      const replace = await as.post(`/v1/redemptions/${id}/replace`).send({ quote: cart() });
      expectProblem(replace, 409, 'redemption_returned');
      if (turn === 1) await back(id, 2).expect(200);
    }
    expectProblem(await as.post(`/v1/redemptions/${id}/confirm`), 409, 'redemption_returned');
    expect(await usage(promotion)).toMatchObject({ redemptions: 0, left: 1 });
  });

  test('units that come back come back of a confirmed order alone', async () => {
    const hold = (await redeem(as, three(), { holdSeconds: 3600 })).body;
    expectProblem(await back(hold.id, 1), 409, 'redemption_held');
    await api.db('redemptions').where({ id: hold.id }).update({ expires_at: new Date() });
    expectProblem(await back(hold.id, 1), 409, 'redemption_expired');
    const cancelled = (await redeem(as, three())).body;
    await as.post(`/v1/redemptions/${cancelled.id}/cancel`).expect(200);
    expectProblem(await back(cancelled.id, 1), 409, 'redemption_cancelled');
    expectProblem(await back('nothing', 1), 404, 'not_found');
    const elsewhere = api.as(await api.createProvider());
    expectProblem(await elsewhere.post(`/v1/redemptions/${hold.id}/returns`).send({ lines: [] }), 404, 'not_found');
  });

  test('units that come back of a hold that was confirmed come back as of any order', async () => {
    const hold = (await redeem(as, three(), { holdSeconds: 600 })).body;
    await as.post(`/v1/redemptions/${hold.id}/confirm`).expect(200);
    await back(hold.id, 3).expect(200);
    const order = await read(hold.id);
    expect(order).toMatchObject({ status: 'returned', version: 3 });
    expect(order).not.toHaveProperty('expiresAt');
  });

  test('units that come back and of a replaced order come back as it is now', async () => {
    const { id } = (await redeem(as, three())).body;
    const quote = three({ unitPrice: '7.00', quantity: 1 });
    await as.post(`/v1/redemptions/${id}/replace`).send({ quote }).expect(200);
    expect((await back(id, 1).expect(200)).body).toMatchObject({ refund: { total: '7.00' }, status: 'returned' });
  });

  test.each<[object, string[]]>([
    [{ lines: [{ lineId: 'a', quantity: 4 }] }, ['/lines/0/quantity']],
    [
      {
        lines: [
          { lineId: 'a', quantity: 1 },
          { lineId: 'a', quantity: 1 },
        ],
      },
      ['/lines/1/lineId'],
    ],
    [{ lines: [{ lineId: 'b', quantity: 1 }] }, ['/lines/0/lineId']],
    [{ lines: [{ lineId: 'a', quantity: 0 }] }, ['/lines/0/quantity']],
    [{ lines: [{ lineId: 'a', quantity: 1.5 }] }, ['/lines/0/quantity']],
    [{ lines: [{ lineId: 'a', quantity: 1e300 }] }, ['/lines/0/quantity']],
    [{ lines: [{ lineId: 'a' }] }, ['/lines/0/quantity']],
    [{ lines: [{ lineId: 'a', quantity: 1, amount: '1.00' }] }, ['/lines/0/amount']],
    [{ lines: [] }, ['/lines']],
    [{ setup: true }, ['/lines']],
    [{ lines: [], setup: true }, ['/setup']],
    [{ lines: [{ lineId: 'a', quantity: 1 }], setup: true }, ['/setup']],
    [{ lines: [{ lineId: 'a', quantity: 1 }], setup: 'yes' }, ['/setup']],
  ])('%j is refused, and nothing comes back', async (request, pointers) => {
    const { id } = (await redeem(as, three())).body;
    const { errors } = expectProblem(
      await as.post(`/v1/redemptions/${id}/returns`).send(request),
      422,
      'invalid_request',
    );
    expect((errors as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(pointers);
    expect(await read(id)).toMatchObject({ version: 1 });
  });

  test('setup fees come back once', async () => {
    const { id } = (await redeem(as, three({ setupFee: '4.00' }))).body;
    const fees = () => as.post(`/v1/redemptions/${id}/returns`).send({ lines: [], setup: true });
    expect((await fees().expect(200)).body.refund.total).toBe('4.00');
    const { errors } = expectProblem(await fees(), 422, 'invalid_request');
    expect(errors).toMatchObject([{ pointer: '/setup', code: 'more_than_left' }]);
    expect((await back(id, 3).expect(200)).body).toMatchObject({ refund: { total: '30.00' }, status: 'returned' });
  });

  test('units that come back come back once per Idempotency-Key, and only of the version that is named', async () => {
    const { id } = (await redeem(as, three())).body;
    const keyed = () => back(id, 2).set('Idempotency-Key', 'return 1');
    const first = await keyed().expect(200);
    expect((await keyed().expect(200)).text).toBe(first.text);
    expect((await read(id)).returned.total).toBe('20.00');
    expectProblem(await back(id, 1).set('If-Match', '"1"'), 412, 'version_mismatch');
    await back(id, 1).set('If-Match', '"2"').expect(200);
  });

  test('units that come back leave the order its id: the same request answers what it answered, another one is a conflict', async () => {
    await promotionWith({ total: 1 });
    const first = await redeem(as, three(), { orderId: 'order 7' });
    await back(first.body.id, 3).expect(200);
    const again = await redeem(as, three(), { orderId: 'order 7' });
    expect([again.status, again.text]).toEqual([201, first.text]);
    expectProblem(await redeem(as, cart(), { orderId: 'order 7' }), 409, 'order_redeemed');
  });

  test('units that come back are what reports tell as refunded: of orders, and by plan of the lines', async () => {
    const promotion = await createPromotion(as);
    const planned = (id: string, plan: string) => ({ id, serviceType: 'vps', plan, unitPrice: '10.00', quantity: 2 });
    const { id } = (await redeem(as, cart({ lines: [planned('a', 'small'), planned('b', 'large')] }))).body;
    await back(id, 1).expect(200);
    const report = async (by: string) => {
      const query = `from=2020-01-01T00:00:00Z&to=2020-12-31T00:00:00Z&by=${by}&currency=EUR`.replaceAll(
        '2020',
        String(new Date().getUTCFullYear()),
      );
      return (await as.get(`/v1/reports/redemptions?${query}`).expect(200)).body.items;
    };
    expect(await report('promotion')).toMatchObject([
      { key: promotion, redemptions: 1, total: '36.00', refunded: '9.00' },
    ]);
    expect(await report('plan')).toMatchObject([
      { key: 'large', total: '18.00', refunded: '0.00' },
      { key: 'small', total: '18.00', refunded: '9.00' },
    ]);
    await as
      .post(`/v1/redemptions/${id}/returns`)
      .send({
        lines: [
          { lineId: 'a', quantity: 1 },
          { lineId: 'b', quantity: 2 },
        ],
      })
      .expect(200);
    expect(await report('promotion')).toMatchObject([
      { redemptions: 1, cancelled: 0, total: '36.00', refunded: '36.00' },
    ]);
  });
});
