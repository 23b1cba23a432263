import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../src/project-root';
import { reconcile } from '../../src/store/reports/reconcile';
import { clientOf, createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { type Service, startServices } from '../support/processes/processes';
import { cartOf } from '../support/redeem';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-backup-'));
  // The embedded server may run as another user.
  fs.chmodSync(folder, 0o755);
  const [service] = (await startServices(1, { DATA_DIR: path.join(folder, 'data'), DEMO: 'false' })) as [Service];
  await createProvider(service, 'north');
  const client = clientOf([service], 'north');
  const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
  await client.persist('/v1/promotions', { name: 'Ten', limits: { perCustomer: 1 }, discounts });
  expect((await total(client, 'anna')).total).toBe('90.00');
  expect(await service.stop()).toBe(0);
});
afterAll(async () => {
  await database.drop();
  fs.rmSync(folder, { recursive: true, force: true });
});

let orders = 0;
const total = async (client: ReturnType<typeof clientOf>, customer: string) =>
  (await client.persist('/v1/redemptions', { orderId: `order ${++orders}`, quote: cartOf(customer) })).body.quote
    .totals;

/** Whoever redeemed before the backup is still limited after it, and everybody else is not. */
async function expectKept(service: Service): Promise<void> {
  const client = clientOf([service], 'north');
  expect((await total(client, 'anna')).total).toBe('100.00');
  expect((await total(client, `boris ${orders}`)).total).toBe('90.00');
  expect((await client.send('/v1/events')).body.items.length).toBeGreaterThan(2);
}

test('the folder of the embedded database, copied while the service is stopped, is a backup', async () => {
  const archive = path.join(folder, 'offerbook.tar');
  execFileSync('tar', ['-C', path.join(folder, 'data'), '-cpf', archive, '.']);
  const restored = path.join(folder, 'restored');
  fs.mkdirSync(restored);
  execFileSync('tar', ['-C', restored, '-xpf', archive]);
  const [service] = (await startServices(1, { DATA_DIR: restored, DEMO: 'false' })) as [Service];
  try {
    await expectKept(service);
  } finally {
    await service.stop();
  }
});

test('the embedded database is copied into an empty one of a server, and into no other', async () => {
  const env = { PATH: process.env.PATH, DATA_DIR: path.join(folder, 'data'), DATABASE_URL: database.connectionString };
  const copy = () =>
    execFileSync(process.execPath, [path.join(projectRoot, 'build/dist/src/copy-to-server.js')], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(copy()).toMatch(/^Copied \d+ rows of \d+ tables\.\n$/);
  const { differences, excesses, redemptions } = await reconcile(database.db);
  expect({ differences, excesses, redemptions }).toEqual({ differences: [], excesses: [], redemptions: 1 });
  expect(copy).toThrow('only an empty one is copied into');
  const [service] = (await startServices(1, { DATABASE_URL: database.connectionString })) as [Service];
  try {
    await expectKept(service);
  } finally {
    await service.stop();
  }
});
