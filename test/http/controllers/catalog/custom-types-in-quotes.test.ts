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

describe('a condition of a type of one’s own', () => {
  test('a condition of a type of one’s own holds as its expression says, and tells its title where it does not', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    await promote([use('big-cart', { amount: '20.00' })]).expect(201);
    expect(await totalOf(cart())).toBe('18.00');
    const { declined } = await quoted(cart({ explain: 'all', lines: [line({ unitPrice: '19.99' })] }));
    expect(declined).toMatchObject([
      { reason: 'condition_unmet', unmet: [{ type: 'custom', name: 'big-cart', title: 'Large cart' }] },
    ]);
    expect(declined[0].unmet[0]).not.toHaveProperty('reason');
  });

  test('a condition of a type of one’s own can be negated, stand in a group, and belong to a discount or a related product', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    const big = use('big-cart', { amount: '20.00' });
    await promote([{ ...big, negate: true }]).expect(201);
    expect(await totalOf(cart())).toBe('20.00');
    expect(await totalOf(cart({ lines: [line({ unitPrice: '10.00' })] }))).toBe('9.00');
    await as
      .post('/v1/discounts')
      .send({ ...TEN_PERCENT, conditions: [{ type: 'new_customer' }, big] })
      .expect(201);
    expect(await totalOf(cart())).toBe('18.00');
    const product = { name: 'Backup', action: { function: 'add' }, conditions: [big] };
    await as.post('/v1/related-products').send(product).expect(201);
    expect((await quoted(cart())).offers).toHaveLength(1);
    expect((await quoted(cart({ lines: [] }))).offers).toEqual([]);
  });

  test('lacks a fact where its expression names what was not sent, negated too', async () => {
    const expression = 'customer.attributes.tier == "gold"';
    await as
      .post('/v1/condition-types')
      .send({ ...BIG_CART, name: 'gold', parameters: asking({}), expression })
      .expect(201);
    await promote([{ ...use('gold'), negate: true }]).expect(201);
    expect((await quoted(cart({ explain: 'all' }))).declined).toMatchObject([
      { reason: 'missing_fact', unmet: [{ reason: 'missing_fact', pointer: '/customer/attributes/tier' }] },
    ]);
    expect(await totalOf(cart({ customer: { attributes: { tier: 'tin' } } }))).toBe('18.00');
  });

  test('a condition of a type of one’s own that fails does not apply, negated too, and is counted', async () => {
    const failing = { ...BIG_CART, name: 'odd', parameters: asking({}), expression: '1 / (cart.quantity - 1) > 0' };
    await as.post('/v1/condition-types').send(failing).expect(201);
    const endless = 'lines.all(a, lines.all(b, lines.all(c, lines.all(d, true))))';
    await as
      .post('/v1/condition-types')
      .send({ ...failing, name: 'endless', expression: endless })
      .expect(201);
    await promote([{ ...use('odd'), negate: true }]).expect(201);
    await promote([use('endless')]).expect(201);
    const lines = Array.from({ length: 100 }, (_, n) => line({ id: `l${n}` }));
    expect((await quoted(cart({ explain: 'all' }))).declined[0]).toMatchObject({
      reason: 'expression_failed',
      unmet: [{ type: 'custom', negate: true, reason: 'expression_failed' }],
    });
    const { declined } = await quoted(cart({ explain: 'all', lines }));
    expect(declined).toMatchObject([{ reason: 'expression_failed', unmet: [{ name: 'endless' }] }]);
    const { text } = await api.http.get('/metrics').expect(200);
    expect(text).toMatch(/offerbook_expressions_failed_total\{why="failed"\} 1\b/);
    expect(text).toMatch(/offerbook_expressions_failed_total\{why="over_cost"\} 1\b/);
  });

  test('a condition of a type of one’s own shows a web page its title only', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    await promote([{ type: 'promo_code' }, use('big-cart', { amount: '50.00' })], { key: 'p' }).expect(201);
    await as.post('/v1/promotions/key:p/promo-codes').send({ code: 'BIG' }).expect(201);
    const visitor = api.with(await api.createKey(provider, 'publishable'));
    const { at: _, ...shown } = cart({ promoCodes: ['BIG'] });
    const { declined } = (await visitor.post('/v1/quote').send(shown).expect(200)).body;
    const custom = declined[0].unmet.find(({ type }: { type: string }) => type === 'custom');
    expect(custom).toEqual({ conditionId: expect.any(String), type: 'custom', title: 'Large cart' });
  });

  test('a condition of a type of one’s own is refused where the type or its parameters are wrong, at their place', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    const wrong = expectProblem(await promote([use('big-cart', { amount: 'x', color: 'red' }), use('nothing')]), 422);
    expect(pointersOf(wrong)).toEqual([
      '/conditions/0/parameters/color',
      '/conditions/0/parameters/amount',
      '/conditions/1/name',
    ]);
    const missing = expectProblem(await promote([use('big-cart')]), 422);
    expect(pointersOf(missing)).toEqual(['/conditions/0/parameters/amount']);
    await promote([], { key: 'p' }).expect(201);
    const path = '/v1/promotions/key:p/conditions';
    expect(pointersOf(expectProblem(await as.post(path).send(use('big-cart', {})), 422))).toEqual([
      '/parameters/amount',
    ]);
    const { body } = await as
      .post(path)
      .send(use('big-cart', { amount: '1' }))
      .expect(201);
    expect(body).toMatchObject(use('big-cart', { amount: '1' }));
    const patch = as.patch(`${path}/${body.id}`).send({ parameters: { amount: 1 } });
    expect(pointersOf(expectProblem(await patch, 422))).toEqual(['/parameters/amount']);
  });

  test('a condition of a type of one’s own of a draft is judged and checked like a stored one', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    const draft = (parameters: object) => ({
      promotions: [{ name: 'Draft', conditions: [use('big-cart', parameters)], discounts: [TEN_PERCENT] }],
    });
    expect(await totalOf(cart({ draft: draft({ amount: '20.00' }) }))).toBe('18.00');
    const wrong = await as.post('/v1/quote').send(cart({ draft: draft({}) }));
    expect(pointersOf(expectProblem(wrong, 422))).toEqual(['/draft/promotions/0/conditions/0/parameters/amount']);
  });
});

