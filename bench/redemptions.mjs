/**
 * node bench/redemptions.mjs [--quick] [build …]: redemptions per second over HTTP, of the store alone, and of pgbench
 * with the same work as one statement, on one hot code and on spread ones. All of them run in turn, round by round, on
 * one database; the ratios are those of the rounds' medians. Other builds, named by their folders, are measured beside
 * this one. It asserts nothing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { line, start } from './service.mjs';

const require = createRequire(import.meta.url);
const autocannon = require('autocannon');
const OWN = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../build/dist/src');
const built = (name, build = OWN) => require(`${path.resolve(build)}/${name}.js`);

const PROVIDER = 'bench';
/** Each of its own promotion, so that spread ones share no counter. */
const CODES = 1_000;
const LIMIT = 1_000_000_000;
const CLIENTS = [1, 16, 64];
const codeOf = (number) => `CODE${number}`;
const anyOf = (codes) => 1 + Math.floor(Math.random() * codes);

/** Measures everything and answers the rows of the table. */
export async function measureRedemptions({ rounds = 5, seconds = 1, builds = [] } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'offerbook-bench-'));
  const postgres = await built('store/embedded-postgres/embedded-postgres').startEmbeddedPostgres({
    dataDir: path.join(folder, 'data'),
  });
  const { connect, migrateToLatest } = built('store/database/connection');
  const db = connect(postgres.connectionString);
  await migrateToLatest(db);
  const token = await seed(db);
  const services = [];
  const serve = async (build) => {
    const service = start(0, path.resolve(build, 'main.js'), [], {
      DATABASE_URL: postgres.connectionString,
      ADMIN_KEY: randomBytes(24).toString('base64url'),
      PORT: '0',
      LOG_LEVEL: 'fatal',
      NODE_ENV: 'production',
    });
    services.push(service);
    const [, url] = await line(service, /Offerbook +(http:\S+)/);
    return url;
  };
  try {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const url = await serve(OWN);
    const example = await redeemOnce(url, headers);
    const overHttpTo = (address) => (clients, codes) => overHttp(address, headers, clients, codes, seconds);
    const contenders = { endpoint: overHttpTo(url), store: storeAlone(db, example, seconds) };
    for (const build of builds) {
      contenders[`endpoint of ${build}`] = overHttpTo(await serve(build));
      contenders[`store of ${build}`] = storeAlone(db, example, seconds, build);
    }
    if (pgbenchPath()) contenders.pgbench = withPgbench(postgres.connectionString, folder, example, seconds);
    return await inTurn(contenders, rounds);
  } finally {
    for (const service of services) service.kill('SIGKILL');
    await db.destroy();
    await postgres.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Every contender in every setting, so that what slows the machine for a while slows all of them. */
async function inTurn(contenders, rounds) {
  const settings = [1, CODES].flatMap((codes) => CLIENTS.map((clients) => ({ codes, clients })));
  const rows = settings.map((setting) => ({ ...setting, figures: {} }));
  for (let round = 0; round <= rounds; round++) {
    for (const { codes, clients, figures } of rows) {
      for (const [name, measure] of Object.entries(contenders)) {
        const perSecond = await measure(clients, codes);
        // The first round warms up.
        if (round > 0) figures[name] = [...(figures[name] ?? []), perSecond];
      }
    }
  }
  return rows;
}

async function seed(db) {
  const { createProvider } = built('store/providers/providers');
  const { createApiKey } = built('store/providers/api-keys');
  const { token } = await db.transaction(async (trx) => {
    const provider = { id: PROVIDER, name: 'Bench', timeZone: 'UTC', defaultLanguage: 'en' };
    await createProvider(trx, provider, new Date());
    return createApiKey(trx, PROVIDER, { name: 'bench', kind: 'secret' }, new Date());
  });
  const numbers = Array.from({ length: CODES }, (_, index) => index + 1);
  const value = { type: 'percent', percent: '10' };
  const rows = {
    promotions: (n) => ({ id: `promotion${n}`, name: `Promotion ${n}`, limit_total: LIMIT }),
    discounts: (n) => ({
      id: `discount${n}`,
      promotion_id: `promotion${n}`,
      name: `Discount ${n}`,
      value,
      scope: 'line',
    }),
    conditions: (n) => ({
      id: `condition${n}`,
      promotion_id: `promotion${n}`,
      position: 0,
      type: 'promo_code',
      parameters: {},
    }),
    promo_codes: (n) => ({
      id: `code${n}`,
      promotion_id: `promotion${n}`,
      code: codeOf(n),
      code_key: codeOf(n).toLowerCase(),
      max_redemptions: LIMIT,
    }),
  };
  for (const [table, row] of Object.entries(rows)) {
    await db.batchInsert(
      table,
      numbers.map((n) => ({ provider_id: PROVIDER, ...row(n) })),
      500,
    );
  }
  await db.raw('analyze');
  return token;
}

function requestOf(code, orderId) {
  const period = { unit: 'month', length: 1 };
  const item = (id, unitPrice) => ({ id, serviceType: 'hosting', plan: `plan ${id}`, period, quantity: 1, unitPrice });
  const quote = { currency: 'EUR', promoCodes: [code], lines: [item('small', '10.00'), item('large', '100.00')] };
  return { orderId, quote };
}

async function redeemOnce(url, headers) {
  const request = requestOf(codeOf(1), 'first');
  const answer = await fetch(`${url}/v1/redemptions`, { method: 'POST', headers, body: JSON.stringify(request) });
  const { quote, status } = await answer.json();
  if (status !== 'confirmed') throw new Error(`The first redemption was answered ${answer.status}`);
  return { request: JSON.stringify(request.quote), quote: JSON.stringify(quote) };
}

let orders = 0;

async function overHttp(url, headers, clients, codes, seconds) {
  // Made one by one: a list of them would be built for each connection while others are being measured already.
  const setupRequest = (request) => ({
    ...request,
    body: JSON.stringify(requestOf(codeOf(anyOf(codes)), `order ${++orders}`)),
  });
  const requests = [{ method: 'POST', path: '/v1/redemptions', headers, setupRequest }];
  const result = await autocannon({ url, connections: clients, duration: seconds, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`);
  return result.requests.total / result.duration;
}

function storeAlone(db, { request, quote }, seconds, build) {
  const { Batcher } = built('services/concurrency/batcher', build);
  const { recordRedemptions } = built('store/redemptions/redemption-ledger', build);
  const { newId } = built('store/database/id', build);
  const coalescer = new Batcher((entries) => recordRedemptions(db, entries));
  const { totals } = JSON.parse(quote);
  const named = (id = newId(), orderId = newId()) => {
    return { id, orderId, facts: { redemptionId: id, orderId, currency: 'EUR', totals } };
  };
  const entryOf = (number) => ({
    providerId: PROVIDER,
    ...named(),
    requestHash: '0'.repeat(64),
    request,
    quote,
    uses: [
      { kind: 'promotion', subject: `promotion${number}`, amount: '1', limit: String(LIMIT) },
      { kind: 'code', subject: `code${number}`, amount: '1', limit: String(LIMIT) },
    ],
    grants: [],
    promotions: new Map([[`promotion${number}`, 1]]),
    codes: new Map([[`code${number}`, 1]]),
    discounts: new Map(),
    spent: new Map(),
    counting: new Map(),
    redeemed: [`discount${number}`],
    at: new Date(),
  });
  return async (clients, codes) => {
    let recorded = 0;
    const began = performance.now();
    const client = async () => {
      while (performance.now() - began < seconds * 1000) {
        const { kind } = await coalescer.submit(entryOf(anyOf(codes)));
        if (kind !== 'recorded') throw new Error(`An entry was ${kind}`);
        recorded += 1;
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return recorded / ((performance.now() - began) / 1000);
  };
}

function pgbenchPath() {
  const debian = '/usr/lib/postgresql';
  const versions = fs.existsSync(debian)
    ? fs.readdirSync(debian).map((version) => `${debian}/${version}/bin/pgbench`)
    : [];
  return ['pgbench', ...versions].find((file) => spawnSync(file, ['--version']).status === 0);
}

/** The same rows by one statement per redemption: counters made or raised within their limit, then the redemption and its uses. */
function statementOf({ request, quote }) {
  return `\\set n random(1, :codes)
with wanted (kind, subject) as (values ('promotion', 'promotion' || :n), ('code', 'code' || :n)),
counted as (
  insert into usage_counters as counter (provider_id, kind, subject, used)
  select '${PROVIDER}', kind, subject, 1 from wanted order by kind, subject
  on conflict (provider_id, kind, subject, customer_id, currency)
  do update set used = counter.used + 1 where counter.used + 1 <= ${LIMIT}
  returning kind, subject
), written as (
  insert into redemptions (provider_id, id, order_id, status, request_hash, request, quote)
  select '${PROVIDER}', gen_random_uuid()::text, gen_random_uuid()::text, 'confirmed', repeat('0', 64),
    $json$${request}$json$::jsonb, $json$${quote}$json$
  where (select count(*) from counted) = 2
  returning id
), listed as (
  insert into redemption_uses (provider_id, redemption_id, kind, subject, amount)
  select '${PROVIDER}', written.id, counted.kind, counted.subject, 1 from written, counted
)
select count(*) from written;
`;
}

function withPgbench(connectionString, folder, example, seconds) {
  const script = path.join(folder, 'redeem.sql');
  fs.writeFileSync(script, statementOf(example));
  const { searchParams, pathname, username, port } = new URL(connectionString);
  const server = ['-h', searchParams.get('host'), '-p', port || '5432', '-U', username];
  return async (clients, codes) => {
    const options = [
      '-n',
      '-M',
      'prepared',
      '-f',
      script,
      '-D',
      `codes=${codes}`,
      '-c',
      clients,
      '-j',
      1,
      '-T',
      seconds,
    ];
    const child = spawn(pgbenchPath(), [...server, ...options, pathname.slice(1)].map(String));
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => {
        text += part;
      });
    await once(child, 'close');
    const tps = /tps = ([\d.]+)/.exec(text)?.[1];
    if (tps === undefined) throw new Error(text);
    return Number(tps);
  };
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

/** Prints one table: the medians per second and their ratios to pgbench. */
export function printRedemptions(rows) {
  const names = Object.keys(rows[0]?.figures ?? {});
  const contenders = names.filter((name) => name !== 'pgbench');
  const head = [
    'codes',
    'clients',
    ...names.map((name) => `${name}/s`),
    ...contenders.map((name) => `${name} : pgbench`),
  ];
  const cells = rows.map(({ codes, clients, figures }) => {
    const counts = names.map((name) => median(figures[name]).toFixed(0));
    const ratios = contenders.map((name) =>
      figures.pgbench === undefined ? 'no pgbench' : (median(figures[name]) / median(figures.pgbench)).toFixed(2),
    );
    return [codes === 1 ? 'one, hot' : `${codes}`, `${clients}`, ...counts, ...ratios];
  });
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
  for (const row of [head, ...cells]) {
    process.stdout.write(`${row.map((cell, column) => cell.padStart(widths[column])).join('  ')}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const load = os.loadavg()[0].toFixed(1);
  process.stdout.write(`Node ${process.version}, ${os.availableParallelism()} cores, load ${load} before the run\n`);
  const isQuick = process.argv.includes('--quick');
  const builds = process.argv.slice(2).filter((argument) => argument !== '--quick');
  printRedemptions(await measureRedemptions({ builds, ...(isQuick && { rounds: 1 }) }));
}
