import { connect } from '../../src/store/database/connection';
import { type Answer, clientOf, createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { expectReconciled } from '../support/processes/expect-reconciled';
import {
  type RestartablePostgres,
  type Service,
  startRestartablePostgres,
  startServices,
} from '../support/processes/processes';
import { cart } from '../support/redeem';
import { until } from '../support/until';
import { survivesKills } from './survives-kills';
import { createLimits, expectKept, type Told } from './told';

const PROVIDER = 'north';
const SUN = { promoCodes: ['SUN'] };

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('processes that are killed', () => {
  let database: TestDatabase;
  let services: Service[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    services = await startServices(2, { DATABASE_URL: database.connectionString });
  });
  afterAll(async () => {
    for (const service of services) await service.kill();
    await database.drop();
  });

  survivesKills(() => ({ db: database.db, services }));
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
      await expectKept(db, PROVIDER, told);
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
