/** The service under test: an embedded PostgreSQL in a temporary folder, catalogs of several sizes, and main.js. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { catalogOf } from './workload.mjs';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));
const built = (name) => require(`../build/dist/src/${name}.js`);
const CORES = os.availableParallelism();

/** Starts a program of ours on one core (0 for servers, 1 for the client), where there are two. */
export function start(core, file, args = [], env = {}) {
  const command = [process.execPath, path.resolve(here, file), ...args];
  const pinned = CORES > 1 && process.platform === 'linux' ? ['taskset', '-c', String(core), ...command] : command;
  return spawn(pinned[0], pinned.slice(1), { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The first line of a child's output that matches. */
export async function line(child, pattern) {
  for await (const text of readline.createInterface({ input: child.stdout })) {
    const found = pattern.exec(text);
    if (found) {
      child.stdout.resume();
      return found;
    }
  }
  throw new Error('It ended before it said what was awaited');
}

/** Starts database and service; `sizes` are the catalogs, one provider each; `main` is the program, of another build perhaps. */
export async function startService(sizes, main = '../build/dist/src/main.js') {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-bench-'));
  const postgres = await built('store/embedded-postgres/embedded-postgres').startEmbeddedPostgres({ dataDir });
  const { connect, migrateToLatest } = built('store/database/connection');
  const db = connect(postgres.connectionString, { pool: 2 });
  await migrateToLatest(db);
  const tokens = {};
  for (const size of sizes) tokens[size] = await seed(db, size);
  const env = {
    DATABASE_URL: postgres.connectionString,
    ADMIN_KEY: randomBytes(24).toString('base64url'),
    PORT: '0',
    LOG_LEVEL: 'info',
    NODE_ENV: 'production',
  };
  const service = start(0, main, [], env);
  const [, url] = await line(service, /Offerbook +(http:\S+)/);
  return {
    url,
    tokens,
    async stop() {
      service.kill('SIGTERM');
      await db.destroy();
      await postgres.stop();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function seed(db, size) {
  const provider = `bench-${size}`;
  const { provider: settings, promotions } = catalogOf(size);
  const { createProvider } = built('store/providers/providers');
  const { createApiKey } = built('store/providers/api-keys');
  const { token } = await db.transaction(async (trx) => {
    const fields = { id: provider, name: provider, timeZone: settings.timeZone, defaultLanguage: 'en' };
    await createProvider(trx, fields, new Date());
    return createApiKey(trx, provider, { name: 'bench', kind: 'secret' }, new Date());
  });
  const discounts = promotions.flatMap((promotion) => promotion.discounts);
  const insert = (table, rows) => db.batchInsert(table, rows, 2_000);
  await insert(
    'promotions',
    promotions.map(({ id, name, priority, startsAt, endsAt }) => ({
      provider_id: provider,
      id,
      name,
      priority,
      starts_at: startsAt ?? null,
      ends_at: endsAt ?? null,
    })),
  );
  await insert(
    'discounts',
    discounts.map(({ id, promotionId, name, value, scope, selector, recipients }) => ({
      provider_id: provider,
      id,
      promotion_id: promotionId,
      name,
      value,
      scope: scope ?? 'line',
      selector: selector ?? null,
      recipients: recipients ?? null,
    })),
  );
  await insert(
    'conditions',
    promotions.flatMap((promotion) =>
      promotion.conditions.map(({ id, type, ...parameters }, position) => ({
        provider_id: provider,
        id,
        promotion_id: promotion.id,
        position,
        type,
        parameters,
      })),
    ),
  );
  await db.raw('analyze');
  return token;
}
