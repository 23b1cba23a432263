import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../src/project-root';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres/embedded-postgres';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { leaveRedemption } from '../support/redemption';

/** Runs the built check and answers what it printed and its exit code. */
async function runReconcile(env: Record<string, string>): Promise<{ code: number; text: string }> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'build/dist/src/reconcile.js')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      text += part;
    });
  const [code] = await once(child, 'close');
  return { code, text };
}

describe('npm run reconcile', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('npm run reconcile says that all agree, or what does not, by its exit code too', async () => {
    const { db, connectionString } = database;
    await db('providers').insert({ id: 'north', name: 'North', time_zone: 'UTC', default_language: 'en' });
    await leaveRedemption(db, 'north', { kind: 'promotion_customer', subject: 'p', customerId: 'anna' });
    const agreed = await runReconcile({ DATABASE_URL: connectionString });
    expect(agreed).toEqual({
      code: 0,
      text: 'Checked 1 redemptions and 1 counters.\nEvery counter agrees with its redemptions.\n',
    });
    await db('usage_counters').update({ used: 7 });
    expect(await runReconcile({ DATABASE_URL: connectionString })).toEqual({
      code: 1,
      text: [
        'Checked 1 redemptions and 1 counters.',
        'provider north: promotion_customer p (customer anna) counts 7.000000, its redemptions used 1.000000',
        '1 counters differ.\n',
      ].join('\n'),
    });
  });

  test('npm run reconcile finds the embedded database while it runs, and says where it does not', async () => {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-reconcile-'));
    try {
      const idle = await runReconcile({ DATA_DIR: dataDir });
      expect(idle).toEqual({ code: 2, text: expect.stringContaining('No database is running') });
      const postgres = await startEmbeddedPostgres({ dataDir });
      // It is empty: that the tables are missing shows that it was reached.
      const empty = await runReconcile({ DATA_DIR: dataDir });
      await postgres.stop();
      expect(empty).toEqual({ code: 2, text: expect.stringContaining('redemptions') });
    } finally {
      fs.rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
