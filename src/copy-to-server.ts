import fs from 'node:fs';
import path from 'node:path';
import { ConfigError, loadConfig } from './config';
import { readArguments } from './process/arguments';
import { coordinatorOf } from './store/cluster/cluster';
import { placingOf } from './store/cluster/distribution';
import { connect, migrateToLatest } from './store/database/connection';
import { copyDatabase } from './store/embedded-postgres/copy-database';
import { startEmbeddedPostgres } from './store/embedded-postgres/embedded-postgres';

/** Copies the embedded database of `DATA_DIR` into the empty one of `DATABASE_URL`; the service must not run. */
async function main(): Promise<void> {
  readArguments(process.argv, {});
  // The admin key opens the service, not the database.
  const { databaseUrl, databaseDistribution, dataDir } = loadConfig({ ...process.env, ADMIN_KEY: 'none' }, 'tool');
  if (databaseUrl === undefined) throw new ConfigError(['DATABASE_URL must be set: it says where to copy to']);
  if (!fs.existsSync(path.join(dataDir, 'postgres'))) {
    throw new ConfigError([`DATA_DIR: there is no embedded database in ${dataDir}`]);
  }
  const address = databaseDistribution ? await coordinatorOf(databaseUrl) : databaseUrl;
  const embedded = await startEmbeddedPostgres({ dataDir });
  const [source, target] = [connect(embedded.connectionString, { pool: 2 }), connect(address, { pool: 2 })];
  try {
    await migrateToLatest(source);
    await migrateToLatest(target, { placing: placingOf(databaseDistribution) });
    const copied = await copyDatabase(source, target);
    const rows = [...copied.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(`Copied ${rows} rows of ${copied.size} tables.\n`);
  } finally {
    await source.destroy();
    await target.destroy();
    await embedded.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
