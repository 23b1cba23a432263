import { type Answer, type Client, clientOf, createProvider } from '../support/client';
import { expectReconciled } from '../support/processes/expect-reconciled';
import type { Service } from '../support/processes/processes';
import { cartOf } from '../support/redeem';
import { until } from '../support/until';
import type { Place } from './keeps-limits';
import { createLimits, expectKept, type Told } from './told';

const PROVIDER = 'north';
const SUN = { promoCodes: ['SUN'] };

/** What nine customers were promised for ten payments; it comes before the code, at the same price. */
async function giveGrants(client: Client): Promise<void> {
  const { body } = await client.persist('/v1/promotions', {
    name: 'Kept',
    endsAt: '2020-01-01T00:00:00Z',
    discounts: [{ name: 'Kept', priority: 1, payments: 10, value: { type: 'percent', percent: '10' } }],
  });
  const discountId = body.discounts[0].id;
  for (let number = 0; number < 9; number++) {
    const given = await client.persist('/v1/grants', { customerId: `customer ${number}`, discountId });
    expect([given.status, given.body.paymentsLeft]).toEqual([201, 10]);
  }
}

/** The test of processes that end in the middle of their work; `place` is called once the suite has begun. */
export function survivesKills(place: () => Place): void {
  test('processes that are killed lose no use, double none, and keep every answer', async () => {
    const { db, services } = place();
    await createProvider(services[0] as Service, PROVIDER);
    const client = clientOf(services, PROVIDER);
    await createLimits(client);
    await giveGrants(client);
    const told = new Map<string, Told>();
    const refunds = new Map<string, string>();
    let orders = 0;
    let running = true;

    /** An order from its redemption to its end; each request is repeated until it is answered. */
    async function placeOrder(number: number): Promise<void> {
      const orderId = `order ${number}`;
      const post = async (path: string, body?: object): Promise<Answer> => {
        const key = number % 3 === 0 ? { 'Idempotency-Key': `${orderId} ${path}` } : undefined;
        const answer = await client.persist(path, body, key);
        if (answer.status < 300) told.set(orderId, { id: answer.body.id, status: answer.body.status });
        return answer;
      };
      const holdSeconds = [undefined, 600, 600, 1][number % 4];
      const quote = cartOf(`customer ${number % 9}`, SUN);
      const expected = number % 2 === 0 ? { expectedTotal: '90.00' } : {};
      const { status, body } = await post('/v1/redemptions', {
        orderId,
        quote,
        ...expected,
        ...(holdSeconds && { holdSeconds }),
      });
      if (status !== 201) {
        expect({ status, code: body.code }).toEqual({ status: 409, code: 'price_changed' });
        return;
      }
      const next = [undefined, 'confirm', 'cancel', undefined, 'cancel', 'confirm'][number % 6];
      if (next !== undefined) {
        const settled = await post(`/v1/redemptions/${body.id}/${next}`);
        if (settled.status !== 200) expect(settled.body.code).toMatch(/^redemption_(expired|cancelled)$/);
      }
      if (number % 5 > 1) return;
      const lines = [{ id: 'line', serviceType: 'hosting', unitPrice: '33.33', quantity: 3 }];
      const replaced = await post(`/v1/redemptions/${body.id}/replace`, { quote: { ...quote, lines } });
      if (replaced.status !== 200) expect(replaced.body.code).toMatch(/^redemption_(expired|cancelled)$/);
      if (replaced.body.status === 'confirmed' && number % 5 === 0) await returnOne(orderId, body.id);
    }

    /** Without its key, a return that is sent again is another one. */
    async function returnOne(orderId: string, id: string): Promise<void> {
      const unit = { lines: [{ lineId: 'line', quantity: 1 }] };
      const key = { 'Idempotency-Key': `${orderId} returned` };
      const answer = await client.persist(`/v1/redemptions/${id}/returns`, unit, key);
      expect(answer.status).toBe(200);
      refunds.set(orderId, answer.body.refund.total);
    }

    const customers = Array.from({ length: 12 }, async () => {
      while (running) await placeOrder(++orders);
    });
    const KILLS = 4;
    for (let kill = 0; kill < KILLS; kill++) {
      const service = services[kill % services.length] as Service;
      const before = orders;
      await until(async () => orders >= before + 40);
      await service.kill();
      await service.start();
    }
    running = false;
    await Promise.all(customers);

    await expectKept(db, PROVIDER, told);
    await expectReconciled(db);
    const stored = await db('redemptions').where('provider_id', PROVIDER).countDistinct('order_id');
    expect(Number(stored[0]?.count)).toBe(told.size);
    const spent = db('redemption_uses').where({ provider_id: PROVIDER, kind: 'grant' });
    expect(Number((await spent.count())[0]?.count)).toBeGreaterThan(20);
    expect(told.size).toBeGreaterThan(100);
    const returned: { order_id: string; total: string }[] = await db('redemptions')
      .where('provider_id', PROVIDER)
      .whereNotNull('returned')
      .select('order_id', db.raw(`returned ->> 'total' as total`));
    expect(new Map(returned.map(({ order_id, total }) => [order_id, total]))).toEqual(refunds);
    expect(refunds.size).toBeGreaterThan(5);
  });
}
