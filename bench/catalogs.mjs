/**
 * node bench/catalogs.mjs [promotions] [codes]: a catalog as NDJSON over HTTP, beside promo codes that stay as they are: the time of an
 * import, of the same import again and of an export, each as a ratio to COPY of the rows that the first one has made, and the
 * most memory that the service took above what it has when idle. It asserts nothing.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { line, start } from './service.mjs';

const require = createRequire(import.meta.url);
const built = (name) => require(`../build/dist/src/${name}.js`);
const [PROMOTIONS = 100_000, CODES = 1_000_000] = process.argv.slice(2).map(Number);
const PROVIDER = 'bench';
const TABLES = ['promotions', 'discounts', 'conditions', 'rule_documents', 'audit_log'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-bench-'));
// PostgreSQL may run as somebody else, and writes its copies here.
fs.chmodSync(folder, 0o777);
const postgres = await built('store/embedded-postgres/embedded-postgres').startEmbeddedPostgres({
  dataDir: path.join(folder, 'data'),
});
const db = built('store/database/connection').connect(postgres.connectionString);
await built('store/database/connection').migrateToLatest(db);
const adminKey = randomBytes(24).toString('base64url');
const service = start(0, '../build/dist/src/main.js', [], {
  DATABASE_URL: postgres.connectionString,
  ADMIN_KEY: adminKey,
  PORT: '0',
  LOG_LEVEL: 'fatal',
  NODE_ENV: 'production',
});
try {
  const [, url] = await line(service, /Offerbook +(http:\S+)/);
  const headers = { authorization: `Bearer ${adminKey}`, 'offerbook-provider': PROVIDER };
  await call(`${url}/v1/providers`, 'POST', headers, {
    type: 'application/json',
    body: JSON.stringify({ id: PROVIDER, name: 'Bench', timeZone: 'UTC', defaultLanguage: 'en' }),
  });
  const lines = { type: 'application/x-ndjson' };
  const put = () => call(`${url}/v1/catalog`, 'PUT', headers, { ...lines, body: asBody(document()) });
  const get = () => call(`${url}/v1/catalog`, 'GET', { ...headers, accept: lines.type });
  const idle = memory();
  const rows = { import: await measured(put) };
  await addCodes();
  rows['import again, nothing changes'] = await measured(put);
  rows.export = await measured(get);
  const copy = await copied();
  process.stdout.write(
    `${PROMOTIONS} promotions, ${CODES} codes; COPY of their rows takes ${(copy / 1000).toFixed(1)} s\n`,
  );
  for (const [name, { ms, peak }] of Object.entries(rows)) {
    const above = (peak - idle).toFixed(0);
    process.stdout.write(
      `${name.padEnd(32)} ${(ms / 1000).toFixed(1)} s = ${(ms / copy).toFixed(1)} × COPY, ${above} MB above idle\n`,
    );
  }
} finally {
  service.kill('SIGKILL');
  await db.destroy();
  await postgres.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}

function* document() {
  const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
  yield '{"catalog":1}\n';
  for (let n = 0; n < PROMOTIONS; n++) {
    const conditions = [{ type: 'cart_has_service', selector: { plans: [`plan-${n}`] } }];
    yield `${JSON.stringify({ resource: 'promotion', key: `p-${n}`, name: `Promotion ${n}`, conditions, discounts })}\n`;
  }
  yield `{"end":true,"count":${PROMOTIONS}}\n`;
}

function asBody(texts) {
  return ReadableStream.from(texts).pipeThrough(new TextEncoderStream());
}

async function call(url, method, headers, { type, body } = {}) {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(type && { 'content-type': type }) },
    body,
    duplex: 'half',
  });
  if (!answer.ok)
    throw new Error(`${method} ${url} was answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  for await (const part of answer.body ?? []) void part;
}

/** Spread over some of the promotions. */
async function addCodes() {
  await db.raw(
    `insert into promo_codes (provider_id, id, promotion_id, code, code_key)
     select ?, 'code' || n, p.id, 'CODE' || n, 'code' || n
     from (select id, row_number() over (order by id) - 1 as place from promotions where provider_id = ? limit 1000) p
     join generate_series(1, ?) n on n % 1000 = p.place`,
    [PROVIDER, PROVIDER, CODES],
  );
}

/** How long it takes, and the most memory meanwhile. */
async function measured(run) {
  let peak = memory();
  const looking = setInterval(() => {
    peak = Math.max(peak, memory());
  }, 20);
  const begun = performance.now();
  await run();
  const ms = performance.now() - begun;
  clearInterval(looking);
  return { ms, peak };
}

/** What the service takes now, in MB. */
function memory() {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${service.pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

/** Copies the rows out, and into tables like theirs. */
async function copied() {
  let ms = 0;
  for (const table of TABLES) {
    const file = path.join(folder, `${table}.copy`);
    await db.raw(`copy (select * from ${table} where provider_id = '${PROVIDER}') to '${file}'`);
    await db.raw(`create table copy_of_${table} (like ${table} including all)`);
    const begun = performance.now();
    await db.raw(`copy copy_of_${table} from '${file}'`);
    ms += performance.now() - begun;
  }
  return ms;
}
