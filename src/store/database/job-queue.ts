import { Logger, runMigrations } from 'graphile-worker';
import type { Knex } from 'knex';
import { Pool } from 'pg';
import { currentAddress, giveUpSilent } from './open-connection';

/** The queue's tables have a schema, and migrations, of their own. */
export const QUEUE_SCHEMA = 'offerbook_queue';

const INSUFFICIENT_PRIVILEGE = '42501';

/** The user of the database may not make what the queue needs. */
export class QueueRefused extends Error {
  constructor(cause: unknown) {
    super(
      `The user may not create the schema "${QUEUE_SCHEMA}". Grant CREATE on the database, or run "npm run migrate" once as a user who has it.`,
      { cause },
    );
  }
}

/** Brings the queue's own schema up to date. */
export async function migrateQueue(connectionString: string): Promise<void> {
  const pool = queuePool(connectionString, 1);
  try {
    await runMigrations({ pgPool: pool, schema: QUEUE_SCHEMA, logger: silentLogger });
  } catch (error) {
    const isRefused = error instanceof Error && 'code' in error && error.code === INSUFFICIENT_PRIVILEGE;
    throw isRefused ? new QueueRefused(error) : error;
  } finally {
    await pool.end();
  }
}

/** Removes the queue with everything in it. */
export async function dropQueue(db: Knex): Promise<void> {
  await db.raw('drop schema if exists ?? cascade', [QUEUE_SCHEMA]);
}

/**
 * Returns a pool as the queue wants it; each connection goes to the server that last let us in, and is given up where it
 * is silent for `silentMs` while a statement runs.
 */
export function queuePool(connectionString: string, max: number, silentMs?: number): Pool {
  const pool = new Pool({
    max,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    connectionString: currentAddress(connectionString),
  });
  // The error that ended the connection reaches the next statement.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    if (silentMs !== undefined) giveUpSilent(client, silentMs);
  });
  return pool;
}

/** What fails is thrown as well. */
export const silentLogger = new Logger(() => () => undefined);
