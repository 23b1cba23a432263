import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';

const LINE = { id: 'a', serviceType: 'hosting', unitPrice: '36.00' };
const CART = { currency: 'EUR', lines: [LINE] };
const percent = (value: string, fields = {}) => ({
  name: `INTERNAL ${value} %`,
  value: { type: 'percent', percent: value },
  ...fields,
});

describe('what a publishable key is shown', () => {
  let api: Api;
  let north: Agent;
  let visitor: Agent;
  let server: Agent;
  let provider: string;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    provider = await api.createProvider(undefined, { settings: { combination: 'sum', maxPromoCodes: 5 } });
    north = api.as(provider);
    visitor = api.with(await api.createKey(provider, 'publishable'));
    server = api.with(await api.createKey(provider, 'secret'));
  });

  const promote = async (fields: object) =>
    (await north.post('/v1/promotions').send({ name: 'INTERNAL', ...fields })).body;
  const asked = async (agent: Agent, fields: object = {}) =>
    (
      await agent
        .post('/v1/quote')
        .send({ ...CART, explain: 'candidates', ...fields })
        .expect(200)
    ).body;

  test('discounts go by their title; only one without a title goes by its name', async () => {
    await promote({ title: { en: 'Ten off' }, discounts: [percent('10')] });
    await promote({ discounts: [percent('5')] });
    const { discounts } = await asked(visitor);
    expect(discounts).toMatchObject([{ title: 'Ten off' }, { name: 'INTERNAL 5 %' }]);
    expect(discounts[0]).not.toHaveProperty('name');
    expect((await asked(server)).discounts).toMatchObject([{ name: 'INTERNAL 10 %', title: 'Ten off' }, {}]);
  });

  test('a rule that does not apply goes by its title, in the language of the answer, and never by its name', async () => {
    const { id } = await promote({
      title: { en: 'Summer sale', de: 'Sommer' },
      note: 'churn rescue',
      discounts: [percent('50')],
      conditions: [{ type: 'cart_total', comparison: 'gte', amounts: { EUR: '40.00' } }],
    });
    const expected = {
      promotionId: id,
      title: 'Sommer',
      reason: 'condition_unmet',
      unmet: [
        { conditionId: expect.any(String), type: 'cart_total', actual: '36.00', required: '40.00', missing: '4.00' },
      ],
    };
    expect((await asked(visitor, { language: 'de' })).declined).toEqual([expected]);
    expect((await asked(server, { language: 'de' })).declined).toEqual([{ ...expected, name: 'INTERNAL' }]);
  });

  test.each<[string, object, object]>([
    ['customer_group', { groups: ['wholesale'] }, { customer: { groups: ['guest'] } }],
    ['order_count', { comparison: 'gte', count: 7 }, { customer: { orderCount: 1 } }],
    [
      'expenses',
      { comparison: 'gte', currency: 'EUR', amount: '99.00', period: { unit: 'year', length: 1 } },
      { customer: { expenses: [] } },
    ],
    [
      'registration_age',
      { comparison: 'gt', period: { unit: 'year', length: 3 } },
      { customer: { registeredAt: '2026-11-01T00:00:00Z' } },
    ],
    ['service_count', { comparison: 'gte', count: 4 }, { customer: { services: [] } }],
  ])('what a publishable key is shown of a condition on the customer, such as %s, that it is there', async (type, parameters, request) => {
    await promote({ discounts: [percent('50')], conditions: [{ type, ...parameters }] });
    const [declined] = (await asked(visitor, request)).declined;
    expect(declined.unmet).toEqual([{ conditionId: expect.any(String), type }]);
    expect((await asked(server, request)).declined[0].unmet[0]).toHaveProperty('required');
  });

  test.each([
    ['line', true],
    ['cart', false],
    ['customer', false],
  ])('what a publishable key is shown of a condition on an attribute of the %s its numbers: %s', async (of, isTold) => {
    const condition = { type: 'attribute', of, name: 'ram', comparison: 'gte', value: 16 };
    await promote({ discounts: [percent('50')], conditions: [condition] });
    const attributes = { ram: 8 };
    const lines = [{ ...LINE, attributes }];
    const [declined] = (await asked(visitor, { attributes, customer: { attributes }, lines })).declined;
    expect(declined.unmet[0]).toMatchObject({ type: 'attribute', of });
    expect(Object.hasOwn(declined.unmet[0], 'actual')).toBe(isTold);
    expect(Object.hasOwn(declined.unmet[0], 'required')).toBe(isTold);
  });

  test('what a publishable key is shown of a fact that is missing, its place', async () => {
    await promote({ discounts: [percent('50')], conditions: [{ type: 'customer_group', groups: ['wholesale'] }] });
    expect((await asked(visitor)).declined).toMatchObject([
      {
        reason: 'missing_fact',
        unmet: [{ type: 'customer_group', reason: 'missing_fact', pointer: '/customer/groups' }],
      },
    ]);
  });

  test('nothing of rules for others', async () => {
    await promote({ discounts: [percent('50', { recipients: { customers: ['acme'] } })] });
    expect((await asked(visitor)).declined).toEqual([]);
    expect((await asked(server)).declined).toMatchObject([{ reason: 'not_recipient' }]);
  });

  test('limits and budgets as bare words', async () => {
    const { id } = await promote({
      title: { en: 'Flash' },
      limits: { budget: { EUR: '1.00' } },
      discounts: [percent('50')],
    });
    expect((await asked(visitor)).declined).toEqual([{ promotionId: id, title: 'Flash', reason: 'budget_spent' }]);
  });

  test('what a publishable key is shown when a rule begins and ends', async () => {
    await promote({
      title: { en: 'Xmas' },
      startsAt: '2999-12-01T00:00:00+01:00',
      endsAt: '3000-01-01T00:00:00Z',
      discounts: [percent('50')],
    });
    await promote({ title: { en: 'Later' }, discounts: [percent('20', { startsAt: '2999-01-01T00:00:00Z' })] });
    const { declined } = await asked(visitor);
    expect(declined).toEqual([
      {
        promotionId: expect.any(String),
        title: 'Xmas',
        reason: 'outside_window',
        startsAt: '2999-11-30T23:00:00Z',
        endsAt: '3000-01-01T00:00:00Z',
      },
      {
        promotionId: expect.any(String),
        discountId: expect.any(String),
        title: 'Later',
        reason: 'outside_window',
        startsAt: '2999-01-01T00:00:00Z',
      },
    ]);
  });

  test('what a publishable key is shown of a known code its promotion, and when it holds', async () => {
    const { id } = await promote({
      title: { en: 'Codes' },
      conditions: [{ type: 'promo_code' }],
      discounts: [percent('50')],
    });
    const create = (code: object) => north.post(`/v1/promotions/${id}/promo-codes`).send(code).expect(201);
    await create({ code: 'NOW' });
    await create({ code: 'SOON', startsAt: '2999-01-01T00:00:00Z', endsAt: '2999-02-01T00:00:00Z' });
    await create({ code: 'OVER', endsAt: '2020-01-01T00:00:00Z' });
    const { promoCodes } = await asked(visitor, { promoCodes: ['NOW', 'SOON', 'OVER', 'NONE'] });
    expect(promoCodes).toEqual([
      { code: 'NOW', status: 'applied', promotionId: id },
      {
        code: 'SOON',
        status: 'declined',
        promotionId: id,
        reason: 'promo_code_not_started',
        startsAt: '2999-01-01T00:00:00Z',
        endsAt: '2999-02-01T00:00:00Z',
      },
      {
        code: 'OVER',
        status: 'declined',
        promotionId: id,
        reason: 'promo_code_expired',
        endsAt: '2020-01-01T00:00:00Z',
      },
      { code: 'NONE', status: 'declined', reason: 'promo_code_unknown' },
    ]);
    const { declined } = await asked(visitor, { promoCodes: ['SOON'], explain: 'codes' });
    expect(declined).toMatchObject([{ promotionId: id, title: 'Codes', startsAt: '2999-01-01T00:00:00Z' }]);
  });

  test('what each discount takes off a setup fee', async () => {
    await promote({ title: { en: 'A' }, discounts: [percent('10', { charges: ['setup', 'recurring'] })] });
    await promote({ title: { en: 'B' }, discounts: [percent('25', { charges: ['setup'] })] });
    const { lines } = await asked(visitor, { lines: [{ ...LINE, setupFee: '9.99' }] });
    expect(lines[0].setup).toMatchObject({ subtotal: '9.99', discount: '3.50', total: '6.49' });
    const parts = lines[0].setup.discounts.map(({ exactAmount, amount }: { exactAmount: string; amount: string }) => [
      exactAmount,
      amount,
    ]);
    expect(parts).toEqual([
      ['0.999', '1.00'],
      ['2.498', '2.50'],
    ]);
    expect(lines[0].discounts).toHaveLength(1);
  });

  describe('to a visitor who says that he is somebody', () => {
    const trust = (trustStorefrontCustomers: boolean) =>
      api.admin.patch(`/v1/providers/${provider}`).send({ settings: { trustStorefrontCustomers } }).expect(200);
    const ann = { customer: { id: 'ann' } };
    const total = async (agent: Agent, fields: object = ann) => (await asked(agent, fields)).totals.total;

    test('no discounts for that customer, unless the provider trusts him', async () => {
      await promote({ discounts: [percent('50', { recipients: { customers: ['ann'] } })] });
      expect(await total(visitor)).toBe('36.00');
      expect(await total(server)).toBe('18.00');
      await trust(true);
      expect(await total(visitor)).toBe('18.00');
    });

    test('no codes of that customer', async () => {
      const { id } = await promote({ conditions: [{ type: 'promo_code' }], discounts: [percent('50')] });
      await north.post(`/v1/promotions/${id}/promo-codes`).send({ code: 'ANN', customerId: 'ann' }).expect(201);
      const withCode = { ...ann, promoCodes: ['ANN'] };
      expect((await asked(visitor, withCode)).promoCodes).toMatchObject([{ reason: 'promo_code_not_yours' }]);
      await trust(true);
      expect((await asked(visitor, withCode)).promoCodes).toMatchObject([{ status: 'applied' }]);
    });

    test('nothing of what that customer has used or keeps', async () => {
      const kept = percent('50', { validity: { unit: 'month', length: 1 } });
      const { id } = await promote({ limits: { perCustomer: 1 }, discounts: [kept] });
      const quote = { ...CART, ...ann };
      await north.post('/v1/redemptions').send({ orderId: 'o1', quote }).expect(201);
      await north.patch(`/v1/promotions/${id}`).send({ endsAt: '2020-01-01T00:00:00Z' }).expect(200);
      expect(await total(server)).toBe('18.00');
      expect(await total(visitor)).toBe('36.00');
      await trust(true);
      expect(await total(visitor)).toBe('18.00');
    });

    test('groups, which are his own to claim, count', async () => {
      await promote({ discounts: [percent('50', { recipients: { groups: ['students'] } })] });
      expect(await total(visitor, { customer: { id: 'ann', groups: ['students'] } })).toBe('18.00');
    });

    test('the same in a forecast', async () => {
      await promote({ title: { en: 'T' }, discounts: [percent('50', { recipients: { customers: ['ann'] } })] });
      await promote({ title: { en: 'All' }, discounts: [percent('10')] });
      const quote = { ...CART, ...ann, lines: [{ ...LINE, period: { unit: 'month', length: 1 } }] };
      const { body } = await visitor.post('/v1/forecast').send({ quote, payments: 2 }).expect(200);
      expect(body.forecast.map(({ total }: { total: string }) => total)).toEqual(['32.40', '32.40']);
      expect(body.forecast[0].lines[0].discounts).toMatchObject([{ title: 'All' }]);
      expect(JSON.stringify(body)).not.toContain('INTERNAL');
    });

    test('the same in many carts at once', async () => {
      await promote({ title: { en: 'T' }, discounts: [percent('50', { recipients: { customers: ['ann'] } })] });
      await promote({ title: { en: 'All' }, discounts: [percent('10')] });
      const many = { currency: 'EUR', ...ann, explain: 'candidates', quotes: [{ id: '1', lines: [LINE] }] };
      const { items } = (await visitor.post('/v1/quotes').send(many).expect(200)).body;
      expect(items[0].quote).toMatchObject({ totals: { total: '32.40' }, declined: [], discounts: [{ title: 'All' }] });
      expect(JSON.stringify(items)).not.toContain('INTERNAL');
    });
  });
});
