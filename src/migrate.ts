import { ConfigError, loadConfig } from './config';
import { readArguments } from './process/arguments';
import { coordinatorOf } from './store/cluster/cluster';
import { placingOf } from './store/cluster/distribution';
import { connect, migrateToLatest } from './store/database/connection';

/** Brings the schema of `DATABASE_URL` up to date and ends: for a roll-out that migrates before anything new starts. */
async function main(): Promise<void> {
  readArguments(process.argv, {});
  // The admin key opens the service, not the database.
  const { databaseUrl, databaseDistribution } = loadConfig({ ...process.env, ADMIN_KEY: 'none' }, 'tool');
  if (databaseUrl === undefined)
    throw new ConfigError(['DATABASE_URL must be set: the embedded database migrates itself']);
  const db = connect(databaseDistribution ? await coordinatorOf(databaseUrl) : databaseUrl, { pool: 1 });
  try {
    await migrateToLatest(db, { placing: placingOf(databaseDistribution) });
  } finally {
    await db.destroy();
  }
  process.stdout.write('The schema is up to date.\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
