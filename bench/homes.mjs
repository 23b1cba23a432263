/**
 * node bench/homes.mjs [--base BUILD] [--rounds N] [--count N] [--only WORDS]: the processor time that a database spends on each
 * request, on one server and on a Citus cluster, in turns. DATABASE_URL is the server, CITUS_DATABASE_URL the coordinator; both run
 * on this machine, since their processes' time is read from /proc. Where one is missing it is left out; with --base another build is measured
 * on the server in the same turns. It asserts nothing.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { line, start } from './service.mjs';

const { Client } = createRequire(path.resolve('package.json'))('pg');
const ADMIN_KEY = randomBytes(24).toString('base64url');
const DATABASE = `offerbook_bench_${randomBytes(4).toString('hex')}`;
const LIMIT = 1_000_000_000;
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const rounds = Number(option('rounds', 7));
const count = Number(option('count', 300));
const only = option('only', '');
const { DATABASE_URL: server, CITUS_DATABASE_URL: cluster } = process.env;

const IDLE = 'a second of nothing';
const IDLE_MS = 1_500;

let orders = 0;
const cart = () => ({
  currency: 'EUR',
  customer: { id: `customer ${orders % 500}` },
  promoCodes: ['SUN'],
  lines: [
    { id: 'small', serviceType: 'hosting', unitPrice: '10.00', quantity: 1 },
    { id: 'large', serviceType: 'hosting', unitPrice: '100.00', quantity: 1 },
  ],
});

/** What is asked for, one after the other. */
const kinds = {
  redemption: ({ send }) => send('POST', '/v1/redemptions', { orderId: `order ${++orders}`, quote: cart() }),
  'quote with facts': ({ send }) => send('POST', '/v1/quote', cart(++orders)),
  'page of promotions': ({ send }) => send('GET', '/v1/promotions?limit=50'),
  'page of orders': ({ send }) => send('GET', '/v1/redemptions?limit=50'),
  'catalog write': ({ send, promotion }) =>
    send('PATCH', `/v1/promotions/${promotion}`, { name: `Change ${++orders}` }),
};