describe('a value of a type of one’s own', () => {
  test('a value of a type of one’s own is taken off each line, and never below zero', async () => {
    await as.post('/v1/discount-types').send(ABOVE).expect(201);
    await as
      .post('/v1/discounts')
      .send({ name: 'V', value: use('above', { from: '20.00' }) })
      .expect(201);
    const lines = [line({ unitPrice: '26.50' }), line({ id: 'b', unitPrice: '15.00' })];
    const quote = await quoted(cart({ lines }));
    expect(quote.lines.map(({ discount }: { discount: string }) => discount)).toEqual(['6.50', '0.00']);
  });

  test('a value of a type of one’s own is counted per unit, per line, or once on the order, and shared like amount_off', async () => {
    const third = { name: 'third', title: 'Third', parameters: asking({}), expression: 'cart.total / decimal(3)' };
    await as.post('/v1/discount-types').send(third).expect(201);
    const { id } = (await as.post('/v1/discounts').send({ name: 'V', scope: 'order', value: use('third') })).body;
    const lines = [line({ unitPrice: '10.00' }), line({ id: 'b', unitPrice: '0.10', quantity: 2 })];
    const amounts = async () =>
      (await quoted(cart({ lines }))).lines.map(({ discount }: { discount: string }) => discount);
    // 10.20 / 3 = 3.40 over 10.00 and 0.20.
    expect(await amounts()).toEqual(['3.33', '0.07']);
    await as.patch(`/v1/discounts/${id}`).send({ scope: 'line' }).expect(200);
    expect(await amounts()).toEqual(['3.40', '0.20']);
    await as.patch(`/v1/discounts/${id}`).send({ scope: 'unit' }).expect(200);
    expect(await amounts()).toEqual(['3.40', '0.20']);
  });

  test('a value of a type of one’s own that looks at a line is refused on the order, and its type cannot come to look at one', async () => {
    await as.post('/v1/discount-types').send(ABOVE).expect(201);
    const value = use('above', { from: '1' });
    const refused = expectProblem(await as.post('/v1/discounts').send({ name: 'V', value, scope: 'order' }), 422);
    expect(pointersOf(refused)).toEqual(['/scope']);
    const sum = 'sum(lines.map(line, line.subtotal)) - decimal(parameters.from)';
    await as.patch('/v1/discount-types/above').send({ expression: sum }).expect(200);
    await as.post('/v1/discounts').send({ name: 'V', value, scope: 'order' }).expect(201);
    expect(await totalOf(cart())).toBe('1.00');
    const back = await as.put('/v1/discount-types/above').send(ABOVE);
    expect(expectProblem(back, 409, 'type_in_use')).toMatchObject({ usedBy: [{ resource: 'discount', name: 'V' }] });
  });

  test('a value of a type of one’s own that fails on one line does not apply at all', async () => {
    const expression = 'decimal(line.attributes.rebate)';
    await as
      .post('/v1/discount-types')
      .send({ ...ABOVE, parameters: asking({}), expression })
      .expect(201);
    await as
      .post('/v1/discounts')
      .send({ name: 'V', value: use('above') })
      .expect(201);
    const lines = [line({ attributes: { rebate: '1.00' } }), line({ id: 'b' })];
    const { totals, declined } = await quoted(cart({ lines, explain: 'all' }));
    expect(totals.discount).toBe('0.00');
    expect(declined).toMatchObject([{ reason: 'missing_fact', pointer: '/lines/1/attributes/rebate' }]);
    const broken = [line({ attributes: { rebate: 'much' } })];
    expect((await quoted(cart({ lines: broken, explain: 'all' }))).declined).toMatchObject([
      { reason: 'expression_failed' },
    ]);
    expect(await totalOf(cart({ lines: lines.slice(0, 1) }))).toBe('19.00');
  });

  test('a value of a type of one’s own is kept by a grant as it was redeemed, whatever becomes of its type', async () => {
    await as
      .post('/v1/discount-types')
      .send({ ...ABOVE, parameters: asking({}), expression: 'decimal(3)' })
      .expect(201);
    const fields = { name: 'V', value: use('above'), validity: { unit: 'year', length: 1 } };
    const { id } = (await as.post('/v1/discounts').send(fields).expect(201)).body;
    const quote = cart({ customer: { id: 'anna' } });
    await as.post('/v1/redemptions').send({ orderId: 'o-1', quote }).expect(201);
    await as.post('/v1/grants').send({ customerId: 'bert', discountId: id, startsAt: AT }).expect(201);
    await as.patch('/v1/discount-types/above').send({ expression: 'decimal(1)' }).expect(200);
    const later = (customer: string) => totalOf(cart({ customer: { id: customer } }));
    expect([await later('anna'), await later('bert'), await later('carl')]).toEqual(['17.00', '17.00', '19.00']);
    const plain = { ...fields, value: TEN_PERCENT.value };
    await as.put(`/v1/discounts/${id}`).send(plain).expect(200);
    await as.delete('/v1/discount-types/above').expect(204);
    expect([await later('anna'), await later('bert'), await later('carl')]).toEqual(['17.00', '17.00', '18.00']);
  });
});
