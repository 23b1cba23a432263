// npm run bench [-- --quick] [--all-peers] [--json] [--compare FILE]: what the service costs, as ratios measured side by side
// in one run. It asserts nothing. `--json` prints the rows for a script; `--compare` shows the ratios of such an output beside them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { line, start, startService } from './service.mjs';
import { print, rowsOf } from './table.mjs';
import { SEED } from './workload.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const quick = process.argv.includes('--quick');
const asJson = process.argv.includes('--json');
const compared = process.argv.indexOf('--compare');
const earlier = compared < 0 ? undefined : JSON.parse(fs.readFileSync(process.argv[compared + 1], 'utf8')).rows;
const SHOPS = ['medusa', 'vendure'].map((name) => path.join(here, 'peers', name));
const CONNECTIONS = 10;
const rounds = quick ? 3 : 7;
const seconds = quick ? 1 : 2;
const sizes = quick ? [100, 1_000, 10_000] : [100, 1_000, 10_000, 100_000];

const began = performance.now();
build();
installPeers();
const machine = { node: process.version, cores: os.availableParallelism(), load: os.loadavg()[0] };
if (!asJson) {
  const { node, cores, load } = machine;
  process.stdout.write(`seed ${SEED}, Node ${node}, ${cores} cores, load ${load.toFixed(1)} before the run\n`);
}
const compile = alone('compile.mjs', { rounds: quick ? 1 : 3 });
const engine = alone('engine.mjs', { rounds, sizes, quick });
const http = await overHttp();
const rows = rowsOf({ compile, ...engine, ...http });
const took = Math.round((performance.now() - began) / 1000);
if (asJson) process.stdout.write(`${JSON.stringify({ seed: SEED, machine, seconds: took, rows }, null, 2)}\n`);
else {
  print(rows, earlier);
  process.stdout.write(`\n${took} s in all\n`);
}

function build() {
  if (fs.existsSync(path.join(here, '../build/dist/src/main.js'))) return;
  spawnSync('npm', ['run', 'build'], { cwd: path.join(here, '..'), stdio: ['ignore', 2, 2] });
}

/** The rule engines are small; the shops with their frameworks (400 MB) are installed where they are asked for. */
function installPeers() {
  const folders = [here, ...(process.argv.includes('--all-peers') ? SHOPS : [])];
  for (const cwd of folders.filter((folder) => !fs.existsSync(path.join(folder, 'node_modules')))) {
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd,
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0)
      process.stdout.write(`What is in ${path.basename(cwd)} could not be installed; it is left out.\n`);
  }
}

/** Runs a part by itself, on a heap of its own. */
function alone(file, options) {
  const args = ['--expose-gc', path.join(here, file), JSON.stringify(options)];
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${file} failed`);
  return JSON.parse(stdout.toString());
}

async function overHttp() {
  const service = await startService(sizes);
  const echoes = { express: start(0, 'echo.mjs', ['express']), node: start(0, 'echo.mjs', ['node']) };
  const client = start(1, 'client.mjs');
  try {
    const answers = readline.createInterface({ input: client.stdout })[Symbol.asyncIterator]();
    const run = async (job) => {
      client.stdin.write(`${JSON.stringify({ seconds, connections: CONNECTIONS, catalogSize: 1_000, ...job })}\n`);
      const { value } = await answers.next();
      return JSON.parse(value);
    };
    const targets = {};
    for (const [name, child] of Object.entries(echoes)) {
      const [port] = await line(child, /\d+/);
      targets[`${name} echo`] = { url: `http://127.0.0.1:${port}` };
    }
    for (const size of sizes) {
      const headers = { authorization: `Bearer ${service.tokens[size]}` };
      targets[`quote, ${size}`] = { url: service.url, headers, catalogSize: size };
    }
    // Such a list of types is not what the quick way takes, so these quotes go through express.
    const ordinary = { ...targets['quote, 1000'].headers, accept: 'application/json, */*;q=0.5' };
    targets['quote, 1000, ordinary route'] = { ...targets['quote, 1000'], headers: ordinary };

    const load = {};
    for (const size of sizes) load[size] = await firstQuote(targets[`quote, ${size}`]);
    for (const target of Object.values(targets)) await run({ ...target, seconds: 1 });
    const throughput = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, target] of Object.entries(targets)) throughput[name].push((await run(target)).perSecond);
    }
    const quote = targets['quote, 1000'];
    const saturating = Math.max(...throughput['quote, 1000']);
    const half = [];
    for (let round = 0; round < rounds; round++) half.push(await run({ ...quote, rate: Math.round(saturating / 2) }));
    const written = await whileWriting(service, () => run({ ...quote, seconds: seconds * 2 }));
    return { throughput, load, half, written };
  } finally {
    client.kill();
    for (const echo of Object.values(echoes)) echo.kill();
    await service.stop();
  }
}

/** Milliseconds of the first quote of a provider, which reads and compiles its rules. */
async function firstQuote({ url, headers }) {
  const start = performance.now();
  const answer = await fetch(`${url}/v1/quote`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ currency: 'EUR', lines: [] }),
  });
  if (answer.status !== 200) throw new Error(`A quote was answered ${answer.status}`);
  await answer.arrayBuffer();
  return performance.now() - start;
}

/** Catalog writes one after the other while quotes of the same provider run. */
async function whileWriting(service, quotes) {
  let writes = 0;
  let done = false;
  const writer = (async () => {
    while (!done) {
      const answer = await fetch(`${service.url}/v1/promotions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${service.tokens[1_000]}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Written by the bench', status: 'paused' }),
      });
      if (answer.status !== 201) throw new Error(`A write was answered ${answer.status}`);
      await answer.arrayBuffer();
      writes += 1;
    }
  })();
  const start = performance.now();
  const result = await quotes();
  const perSecond = writes / ((performance.now() - start) / 1000);
  done = true;
  await writer;
  return { perSecond, quotes: result.perSecond };
}