const homes = [];
try {
  const base = option('base');
  if (server !== undefined && base !== undefined)
    await open('one server, before', path.resolve(base, 'src/main.js'), [server]);
  if (server !== undefined) await open('one server', '../build/dist/src/main.js', [server]);
  if (cluster !== undefined) await open('Citus', '../build/dist/src/main.js', await nodesOf(cluster));
  const chosen = Object.entries(kinds).filter(([kind]) => kind.includes(only));
  for (let round = 0; round <= rounds; round++) {
    for (const home of homes) await measureIdle(home, round);
    for (const [kind, ask] of chosen) for (const home of homes) await measure(home, kind, ask, round);
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  for (const kind of [...chosen.map(([name]) => name), IDLE]) print(kind);
} finally {
  for (const { service } of homes) service.kill('SIGKILL');
  for (const { nodes } of homes)
    for (const node of nodes.toReversed())
      await run(databaseOf(node, 'postgres'), `drop database if exists ${nameOf(node)} with (force)`);
}

async function nodesOf(coordinator) {
  const members = await run(coordinator, 'select nodename, nodeport from pg_dist_node order by groupid');
  return members.map(({ nodename, nodeport }) => {
    const node = new URL(coordinator);
    node.hostname = nodename;
    node.port = String(nodeport);
    return node.href;
  });
}

/** Makes the database and starts the service on it, with one provider. */
async function open(name, main, servers) {
  const isCluster = servers.length > 1;
  const nodes = servers.map((address) => databaseOf(address, `${DATABASE}_${homes.length}`));
  for (const [index, node] of nodes.entries()) {
    await run(servers[index], `create database ${nameOf(node)}`);
    if (isCluster) await run(node, 'create extension citus');
  }
  const [first, ...workers] = nodes.map((node) => new URL(node));
  if (isCluster) {
    await run(first.href, 'select citus_set_coordinator_host($1, $2)', [first.hostname, first.port]);
    for (const { hostname, port } of workers) await run(first.href, 'select citus_add_node($1, $2)', [hostname, port]);
  }
  const service = start(0, main, [], {
    DATABASE_URL: first.href,
    ADMIN_KEY,
    PORT: '0',
    LOG_LEVEL: 'fatal',
    NODE_ENV: 'production',
    ...(isCluster && { DATABASE_DISTRIBUTION: 'citus' }),
  });
  const home = { name, nodes, service, figures: {} };
  homes.push(home);
  const [, url] = await line(service, /Offerbook +(http:\S+)/);
  Object.assign(home, await seed(url));
  for (const node of nodes) await run(node, 'analyze');
}

async function seed(url) {
  const asAdmin = senderTo(url, ADMIN_KEY);
  const provider = { id: 'bench', name: 'Bench', timeZone: 'UTC', defaultLanguage: 'en' };
  await asAdmin('POST', '/v1/providers', provider);
  const key = await asAdmin('POST', '/v1/providers/bench/api-keys', { name: 'bench', kind: 'secret' });
  const send = senderTo(url, key.token);
  const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
  for (let number = 0; number < 60; number++)
    await send('POST', '/v1/promotions', { name: `Other ${number}`, conditions: [{ type: 'promo_code' }], discounts });
  const limits = { total: LIMIT, perCustomer: LIMIT };
  const promotion = { name: 'Ten', limits, conditions: [{ type: 'promo_code' }], discounts };
  const { id } = await send('POST', '/v1/promotions', promotion);
  await send('POST', `/v1/promotions/${id}/promo-codes`, { code: 'SUN', maxRedemptions: LIMIT });
  return { send, promotion: id };
}

/** Each node's milliseconds for a request, without what it does anyway meanwhile; the first round warms up. */
async function measure(home, kind, ask, round) {
  const took = await spentWhile(home, async () => {
    for (let number = 0; number < count; number++) await ask(home);
  });
  if (round === 0) return;
  home.figures[kind] ??= [];
  home.figures[kind].push(took.nodes.map((ms, index) => (ms - home.idle[index] * took.ms) / count));
}

/** What each node spends in a millisecond on what nobody asks for. */
async function measureIdle(home, round) {
  const took = await spentWhile(home, () => new Promise((done) => setTimeout(done, IDLE_MS)));
  home.idle = took.nodes.map((ms) => ms / took.ms);
  if (round > 0) home.figures[IDLE] = [...(home.figures[IDLE] ?? []), home.idle.map((share) => share * 1_000)];
}

async function spentWhile({ nodes }, work) {
  const before = await Promise.all(nodes.map(spentBy));
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  const after = await Promise.all(nodes.map(spentBy));
  return { ms, nodes: nodes.map((_, index) => spentBetween(before[index], after[index])) };
}

/** The nanoseconds that each process has run which works for a database. */
async function spentBy(node) {
  const pids = await run(databaseOf(node, 'postgres'), 'select pid from pg_stat_activity where datname = $1', [
    nameOf(node),
  ]);
  const times = new Map();
  for (const { pid } of pids) {
    const file = `/proc/${pid}/schedstat`;
    // It may have ended since.
    if (fs.existsSync(file)) times.set(pid, Number(fs.readFileSync(file, 'utf8').split(' ')[0]));
  }
  return times;
}

function spentBetween(before, after) {
  let spent = 0;
  for (const [pid, then] of after) spent += then - (before.get(pid) ?? 0);
  return spent / 1e6;
}

function senderTo(url, key) {
  const agent = new http.Agent({ keepAlive: true });
  return (method, at, body) =>
    new Promise((done, fail) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const request = http.request(url + at, { method, agent, headers }, async (answer) => {
        let text = '';
        for await (const part of answer) text += part;
        if (answer.statusCode < 300) done(text && JSON.parse(text));
        else fail(new Error(`${method} ${at}: ${answer.statusCode} ${text}`));
      });
      request.on('error', fail);
      request.end(body && JSON.stringify(body));
    });
}

async function run(address, sql, values) {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

function databaseOf(address, name) {
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}

function nameOf(address) {
  return new URL(address).pathname.slice(1);
}

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
}

/** The medians of the rounds, and of the ratios to one server in the same round. */
function print(kind) {
  const sum = (list) => list.reduce((total, each) => total + each, 0);
  const plain = homes.find(({ name }) => name === 'one server')?.figures[kind];
  for (const { name, nodes, figures } of homes) {
    const totals = figures[kind].map(sum);
    const ratios = plain && totals.map((total, round) => total / sum(plain[round]));
    const parts =
      nodes.length > 1
        ? ` (${nodes.map((_, index) => median(figures[kind].map((each) => each[index])).toFixed(3)).join(' + ')})`
        : '';
    const ratio = ratios
      ? `, ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`
      : '';
    process.stdout.write(`${kind}, ${name}: ${median(totals).toFixed(3)} ms${parts}${ratio}\n`);
  }
}
