import type { Knex } from 'knex';
import { connect } from '../../src/store/database/connection';
import { type Answer, type Client, clientOf, createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { expectReconciled } from '../support/processes/expect-reconciled';
import {
  type RestartablePostgres,
  type Service,
  startRestartablePostgres,
  startServices,
} from '../support/processes/processes';
import { cart, cartOf } from '../support/redeem';
import { until } from '../support/until';

const PROVIDER = 'north';
const SUN = { promoCodes: ['SUN'] };

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A code and a promotion whose limits some of the orders meet, and some do not. */
async function createLimits(client: Client): Promise<void> {
  const { body } = await client.persist('/v1/promotions', {
    name: 'Ten',
    conditions: [{ type: 'promo_code' }],
    discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }],
    limits: { perCustomer: 25, budget: { EUR: '1000.00' } },
  });
  await client.persist(`/v1/promotions/${body.id}/promo-codes`, { code: 'SUN', maxRedemptions: 150 });
}

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

/** What the client was last told of an order. */
interface Told {
  id: string;
  status: string;
}

/** Every order that was answered is there as it was answered, and counts once. */
async function expectKept(db: Knex, told: ReadonlyMap<string, Told>): Promise<void> {
  const rows: { order_id: string; id: string; status: string }[] = await db('redemptions').select(
    'order_id',
    'id',
    'status',
  );
  const live = rows.filter(({ status }) => status === 'held' || status === 'confirmed');
  expect(new Set(live.map(({ order_id }) => order_id)).size).toBe(live.length);
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const [orderId, { id, status }] of told) {
    // Whether anybody has marked an expired hold is nobody's business.
    const statuses = status === 'held' ? ['held', 'expired'] : [status];
    expect({ orderId, found: stored.get(id)?.order_id }).toEqual({ orderId, found: orderId });
    expect(statuses).toContain(stored.get(id)?.status);
  }
}

describe('processes that are killed', () => {
  let database: TestDatabase;
  let services: Service[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    services = await startServices(2, { DATABASE_URL: database.connectionString });
    await createProvider(services[0] as Service, PROVIDER);
  });
  afterAll(async () => {
    for (const service of services) await service.kill();
    await database.drop();
  });

  test('processes that are killed lose no use, double none, and keep every answer', async () => {
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

    await expectKept(database.db, told);
    await expectReconciled(database.db);
    const stored = await database.db('redemptions').countDistinct('order_id');
    expect(Number(stored[0]?.count)).toBe(told.size);
    const spent = database.db('redemption_uses').where({ kind: 'grant' });
    expect(Number((await spent.count())[0]?.count)).toBeGreaterThan(20);
    expect(told.size).toBeGreaterThan(100);
    const returned: { order_id: string; total: string }[] = await database
      .db('redemptions')
      .whereNotNull('returned')
      .select('order_id', database.db.raw(`returned ->> 'total' as total`));
    expect(new Map(returned.map(({ order_id, total }) => [order_id, total]))).toEqual(refunds);
    expect(refunds.size).toBeGreaterThan(5);
  });
});

describe('a database that is away', () => {
  let postgres: RestartablePostgres;
  let services: Service[] = [];
  beforeAll(async () => {
    postgres = await startRestartablePostgres();
    services = await startServices(2, { DATABASE_URL: postgres.connectionString, DATABASE_POOL: '4' });
    await createProvider(services[0] as Service, PROVIDER);
  });
  afterAll(async () => {
    for (const service of services) await service.kill();
    await postgres?.remove();
  });

  /** Asserts that an answer is 503 and says when to come again. */
  function expectUnavailable({ status, body, retryAfter }: Answer): void {
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'unavailable' });
    expect(retryAfter).toMatch(/^\d+$/);
  }

  test('a database that is away is a 503, no wrong count, and the processes go on when it is back', async () => {
    const client = clientOf(services, PROVIDER);
    await createLimits(client);
    const told = new Map<string, Told>();
    let unavailable = 0;
    let running = true;
    const customers = Array.from({ length: 12 }, async (_, customer) => {
      for (let number = 0; running; number++) {
        const orderId = `order ${customer} ${number}`;
        const headers: Record<string, string> = number % 2 === 0 ? {} : { 'Idempotency-Key': orderId };
        const answer = await client.send('/v1/redemptions', { orderId, quote: cart(SUN) }, headers);
        if (answer.status === 201) told.set(orderId, { id: answer.body.id, status: answer.body.status });
        else {
          expectUnavailable(answer);
          unavailable += 1;
          await wait(100);
        }
      }
    });
    for (let stop = 0; stop < 2; stop++) {
      const [ordersBefore, refusedBefore] = [told.size, unavailable];
      await until(async () => told.size > ordersBefore + 30);
      await postgres.stop();
      await until(async () => unavailable > refusedBefore + 30);
      await postgres.start();
    }
    const before = told.size;
    await until(async () => told.size > before + 60);
    running = false;
    await Promise.all(customers);

    const db = connect(postgres.connectionString, { pool: 1 });
    try {
      await expectKept(db, told);
      await expectReconciled(db);
    } finally {
      await db.destroy();
    }
    for (const { url } of services) expect((await fetch(`${url}/ready`)).status).toBe(200);
  });

  test('a database that is away or that is held up is a 503 in seconds as well; nothing of what was refused is counted later', async () => {
    const client = clientOf(services, PROVIDER);
    const db = connect(postgres.connectionString, { pool: 2 });
    try {
      const count = async () => Number((await db('redemptions').count())[0]?.count);
      const before = await count();
      const trx = await db.transaction();
      await trx.raw('lock table usage_counters');
      const sent = Array.from({ length: 60 }, (_, number) =>
        client.send('/v1/redemptions', { orderId: `held up ${number}`, quote: cart(SUN) }),
      );
      let answered = 0;
      for (const sending of sent) void sending.then(() => answered++);
      // What has a connection waits for its turn; everybody else has been answered.
      await until(async () => answered >= 40);
      await trx.commit();
      const answers = await Promise.all(sent);
      for (const answer of answers) if (answer.status !== 201) expectUnavailable(answer);
      const redeemed = answers.filter(({ status }) => status === 201).length;
      expect(await count()).toBe(before + redeemed);
      await expectReconciled(db);
      expect((await client.send('/v1/redemptions', { orderId: 'afterwards', quote: cart(SUN) })).status).toBe(201);
    } finally {
      await db.destroy();
    }
  });
});
