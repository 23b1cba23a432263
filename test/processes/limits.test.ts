import { createTestDatabase, type TestDatabase } from '../support/database';
import { isPgBouncerInstalled, type PgBouncer, startPgBouncer } from '../support/processes/pgbouncer';
import { type Service, startServices } from '../support/processes/processes';
import { changesOrders } from './changes-orders';
import { keepsLimits } from './keeps-limits';

const PROCESSES = 3;

describe('several processes on PostgreSQL', () => {
  let database: TestDatabase;
  let services: Service[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    services = await startServices(PROCESSES, { DATABASE_URL: database.connectionString });
  });
  afterAll(async () => {
    for (const service of services) await service.kill();
    await database.drop();
  });

  keepsLimits(() => ({ db: database.db, services }));
  changesOrders(() => ({ db: database.db, services }));
});

if (isPgBouncerInstalled()) {
  describe('several processes through PgBouncer in transaction mode', () => {
    let database: TestDatabase;
    let pooler: PgBouncer;
    let services: Service[] = [];
    beforeAll(async () => {
      database = await createTestDatabase();
      pooler = await startPgBouncer(database.connectionString);
      services = await startServices(PROCESSES, { DATABASE_URL: pooler.connectionString });
    });
    afterAll(async () => {
      for (const service of services) await service.kill();
      await pooler?.stop();
      await database.drop();
    });

    keepsLimits(() => ({ db: database.db, services }));
    changesOrders(() => ({ db: database.db, services }));
  });
} else {
  test('PgBouncer is not installed', () => {
    process.stderr.write("\nNOT RUN: limits through PgBouncer, because Debian's package pgbouncer is not installed.\n");
    expect(isPgBouncerInstalled()).toBe(false);
  });
}
