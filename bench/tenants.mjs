/**
 * node bench/tenants.mjs [--base BUILD] [--seconds N] [--rounds N] [--only WORDS]: what one tenant notices of another. Quotes
 * come at fixed times, plain ones and ones that read facts, quiet and beside each neighbour in turns; the ratio is that of the
 * 99th percentiles. With --base the same of another build, in the same turns. It asserts nothing.
 */
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { start, startService } from './service.mjs';
import { neighbours } from './tenants/neighbours.mjs';

const SIZE = 1_000;
const PER_SECOND = 100;
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const seconds = Number(option('seconds', 5));
const rounds = Number(option('rounds', 3));
const only = option('only', '');
const base = option('base');
const builds = [...(base === undefined ? [] : [['before', base]]), ['now', 'build/dist']];
const chosen = neighbours.filter(({ name }) => name.includes(only));
// Each neighbour is a tenant of its own, which the seed names by its size.
const sizes = [SIZE, ...chosen.map((_, index) => 10 + index)];

const houses = [];
try {
  for (const [when, build] of builds) houses.push(await open(when, path.resolve(build, 'src/main.js')));
  for (const [index, neighbour] of chosen.entries()) {
    for (const house of houses) {
      const tenant = { send: sender(house.service, sizes[index + 1]) };
      const own = Object.create(neighbour);
      await own.prepare(tenant);
      house.tenants.push({ name: neighbour.name, own, tenant, beside: [], done: 0, last: '' });
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const index of chosen.keys()) for (const house of houses) await measure(house, house.tenants[index], round);
  }
  for (const house of houses) print(house);
} finally {
  for (const { victim, service } of houses) {
    victim.kill('SIGKILL');
    await service.stop();
  }
}

async function open(when, main) {
  const service = await startService(sizes, main);
  await createPromotion(sender(service, SIZE));
  const job = { url: service.url, token: service.tokens[SIZE], size: SIZE, perSecond: PER_SECOND };
  const victim = start(1, 'tenants/victim.mjs', [JSON.stringify(job)]);
  const answers = readline.createInterface({ input: victim.stdout })[Symbol.asyncIterator]();
  const samples = {
    begin: () => victim.stdin.write('begin\n'),
    async end() {
      victim.stdin.write('end\n');
      return JSON.parse((await answers.next()).value);
    },
  };
  const house = { when, service, victim, samples, tenants: [], quiet: [] };
  // Until everything is compiled that will be.
  await quietly(house);
  house.quiet.length = 0;
  return house;
}

async function quietly({ samples, quiet }) {
  samples.begin();
  await new Promise((done) => setTimeout(done, seconds * 1_000));
  quiet.push(await samples.end());
}

/** Quiet, and then beside the neighbour for as long, or until what it does is done. */
async function measure(house, tenant, round) {
  await quietly(house);
  const until = performance.now() + seconds * 1_000;
  house.samples.begin();
  for (let turn = 0; turn === 0 || performance.now() < until; turn++) {
    tenant.last = await tenant.own.run(tenant.tenant, round * 10_000 + turn);
    tenant.done++;
  }
  tenant.beside.push(await house.samples.end());
  process.stderr.write('.');
}

/** A promotion with a code, and limits in all and per customer. */
async function createPromotion(send) {
  const discounts = [{ name: 'Facts', value: { type: 'percent', percent: '5' } }];
  const limits = { total: 1_000_000, perCustomer: 3 };
  const conditions = [{ type: 'promo_code' }];
  const { body } = await send(
    'POST',
    '/v1/promotions',
    JSON.stringify({ name: 'Facts', limits, conditions, discounts }),
  );
  const code = JSON.stringify({ code: 'FACTS', maxRedemptions: 1_000_000 });
  await send('POST', `/v1/promotions/${JSON.parse(body).id}/promo-codes`, code);
}

function sender({ url, tokens }, size) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  return (method, at, body, more) =>
    new Promise((done, fail) => {
      const headers = { authorization: `Bearer ${tokens[size]}`, 'content-type': 'application/json', ...more };
      if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
      const request = http.request(url + at, { method, agent, headers }, async (answer) => {
        const parts = [];
        for await (const part of answer) if (parts.length < 1_000) parts.push(part);
        done({ status: answer.statusCode, body: Buffer.concat(parts).toString() });
      });
      request.on('error', fail);
      request.end(body);
    });
}

function percentile(list, share) {
  return list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
}

function print({ when, quiet, tenants }) {
  const of = (phases, kind) => phases.flatMap((phase) => phase[kind]);
  const first = { plain: percentile(of(quiet, 'plain'), 0.99), facts: percentile(of(quiet, 'facts'), 0.99) };
  const cells = (phases) =>
    ['plain', 'facts'].flatMap((kind) => {
      const times = of(phases, kind);
      const p99 = percentile(times, 0.99);
      return [
        percentile(times, 0.5).toFixed(1),
        p99.toFixed(1),
        `${(p99 / first[kind]).toFixed(1)} ×`,
        Math.max(...times).toFixed(0),
      ];
    });
  const failed = (phases) => phases.reduce((sum, phase) => sum + phase.failed, 0);
  const rows = [
    [
      '',
      'plain p50',
      'p99 ms',
      'ratio',
      'slowest',
      'facts p50',
      'p99 ms',
      'ratio',
      'slowest',
      'failed',
      'quotes',
      'done',
      'last',
    ],
    ['quiet', ...cells(quiet), failed(quiet), of(quiet, 'plain').length * 2, '', ''],
    ...tenants.map(({ name, beside, done, last }) => [
      name,
      ...cells(beside),
      failed(beside),
      of(beside, 'plain').length * 2,
      done,
      last,
    ]),
  ].map((row) => row.map(String));
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const text = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`\n${when}\n${text.join('\n')}\n`);
}
