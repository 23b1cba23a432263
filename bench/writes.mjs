/**
 * Quotes beside one writer who writes as fast as it goes, against quotes alone: requests a second of 16 clients, in turns.
 * `node bench/writes.mjs [build …]` measures other builds of the service beside this one.
 */
import path from 'node:path';
import readline from 'node:readline';
import { start, startService } from './service.mjs';

const SIZE = 1_000;
const ROUNDS = 5;
const SECONDS = 2;
const builds = ['build/dist/src', ...process.argv.slice(2)].map((build) => path.resolve(build, 'main.js'));
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const client = start(1, 'client.mjs');
const answers = readline.createInterface({ input: client.stdout })[Symbol.asyncIterator]();
const services = [];
try {
  for (const main of builds) services.push({ main, service: await startService([SIZE], main), rounds: [] });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { service, rounds } of services) {
      const alone = await quotes(service);
      const writer = write(service);
      const beside = await quotes(service);
      rounds.push({ ratio: beside / alone, alone, writes: (await writer.stop()) / SECONDS });
    }
  }
  for (const { main, rounds } of services) {
    const of = (member) => median(rounds.map((round) => round[member]));
    process.stdout.write(
      `${path.relative('.', main)}: ${of('ratio').toFixed(2)} of ${Math.round(of('alone'))} quotes/s beside ${of('writes').toFixed(0)} writes/s\n`,
    );
  }
} finally {
  client.kill('SIGKILL');
  for (const { service } of services) await service.stop();
}

function headersOf({ tokens }) {
  return { 'content-type': 'application/json', authorization: `Bearer ${tokens[SIZE]}` };
}

/** Runs the quotes in a process of their own, so that the writer does not wait for them here. */
async function quotes(service) {
  const job = { url: service.url, headers: headersOf(service), catalogSize: SIZE, seconds: SECONDS, connections: 16 };
  client.stdin.write(`${JSON.stringify(job)}\n`);
  const { value } = await answers.next();
  return JSON.parse(value).perSecond;
}

/** Changes one promotion after the other until it is stopped; resolves with the number of writes. */
function write(service) {
  let running = true;
  const written = (async () => {
    let count = 0;
    for (; running; count++) {
      const id = `promotion-${String(count % SIZE).padStart(7, '0')}`;
      const body = JSON.stringify({ note: `written ${count}` });
      const answer = await fetch(`${service.url}/v1/promotions/${id}`, {
        method: 'PATCH',
        headers: headersOf(service),
        body,
      });
      if (!answer.ok) throw new Error(await answer.text());
      await answer.arrayBuffer();
    }
    return count;
  })();
  return {
    stop() {
      running = false;
      return written;
    },
  };
}
