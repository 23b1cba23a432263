/**
 * node bench/hostile.mjs [--base PATH_TO_ANOTHER_BUILD]: tries what hostile clients have tried, against a service that it
 * starts itself, and prints what each input costs; with --base the same of another build first. The time is that of the first
 * try, or the median of several after as many to warm up where it is compared with a small quote, which is warm as well.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { attacks, prepare } from './hostile/attacks.mjs';
import { send, startTarget } from './hostile/target.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const option = process.argv.indexOf('--base');
const builds = [
  ...(option < 0 ? [] : [['before', path.resolve(process.argv[option + 1])]]),
  ['after', path.resolve(here, '../build/dist')],
];

const rows = [];
for (const [when, build] of builds) await attack(when, build);
print(rows);

/** Every attack on one build; one that ends the service, or leaves it silent, is followed by a new one. */
async function attack(when, build) {
  let besieged = await besiege(build);
  let yardstick = 0;
  for (const [name, run, repeats] of attacks) {
    for (let warmUp = 0; yardstick === 0 && warmUp < 200; warmUp++) await run(besieged);
    const cost = await besieged.target.measure(() => run(besieged));
    if (yardstick === 0) yardstick = await medianOf(50, besieged, run);
    if (repeats !== undefined) {
      await medianOf(repeats, besieged, run);
      cost.ms = await medianOf(repeats, besieged, run);
    }
    rows.push({ name, when, ...cost, times: cost.ms / yardstick });
    process.stderr.write('.');
    const answers = besieged.target.isAlive && (await send(`${besieged.target.url}/health`, 'GET')).status === 200;
    if (answers) continue;
    await besieged.target.stop();
    besieged = await besiege(build);
  }
  await besieged.target.stop();
}

async function medianOf(count, besieged, run) {
  const times = [];
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now();
    await run(besieged);
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[Math.floor(count / 2)];
}

/** A service with one provider, and who sends to it. */
async function besiege(build) {
  const target = await startTarget(build);
  const { url, adminKey } = target;
  const bearer = (token) => ({ authorization: `Bearer ${token}` });
  const admin = (method, at, body) => send(url + at, method, body, bearer(adminKey));
  const key = async (provider, kind) => {
    const { text } = await admin('POST', `/v1/providers/${provider}/api-keys`, { name: kind, kind });
    const headers = bearer(JSON.parse(text).token);
    return Object.assign((method, at, body, more) => send(url + at, method, body, { ...headers, ...more }), {
      headers,
    });
  };
  await admin('POST', '/v1/providers', { id: 'shop', name: 'Shop', timeZone: 'Europe/Berlin', defaultLanguage: 'en' });
  const [secret, publishable] = [await key('shop', 'secret'), await key('shop', 'publishable')];
  const besieged = {
    target,
    admin,
    key,
    pub: (at, body, more) => publishable('POST', at, body, more),
    sec: (at, body) => secret('POST', at, body),
    read: (at) => secret('GET', at),
    nobody: (at, body) => send(url + at, 'POST', body),
    pubHeaders: publishable.headers,
  };
  await prepare(besieged);
  return besieged;
}

function print(all) {
  const size = (bytes) =>
    bytes < 10_000
      ? `${bytes} B`
      : bytes < 10_000_000
        ? `${Math.round(bytes / 1_000)} KB`
        : `${Math.round(bytes / 1_000_000)} MB`;
  const time = (ms) =>
    ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`;
  const head = ['input', '', 'answer', 'in', 'out', 'time', '× 10 lines', 'CPU', '/health', 'RSS', 'disk'];
  const cells = all.map((row) => [
    row.name,
    row.when,
    String(row.status || 'none in 20 s'),
    size(row.sizeIn),
    size(row.sizeOut),
    time(row.ms),
    row.times.toFixed(1),
    time(row.cpu),
    time(row.healthMs),
    size(row.rss),
    size(Math.max(0, row.disk)),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column].length)));
  const text = (row) =>
    row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  process.stdout.write(`\n${[head, widths.map((width) => '-'.repeat(width)), ...cells].map(text).join('\n')}\n`);
}
