import type { Knex } from 'knex';
import { type Answer, type Client, clientOf, createProvider } from '../support/client';
import { expectReconciled } from '../support/processes/expect-reconciled';
import type { Service } from '../support/processes/processes';
import { cart, cartOf } from '../support/redeem';

/** Where a suite runs: its processes reach the database one way or another, the test looks into it directly. */
export interface Place {
  db: Knex;
  services: readonly Service[];
}

/** A rush on limits that leave room for 50. */
interface Round {
  limits?: object;
  codes?: object[];
  quotes: object[];
  /** Why the others are declined. */
  reasons: string[];
}

const SIMULTANEOUS = 400;

/** The tests of limits over several processes; `place` is called once the suite has begun. */
export function keepsLimits(place: () => Place): void {
  let client: Client;
  let provider: string;
  let providers = 0;
  beforeEach(async () => {
    provider = `provider-${++providers}`;
    await createProvider(place().services[0] as Service, provider, { combination: 'sum', maxPromoCodes: 2 });
    client = clientOf(place().services, provider);
  });
  afterEach(() => expectReconciled(place().db));

  let orders = 0;
  const newOrder = () => `order ${++orders}`;

  async function createPromotion(fields: object, codes: object[] = []): Promise<string> {
    const conditions = codes.length > 0 ? [{ type: 'promo_code' }] : [];
    const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
    const created = await client.persist('/v1/promotions', { name: 'Ten', conditions, discounts, ...fields });
    expect(created.status).toBe(201);
    for (const code of codes) await client.persist(`/v1/promotions/${created.body.id}/promo-codes`, code);
    return created.body.id;
  }

  /** Redeems carts at the same moment, every other one with an Idempotency-Key. */
  async function redeemAll(quotes: object[], fields: object): Promise<Answer[]> {
    return Promise.all(
      quotes.map((quote, index) => {
        const orderId = newOrder();
        const headers: Record<string, string> = index % 2 === 0 ? {} : { 'Idempotency-Key': orderId };
        return client.persist('/v1/redemptions', { orderId, quote, ...fields }, headers);
      }),
    );
  }

  /** What is refused is refused for its price, and its quote says why. */
  function expectPriceChanged(answers: readonly Answer[], reasons: readonly string[]): void {
    for (const { status, body } of answers) {
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'price_changed' });
      expect(body.quote.totals.total).toBe('100.00');
      const [declined] = [...body.quote.promoCodes, ...body.quote.declined];
      expect(reasons).toContain(declined?.reason);
    }
  }

  const live = async () =>
    Number((await place().db('redemptions').where({ provider_id: provider, status: 'confirmed' }).count())[0]?.count);

  const SUN = { promoCodes: ['SUN'] };
  const everybody = (fields: object) =>
    Array.from({ length: SIMULTANEOUS }, () => cart({ ...fields, explain: 'candidates' }));
  const tenCustomers = (fields: object) =>
    Array.from({ length: SIMULTANEOUS }, (_, index) =>
      cartOf(`customer ${index % 10}`, { ...fields, explain: 'candidates' }),
    );
  const mixed: Round = {
    limits: { total: 51, perCustomer: 6, budget: { EUR: '509.99' } },
    codes: [{ code: 'SUN', maxRedemptions: 52, maxRedemptionsPerCustomer: 7 }],
    quotes: tenCustomers(SUN),
    reasons: ['budget_spent', 'limit_reached', 'promo_code_used_up'],
  };
  const rounds: Record<string, Round> = {
    'a total limit of 50': { limits: { total: 50 }, quotes: everybody({}), reasons: ['limit_reached'] },
    'a code with 50 uses': {
      codes: [{ code: 'SUN', maxRedemptions: 50 }],
      quotes: everybody(SUN),
      reasons: ['promo_code_used_up'],
    },
    'a budget of 500.00 for discounts of 10.00': {
      limits: { budget: { EUR: '500.00' } },
      quotes: everybody({}),
      reasons: ['budget_spent'],
    },
    '5 uses for each of 10 customers': {
      limits: { perCustomer: 5 },
      quotes: tenCustomers({}),
      reasons: ['limit_reached'],
    },
  };

  /** Redeems all at once, expects that exactly 50 succeed, and cancels these, each twice. */
  async function rush({ quotes, reasons }: Round): Promise<void> {
    const answers = await redeemAll(quotes, { expectedTotal: '90.00' });
    const redeemed = answers.filter(({ status }) => status === 201);
    expect(redeemed).toHaveLength(50);
    expect(await live()).toBe(50);
    expectPriceChanged(
      answers.filter(({ status }) => status !== 201),
      reasons,
    );
    const twice = [...redeemed, ...redeemed].map(({ body }) => client.persist(`/v1/redemptions/${body.id}/cancel`));
    for (const { status, body } of await Promise.all(twice)) expect([status, body.status]).toEqual([200, 'cancelled']);
    expect(await live()).toBe(0);
  }

  test.each(
    Object.entries(rounds),
  )(`of ${SIMULTANEOUS} simultaneous redemptions of %s exactly 50 succeed`, async (_name, round) => {
    await createPromotion(round.limits === undefined ? {} : { limits: round.limits }, round.codes);
    await rush(round);
  });

  /** Gives anna a discount of a promotion that is over; answers the grant. */
  async function give(discount: object, left: object): Promise<string> {
    const discounts = [{ name: 'Kept', value: { type: 'percent', percent: '10' }, ...discount }];
    const { body } = await client.persist('/v1/promotions', {
      name: 'Over',
      endsAt: '2020-01-01T00:00:00Z',
      discounts,
    });
    const grant = { customerId: 'anna', discountId: body.discounts[0].id, ...left };
    return (await client.persist('/v1/grants', grant)).body.id;
  }
  const grant = async (id: string) => (await client.send(`/v1/grants/${id}`)).body;
  const ofAnna = (fields: object = {}): Round => ({
    quotes: Array.from({ length: SIMULTANEOUS }, () => cartOf('anna', { explain: 'candidates', ...fields })),
    reasons: ['outside_window'],
  });

  test(`of ${SIMULTANEOUS} simultaneous redemptions with a grant for 50 payments exactly 50 get it`, async () => {
    const id = await give({ payments: 100 }, { paymentsLeft: 50 });
    await rush(ofAnna());
    expect(await grant(id)).toMatchObject({ paymentsLeft: 50, status: 'active' });
  });

  test(`of ${SIMULTANEOUS} simultaneous redemptions with a balance for 50 of them exactly 50 are paid by it`, async () => {
    const gift = { value: { type: 'amount_off', amounts: { EUR: '5.00' } }, scope: 'order', carryOver: true };
    const id = await give(gift, { balance: { EUR: '500.00' } });
    await rush(ofAnna({ lines: [{ id: 'line', serviceType: 'vps', unitPrice: '100.00', minUnitPrice: '90.00' }] }));
    expect(await grant(id)).toMatchObject({ balance: { EUR: '500.00' }, status: 'active' });
  });

  test('a grant that is changed and revoked during a rush gives what its answer said, and nothing afterwards', async () => {
    const id = await give({ payments: 1000 }, { paymentsLeft: 1000 });
    let rushing = true;
    const rushes = (async () => {
      const answers: Answer[] = [];
      while (rushing) answers.push(...(await redeemAll(ofAnna().quotes.slice(0, 40), {})));
      return answers;
    })();
    const taken = async () => Number((await place().db('redemption_uses').where({ subject: id }).count())[0]?.count);
    while ((await taken()) < 60) await new Promise((done) => setTimeout(done, 5));
    const patched = await client.send(`/v1/grants/${id}`, { paymentsLeft: 30 }, {}, 'PATCH');
    expect([patched.status, patched.body.paymentsLeft]).toEqual([200, 30]);
    const most = Number((await place().db('grants').where({ id }).first('payments'))?.payments);
    while ((await taken()) < most) await new Promise((done) => setTimeout(done, 5));
    expect((await grant(id)).status).toBe('used_up');
    await client.send(`/v1/grants/${id}`, { paymentsLeft: 900 }, {}, 'PATCH');
    expect((await client.send(`/v1/grants/${id}`, undefined, {}, 'DELETE')).status).toBe(204);
    const atRevocation = await taken();
    rushing = false;
    const answers = await rushes;
    expect(await taken()).toBe(atRevocation);
    const applied = answers.filter(({ body }) =>
      body.quote.discounts.some((one: { grantId?: string }) => one.grantId === id),
    );
    expect(applied).toHaveLength(atRevocation);
  });

  test('what is cancelled can be redeemed again, exactly as often', async () => {
    await createPromotion({ limits: mixed.limits }, mixed.codes);
    for (let turn = 1; turn <= 2; turn++) await rush(mixed);
  });

  test('holds that expire in the middle of a rush are given to others, never twice', async () => {
    await createPromotion({}, [{ code: 'SUN', maxRedemptions: 20 }]);
    const held = await redeemAll(
      Array.from({ length: 20 }, () => cart(SUN)),
      { expectedTotal: '90.00', holdSeconds: 1 },
    );
    expect(held.map(({ body }) => body.status)).toEqual(Array(20).fill('held'));
    const confirming = held.slice(0, 8).map(async ({ body: { id, expiresAt } }) => {
      // Some in time, some too late, most of them just as the hold ends.
      const until = Date.parse(expiresAt) - 20 + Math.random() * 20;
      await new Promise((done) => setTimeout(done, until - Date.now()));
      return client.persist(`/v1/redemptions/${id}/confirm`);
    });
    const lastEnd = Math.max(...held.map(({ body }) => Date.parse(body.expiresAt)));
    let areConfirmed = false;
    void Promise.allSettled(confirming).then(() => {
      areConfirmed = true;
    });
    let redeemed = 0;
    // The last round begins when no hold is left.
    for (let isLast = false; !isLast; ) {
      isLast = areConfirmed && Date.now() > lastEnd;
      const answers = await redeemAll(
        Array.from({ length: 40 }, () => cart(SUN)),
        { expectedTotal: '90.00' },
      );
      redeemed += answers.filter(({ status }) => status === 201).length;
    }
    const confirmed = (await Promise.all(confirming)).filter(({ status }) => status === 200).length;
    expect(redeemed + confirmed).toBe(20);
    expect(await live()).toBe(20);
  });

  test('simultaneous repetitions of one order, and of one Idempotency-Key, count once and answer the same', async () => {
    const promotion = await createPromotion({ limits: { total: 5 } });
    const request = { orderId: newOrder(), quote: cart(), expectedTotal: '90.00' };
    const orders = await Promise.all(Array.from({ length: 60 }, () => client.persist('/v1/redemptions', request)));
    expect(new Set(orders.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const keyed = { ...request, orderId: newOrder() };
    const headers = { 'Idempotency-Key': 'key' };
    const keys = await Promise.all(Array.from({ length: 60 }, () => client.persist('/v1/redemptions', keyed, headers)));
    expect(new Set(keys.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect([orders[0]?.status, keys[0]?.status]).toEqual([201, 201]);
    const listed = await client.send(`/v1/redemptions?promotionId=${promotion}`);
    expect(listed.body.items).toHaveLength(2);
  });

  test('orders that use the same promotions in opposite order never wait for each other in a circle', async () => {
    const deadlocks = async () =>
      (await place().db('pg_stat_database').whereRaw('datname = current_database()').first('deadlocks')).deadlocks;
    const before = await deadlocks();
    const selling = async (serviceType: string, code: string) => {
      const value = { type: 'percent', percent: '10' };
      const discounts = [{ name: serviceType, value, selector: { serviceTypes: [serviceType] } }];
      await createPromotion({ discounts, limits: { total: 1000 } }, [{ code, maxRedemptions: 1000 }]);
    };
    await selling('hosting', 'SUN');
    await selling('domain', 'MOON');
    const lines = ['hosting', 'domain'].map((serviceType) => ({ id: serviceType, serviceType, unitPrice: '50.00' }));
    const quotes = Array.from({ length: 300 }, (_, index) =>
      index % 2 === 0
        ? cart({ lines, promoCodes: ['SUN', 'MOON'] })
        : cart({ lines: [...lines].reverse(), promoCodes: ['MOON', 'SUN'] }),
    );
    const answers = await redeemAll(quotes, { expectedTotal: '90.00' });
    expect(answers.map(({ status }) => status)).toEqual(Array(300).fill(201));
    const cancellations = answers.map(({ body }) => client.persist(`/v1/redemptions/${body.id}/cancel`));
    expect((await Promise.all(cancellations)).map(({ status }) => status)).toEqual(Array(300).fill(200));
    // Rounds of the statistics are reported late; a deadlock would also have cost a second.
    expect(await deadlocks()).toBe(before);
  });

  test('a limit that is lowered during a rush holds from its answer on', async () => {
    const promotion = await createPromotion({ limits: { total: 1000 } });
    const used = async () =>
      Number(
        (await place().db('usage_counters').where({ provider_id: provider, kind: 'promotion' }).first('used'))?.used ??
          0,
      );
    let lowered = 0;
    const lowering = (async () => {
      while ((await used()) < 30) await new Promise((done) => setTimeout(done, 5));
      const answer = await client.send(`/v1/promotions/${promotion}`, { limits: { total: 40 } }, {}, 'PATCH');
      expect(answer.status).toBe(200);
      lowered = await used();
    })();
    while (lowered === 0)
      await redeemAll(
        Array.from({ length: 20 }, () => cart()),
        {},
      );
    await lowering;
    await redeemAll(
      Array.from({ length: 60 }, () => cart()),
      {},
    );
    const total = Math.max(lowered, 40);
    expect(await used()).toBe(total);
    // What was redeemed before the answer may be more than the new limit; the reconciliation reports that.
    expect((await client.send(`/v1/promotions/${promotion}`, { limits: { total } }, {}, 'PATCH')).status).toBe(200);
  });
}
