import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { Client } from 'pg';
import { connect } from '../../src/store/database/connection';
import { createClusterDatabase } from './citus';

/** A migrated, empty database of its own. */
export interface TestDatabase {
  db: Knex;
  connectionString: string;
  /** Opens another pool. */
  open(): Knex;
  /** Closes `db` and removes the database. */
  drop(): Promise<void>;
}

/** Copies the template that the global setup migrated; much faster than migrating again. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const cluster = process.env.TESTS_ON_CITUS === 'true' ? process.env.CITUS_DATABASE_URL : undefined;
  if (cluster !== undefined) return createClusterDatabase(cluster);
  const server = requiredVariable('TEST_SERVER_URL');
  const template = requiredVariable('TEST_TEMPLATE');
  // Random: module state starts anew in every test file, so a counter would repeat itself.
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await runOn(server, `create database ${name} template ${template}`);
  const connectionString = databaseUrl(server, name);
  const db = connect(connectionString, { pool: 10 });
  return {
    db,
    connectionString,
    open: () => connect(connectionString),
    drop: async () => {
      await db.destroy();
      await runOn(server, `drop database if exists ${name} with (force)`);
    },
  };
}

/** The address of another database on the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement outside any pool and answers its rows. */
export async function runOn(server: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through jest, whose global setup starts the database`);
  return value;
}
