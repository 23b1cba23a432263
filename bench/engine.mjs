/**
 * (b): the engine alone, and its peers beside it, each with its catalog in a process of its own, so that none runs with
 * another's heap and compiled code; round by round in turn. Prints one JSON document.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { installedPeers } from './peers.mjs';

const { rounds, sizes, quick } = JSON.parse(process.argv[2]);
const file = fileURLToPath(new URL('./contender.mjs', import.meta.url));

async function start(contender) {
  const child = fork(file, [JSON.stringify({ ...contender, warmUpMs: quick ? 150 : 400 })]);
  const [{ candidates }] = await once(child, 'message');
  return { ...contender, child, candidates, times: [] };
}

async function measure({ child, times }) {
  child.send('round');
  const [microseconds] = await once(child, 'message');
  times.push(microseconds);
}

const own = [
  ...sizes.map((size) => ({ size, lines: 10 })),
  { size: 1_000, lines: 500 },
  { size: 1_000, lines: 10, payments: 12 },
];
const peers = [1_000, ...(quick ? [] : [10_000])].flatMap((size) =>
  installedPeers().map(({ name }) => ({ name, size, lines: 10 })),
);
const contenders = [];
for (const contender of [...own, ...peers]) contenders.push(await start(contender));
for (let round = 0; round < rounds; round++) for (const contender of contenders) await measure(contender);
for (const { child } of contenders) child.kill();

process.stdout.write(
  JSON.stringify({
    engine: contenders
      .filter(({ name }) => name === undefined)
      .map(({ size, lines, payments, candidates, times }) => ({ size, lines, payments, candidates, times })),
    peers: contenders.filter(({ name }) => name !== undefined).map(({ name, size, times }) => ({ name, size, times })),
  }),
);
