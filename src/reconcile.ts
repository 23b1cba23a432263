import fs from 'node:fs';
import path from 'node:path';
import { loadConfig } from './config';
import { readArguments } from './process/arguments';
import { connect } from './store/database/connection';
import { type CounterName, type Reconciliation, reconcile } from './store/reports/reconcile';

/** Exit codes: the ledger agrees, it does not, or it could not be checked. */
const AGREES = 0;
const DIFFERS = 1;
const UNCHECKED = 2;

async function main(): Promise<number> {
  readArguments(process.argv, {});
  // The admin key opens the service, not the database; a check needs none.
  const { databaseUrl, dataDir } = loadConfig({ ...process.env, ADMIN_KEY: 'none' }, 'tool');
  const db = connect(databaseUrl ?? runningEmbeddedDatabase(dataDir), { pool: 1 });
  try {
    const found = await reconcile(db);
    process.stdout.write(`${report(found).join('\n')}\n`);
    const exceeded = found.excesses.some(({ maybeLowered }) => !maybeLowered);
    return found.differences.length > 0 || exceeded ? DIFFERS : AGREES;
  } finally {
    await db.destroy();
  }
}

function report({ redemptions, counters, differences, excesses }: Reconciliation): string[] {
  return [
    `Checked ${redemptions} redemptions and ${counters} counters.`,
    ...differences.map(
      (difference) => `${named(difference)} counts ${difference.counted}, its redemptions used ${difference.used}`,
    ),
    ...excesses.map(
      (excess) =>
        `${named(excess)} has ${excess.used} uses of ${excess.limit}${excess.maybeLowered ? '; the limit may have been lowered since' : ''}`,
    ),
    differences.length === 0 ? 'Every counter agrees with its redemptions.' : `${differences.length} counters differ.`,
  ];
}

function named({ provider, kind, subject, customer, currency }: CounterName): string {
  const of = [customer && `customer ${customer}`, currency].filter(Boolean).join(', ');
  return `provider ${provider}: ${kind} ${subject}${of && ` (${of})`}`;
}

/** Returns the address of the embedded database that the service is running on this folder. */
function runningEmbeddedDatabase(dataDir: string): string {
  const file = path.join(dataDir, 'postgres', 'postmaster.pid');
  if (!fs.existsSync(file)) {
    throw new Error(`No database is running in ${dataDir}. Start the service, or set DATABASE_URL.`);
  }
  const [, , , port, socketFolder = ''] = fs.readFileSync(file, 'utf8').split('\n');
  return `postgresql://postgres@localhost:${port}/offerbook?host=${encodeURIComponent(socketFolder.trim())}`;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = UNCHECKED;
  },
);
