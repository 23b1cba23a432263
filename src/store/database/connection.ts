import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { type Client, types } from 'pg';
import { projectRoot } from '../../project-root';
import { dropQueue, migrateQueue } from './job-queue';
import { openConnection } from './open-connection';
import type { OnStatement } from './timed-statements';
import { isNotYetUp } from './unreachable';

const REACHABLE_WITHIN_MS = 60_000;
/** After this time a delayed start reports what it waits for. */
const REPORTED_AFTER_MS = 1_000;
const TRIED_EVERY_MS = 250;
/** Any number works if it is the same in every process and release. */
const MIGRATION_LOCK = 7_246_105_316;

const migrations: Knex.MigratorConfig = {
  directory: path.join(projectRoot, 'migrations'),
  loadExtensions: ['.js'],
  // A newer release may have migrated already; an older one continues with the schema it knows.
  disableMigrationsListValidation: true,
};

const quiet = (): void => undefined;
/** Knex would print plain lines between our JSON; every failure is also thrown, and logged by the caller. */
const SILENT: Knex.Logger = { warn: quiet, error: quiet, debug: quiet, deprecate: quiet };

/** How a pool is opened. */
export interface PoolOptions {
  /** The most connections. */
  pool?: number;
  /** A connection that is silent for so long while a statement runs is given up; absent: it may take as long as it likes. */
  silentMs?: number;
  /** Whether statements may take longer than that, as long as the server says that it works on them. */
  mayTakeLong?: boolean;
  /** Hears of every statement. */
  onStatement?: OnStatement | undefined;
}

/** Opens a pool of at most `pool` connections; nothing connects before the first query. */
export function connect(connectionString: string, { pool = 10, ...options }: PoolOptions = {}): Knex {
  const db = knex({
    client: 'pg',
    connection: { connectionString },
    pool: { min: 0, max: pool },
    // Fail fast with 503 and Retry-After rather than queue requests whose clients have given up.
    acquireConnectionTimeout: 5_000,
    log: SILENT,
    migrations,
  });
  // Ours knows several servers, and when to leave one.
  db.client.acquireRawConnection = () => openConnection(connectionString, { types: { getTypeParser }, ...options });
  return db;
}

/** Reports what the start waits for. */
export type ReportWaiting = (error: unknown) => void;

/** Where the tables are to lie, as far as it is not the migrations' matter. */
export interface Placing {
  /** Refuses a server where they cannot. */
  check(db: Knex): Promise<void>;
  /** Puts those that are new in their place. */
  place(db: Knex): Promise<void>;
}

/** How the schema is brought up to date. */
export interface MigrationOptions {
  placing?: Placing;
  report?: ReportWaiting;
}

/** Brings the schema to the latest version; safe with many processes at once and after a kill during an earlier attempt. */
export async function migrateToLatest(db: Knex, { placing, report }: MigrationOptions = {}): Promise<void> {
  const work = async (): Promise<void> => {
    await placing?.check(db);
    // The holder of knex's own lock is gone, because it would also hold the advisory lock.
    await db.migrate.forceFreeMigrationsLock();
    const [, applied]: [number, string[]] = await db.migrate.latest();
    await placing?.place(db);
    // They may have written catalog rows that the rule documents lack.
    if (applied.length > 0) await db('providers').update({ documented_version: null });
    await migrateQueue(addressOf(db));
  };
  await underMigrationLock(db, work, report);
}

/** Takes every migration back, the newest first. */
export async function rollbackAll(db: Knex): Promise<void> {
  await underMigrationLock(db, async () => {
    await db.migrate.forceFreeMigrationsLock();
    await db.migrate.rollback(undefined, true);
    await dropQueue(db);
  });
}

/** Runs the work under the migration lock; waits for a server that is not up yet, but not forever. */
async function underMigrationLock(db: Knex, work: () => Promise<void>, report?: ReportWaiting): Promise<void> {
  // A connection of its own: with a pool of one, the lock would leave none for the migrations.
  const client = await connectWhenUp(addressOf(db), report);
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

function addressOf(db: Knex): string {
  return (db.client.config as { connection: { connectionString: string } }).connection.connectionString;
}

/** Connects to a server that may not be up yet, but does not wait forever. */
export async function connectWhenUp(connectionString: string, report?: ReportWaiting): Promise<Client> {
  const startedAt = performance.now();
  let told = false;
  for (;;) {
    try {
      return await openConnection(connectionString);
    } catch (error) {
      const waitedMs = performance.now() - startedAt;
      if (!isNotYetUp(error) || waitedMs > REACHABLE_WITHIN_MS) throw error;
      if (waitedMs > REPORTED_AFTER_MS && !told) {
        told = true;
        report?.(error);
      }
      await pause(TRIED_EVERY_MS);
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

/** A UTC session sends nearly what JavaScript parses: a catalog of 100,000 rules has half a million timestamps. */
function parseTimestamp(text: string): unknown {
  const isPlain = text.endsWith('+00') && text.charAt(4) === '-';
  return isPlain ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : parseAnyTimestamp(text);
}
