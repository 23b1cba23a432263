import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect, migrateToLatest } from '../../../src/store/database/connection';
import { startEmbeddedPostgres } from '../../../src/store/embedded-postgres/embedded-postgres';
import { databaseUrl, runOn } from '../database';

/** Starts one PostgreSQL for all test files, or takes DATABASE_URL, and migrates the template that every file copies. */
export default async function globalSetup(): Promise<void> {
  const external = process.env.DATABASE_URL?.trim();
  const server = external || (await startServer());
  const template = `offerbook_test_${randomBytes(4).toString('hex')}`;
  process.env.TEST_SERVER_URL = server;
  process.env.TEST_TEMPLATE = template;
  await runOn(server, `create database ${template}`);
  const db = connect(databaseUrl(server, template), { pool: 2 });
  await migrateToLatest(db);
  await db.destroy();
}

async function startServer(): Promise<string> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-test-'));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    // A test database that is lost with the machine is no loss.
    settings: { fsync: false, full_page_writes: false, synchronous_commit: false, max_connections: 200 },
  });
  globalThis.stopTestServer = async () => {
    await postgres.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  };
  return postgres.connectionString;
}

declare global {
  var stopTestServer: (() => Promise<void>) | undefined;
}
