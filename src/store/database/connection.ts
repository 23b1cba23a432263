import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { Client, types } from 'pg';
import { projectRoot } from '../../project-root';

const REACHABLE_WITHIN_MS = 30_000;
/** Any number will do as long as it is the same in every process and release. */
const MIGRATION_LOCK = 7_246_105_316;
/** What a server that is still starting, or not yet in DNS, answers with. */
const NOT_YET = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', '57P03'];

const migrations: Knex.MigratorConfig = {
  directory: path.join(projectRoot, 'migrations'),
  loadExtensions: ['.js'],
};

const quiet = (): void => undefined;
/** Knex would print plain lines between ours; whatever fails is thrown to the caller too, who logs it. */
const SILENT: Knex.Logger = { warn: quiet, error: quiet, debug: quiet, deprecate: quiet };

/** Opens a pool of at most `pool` connections; nothing connects before the first query. */
export function connect(connectionString: string, options: { pool?: number } = {}): Knex {
  return knex({
    client: 'pg',
    // Spelled out: given a bare string, knex drops the socket folder in `?host=`.
    connection: { connectionString, types: { getTypeParser } },
    pool: { min: 0, max: options.pool ?? 10 },
    // Rather a 503 that says when to come again than a queue that nobody waits for.
    acquireConnectionTimeout: 5_000,
    log: SILENT,
    migrations,
  });
}

/** Brings the schema to the latest version; safe with many processes at once and after a kill during an earlier attempt. */
export async function migrateToLatest(db: Knex): Promise<void> {
  await underMigrationLock(db, async () => {
    // Whoever held knex's own lock is gone: it would also hold the advisory lock.
    await db.migrate.forceFreeMigrationsLock();
    const [, applied]: [number, string[]] = await db.migrate.latest();
    // They may have written rows of the catalog, of which its documents know nothing.
    if (applied.length > 0) await db('providers').update({ documented_version: null });
  });
}

/** Takes every migration back, the newest first. */
export async function rollbackAll(db: Knex): Promise<void> {
  await underMigrationLock(db, async () => {
    await db.migrate.forceFreeMigrationsLock();
    await db.migrate.rollback(undefined, true);
  });
}

/** Runs the work while this process alone may migrate; waits for a server that is not up yet, but not for ever. */
async function underMigrationLock(db: Knex, work: () => Promise<void>): Promise<void> {
  // A connection of its own: with a pool of one, the lock would leave none for the migrations.
  const client = await connectWhenUp(
    (db.client.config as { connection: { connectionString: string } }).connection.connectionString,
  );
  try {
    // In a transaction, because a pooler keeps a connection for a client no longer than that.
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await work();
    await client.query('commit');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connectWhenUp(connectionString: string): Promise<Client> {
  const deadline = Date.now() + REACHABLE_WITHIN_MS;
  for (;;) {
    const client = new Client({ connectionString });
    // Without a listener a connection lost in between would end the process; the query in flight fails anyway.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!NOT_YET.includes(String((error as { code?: unknown }).code)) || Date.now() > deadline) throw error;
      await pause(250);
    }
  }
}

/**
 * int8 (every `count(*)`) becomes a number while that is exact, and stays a string beyond. timestamptz stays a Date and
 * numeric an exact string, as pg has them.
 */
function getTypeParser(oid: number, format?: string): (value: string) => unknown {
  if (format !== 'binary') {
    if (oid === types.builtins.INT8) return parseInt8;
    if (oid === types.builtins.TIMESTAMPTZ) return parseTimestamp;
  }
  return types.getTypeParser(oid, format as 'text');
}

function parseInt8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

const parseAnyTimestamp: (text: string) => unknown = types.getTypeParser(types.builtins.TIMESTAMPTZ);

/** What a session in UTC sends is nearly what JavaScript reads: a catalog of 100,000 rules has half a million of them. */
function parseTimestamp(text: string): unknown {
  const isPlain = text.endsWith('+00') && text.charAt(4) === '-';
  return isPlain ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : parseAnyTimestamp(text);
}
