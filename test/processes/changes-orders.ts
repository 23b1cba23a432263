import { type Answer, type Client, clientOf, createProvider } from '../support/client';
import { expectReconciled } from '../support/processes/expect-reconciled';
import type { Service } from '../support/processes/processes';
import { cart, cartOf } from '../support/redeem';
import type { Place } from './keeps-limits';

const SUN = { promoCodes: ['SUN'] };

/** The tests of changes and returns of orders over several processes; `place` is called once the suite has begun. */
export function changesOrders(place: () => Place): void {
  let client: Client;
  let providers = 0;
  let orders = 0;
  beforeEach(async () => {
    const provider = `shop-${++providers}`;
    await createProvider(place().services[0] as Service, provider, { combination: 'sum' });
    client = clientOf(place().services, provider);
  });
  afterEach(() => expectReconciled(place().db));

  const times = <T>(count: number, run: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => run(index)));
  /** A key for some, so that both ways of answering are taken. */
  const keyOf = (index: number): Record<string, string> =>
    index % 2 === 0 ? {} : { 'Idempotency-Key': `key ${++orders}` };
  const redeem = (quote: object, fields: object = {}) =>
    client.persist('/v1/redemptions', { orderId: `order ${++orders}`, quote, ...fields });
  const change = (id: string, action: string, body: object = {}, index = 0) =>
    client.persist(`/v1/redemptions/${id}/${action}`, body, keyOf(index));
  const read = async (path: string) => {
    const { status, text, body } = await client.send(path);
    if (status !== 200) throw new Error(text);
    return body;
  };
  const units = (quantity: number) => ({
    lines: [{ id: 'line', serviceType: 'hosting', unitPrice: '33.33', quantity }],
  });
  const oneBack = { lines: [{ lineId: 'line', quantity: 1 }] };

  /** Ten percent by the code, for as many orders and as much money as is said. */
  async function createPromotion(limits: object): Promise<string> {
    const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
    const fields = { name: 'Ten', conditions: [{ type: 'promo_code' }], discounts, limits };
    const { body } = await client.persist('/v1/promotions', fields);
    await client.persist(`/v1/promotions/${body.id}/promo-codes`, { code: 'SUN', maxRedemptions: 1_000 });
    return body.id;
  }

  const statuses = (answers: readonly Answer[]) => {
    const counted: Record<string, number> = {};
    for (const { status } of answers) counted[status] = (counted[status] ?? 0) + 1;
    return counted;
  };
  const cents = (money: string) => Math.round(Number(money) * 100);

  test('nobody gets the only use of an order while its cart is replaced', async () => {
    const promotion = await createPromotion({ total: 1 });
    const { body } = await redeem(cart(SUN));
    const [replaced, others] = await Promise.all([
      times(60, (index) => change(body.id, 'replace', { quote: cart({ ...SUN, ...units(1 + (index % 3)) }) }, index)),
      times(60, () => redeem(cart(SUN), { expectedTotal: '90.00' })),
    ]);
    expect(statuses(replaced)).toEqual({ 200: 60 });
    expect(statuses(others)).toEqual({ 409: 60 });
    for (const answer of replaced) expect(answer.body.quote.promoCodes[0].status).toBe('applied');
    expect(new Set(replaced.map((answer) => answer.body.version)).size).toBe(60);
    expect((await read(`/v1/promotions/${promotion}`)).usage).toMatchObject({ redemptions: 1, left: 0 });
  });

  test('orders that are redeemed, replaced and cancelled at once never use more than there is', async () => {
    const limits = { total: 12, perCustomer: 3, budget: { EUR: '150.00' } };
    const promotion = await createPromotion(limits);
    const made = await times(30, (index) => redeem(cartOf(`customer ${index % 8}`, index % 2 === 0 ? SUN : {})));
    const answers = await times(240, (index) => {
      const { id } = made[index % made.length]?.body as { id: string };
      if (index % 8 === 7) return redeem(cartOf(`customer ${index % 5}`, SUN));
      if (index % 60 === 30) return change(id, 'cancel');
      const quote = cartOf(`customer ${index % 8}`, { ...units(1 + (index % 4)), ...(index % 3 === 0 ? {} : SUN) });
      return change(id, 'replace', { quote }, index);
    });
    const refused = answers.filter(({ status }) => status >= 300);
    for (const { status, body } of refused) expect([status, body.code]).toEqual([409, 'redemption_cancelled']);
    const { items } = await read('/v1/redemptions?status=confirmed&limit=200');
    const using = items.filter(({ quote }: { quote: { discounts: object[] } }) => quote.discounts.length > 0);
    const spent = using.reduce(
      (sum: number, { quote }: { quote: { totals: { discount: string } } }) => sum + cents(quote.totals.discount),
      0,
    );
    const { usage } = await read(`/v1/promotions/${promotion}`);
    expect(usage.redemptions).toBe(using.length);
    expect(cents(usage.budgetSpent.EUR)).toBe(spent);
    expect(using.length).toBeGreaterThan(0);
    expect(using.length).toBeLessThanOrEqual(12);
    const { items: listed } = await read(`/v1/redemptions?status=confirmed&promotionId=${promotion}&limit=200`);
    expect(listed).toHaveLength(using.length);
  });

  test('of more simultaneous returns than there are units exactly all units come back, for exactly the total', async () => {
    const promotion = await createPromotion({ total: 1, budget: { EUR: '200.00' } });
    const { body } = await redeem(cart({ ...SUN, ...units(40) }));
    const answers = await times(90, (index) => change(body.id, 'returns', oneBack, index));
    expect(statuses(answers)).toEqual({ 200: 40, 422: 50 });
    const refunds = answers.filter(({ status }) => status === 200).map((answer) => cents(answer.body.refund.total));
    expect(refunds.reduce((sum, refund) => sum + refund)).toBe(cents(body.quote.totals.total));
    expect(await read(`/v1/redemptions/${body.id}`)).toMatchObject({ status: 'returned', version: 41 });
    expect((await read(`/v1/promotions/${promotion}`)).usage).toMatchObject({
      redemptions: 0,
      left: 1,
      budgetSpent: { EUR: '0.00' },
    });
  });

  test('an order that is replaced, confirmed, cancelled and returned at once is one of these, and says which', async () => {
    await createPromotion({ total: 20, budget: { EUR: '200.00' } });
    await times(24, async (number) => {
      const held = number % 3 === 0 ? { holdSeconds: number % 2 === 0 ? 600 : 1 } : {};
      const { id } = (await redeem(cart({ ...SUN, ...units(3) }), held)).body;
      const actions = ['replace', 'returns', 'confirm', 'replace', 'returns', ...(number % 4 === 0 ? ['cancel'] : [])];
      const bodies: Record<string, object> = { replace: { quote: cart({ ...SUN, ...units(3) }) }, returns: oneBack };
      const answers = await times(actions.length, (index) =>
        change(id, actions[index] ?? '', bodies[actions[index] ?? ''], index),
      );
      const order = await read(`/v1/redemptions/${id}`);
      const done = (action: string) =>
        answers.filter(({ status }, index) => status === 200 && actions[index] === action);
      for (const { status, body } of answers) {
        if (status !== 200)
          expect([status, body.code]).toEqual([
            409,
            expect.stringMatching(/^redemption_(held|returned|cancelled|expired)$/),
          ]);
      }
      const returned = done('returns').reduce((sum, { body }) => sum + cents(body.refund.total), 0);
      expect(cents(order.returned?.total ?? '0')).toBe(returned);
      expect(done('cancel')).toHaveLength(order.status === 'cancelled' ? 1 : 0);
      if (order.status === 'cancelled') expect(returned).toBe(0);
    });
  });

  test('holds whose carts are replaced until their time is over go to others then, each once', async () => {
    const promotion = await createPromotion({ total: 10 });
    const held = await times(10, () => redeem(cart(SUN), { expectedTotal: '90.00', holdSeconds: 1 }));
    const replacing = held.map(async ({ body }, index) => {
      for (;;) {
        const answer = await change(body.id, 'replace', { quote: cart({ ...SUN, ...units(2) }) }, index);
        if (answer.status !== 200) return answer.body.code;
        expect(answer.body).toMatchObject({ status: 'held', expiresAt: body.expiresAt });
      }
    });
    let sold = 0;
    while (sold < 10) sold += statuses(await times(20, () => redeem(cart(SUN), { expectedTotal: '90.00' })))[201] ?? 0;
    expect(await Promise.all(replacing)).toEqual(Array(10).fill('redemption_expired'));
    expect(sold).toBe(10);
    expect((await read(`/v1/promotions/${promotion}`)).usage).toMatchObject({ redemptions: 10, held: 0, left: 0 });
  });

  test('orders that use what the other one granted are replaced without waiting in a circle', async () => {
    const deadlocks = async () =>
      (await place().db('pg_stat_database').whereRaw('datname = current_database()').first('deadlocks')).deadlocks;
    const before = await deadlocks();
    for (const serviceType of ['hosting', 'domain']) {
      const value = { type: 'percent', percent: '10' };
      const discounts = [{ name: serviceType, value, payments: 1_000, selector: { serviceTypes: [serviceType] } }];
      await client.persist('/v1/promotions', { name: serviceType, discounts });
    }
    const line = (serviceType: string) => ({ id: serviceType, serviceType, unitPrice: '50.00' });
    const of = (...types: string[]) => cartOf('anna', { lines: types.map(line) });
    const [first, second] = [(await redeem(of('hosting'))).body, (await redeem(of('domain'))).body];
    const answers = await times(60, (index) =>
      index % 2 === 0
        ? change(first.id, 'replace', { quote: of('hosting', 'domain'), expectedTotal: '90.00' }, index)
        : change(second.id, 'replace', { quote: of('domain', 'hosting'), expectedTotal: '90.00' }, index),
    );
    expect(statuses(answers)).toEqual({ 200: 60 });
    expect(await deadlocks()).toBe(before);
  });
}
