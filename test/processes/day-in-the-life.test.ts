import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/project-root';
import { reconcile } from '../../src/store/reports/reconcile';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { findTexts } from '../support/database-texts';
import { ADMIN_KEY, type Service, startServices } from '../support/processes/processes';

let database: TestDatabase;
let service: Service;
beforeAll(async () => {
  database = await createTestDatabase();
  [service] = (await startServices(1, { DATABASE_URL: database.connectionString })) as [Service];
});
afterAll(async () => {
  await service.kill();
  await database.drop();
});

test('a day of 100,000 codes, 500 orders, changes, returns and forgotten customers: every figure reconciles', async () => {
  const script = path.join(projectRoot, 'examples/day-in-the-life.mjs');
  const env = { PATH: process.env.PATH, BASE_URL: service.url, ADMIN_KEY };
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
  expect(stdout).toMatch(/\nEvery figure reconciles\.\n$/);
  const { differences, excesses, redemptions } = await reconcile(database.db);
  expect({ differences, excesses, redemptions }).toEqual({ differences: [], excesses: [], redemptions: 500 });
  expect(await findTexts(database.db, ['customer-99@', 'customer-95@'])).toEqual([]);
  expect((await findTexts(database.db, ['customer-94@'])).length).toBeGreaterThan(0);
});
