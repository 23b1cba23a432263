/** The load: reads one job per line from standard input, runs it with autocannon, and prints its result as one line. */
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { cartsOf } from './workload.mjs';

const autocannon = createRequire(import.meta.url)('autocannon');

async function run({ url, headers, catalogSize, seconds, connections, rate }) {
  const requests = cartsOf(catalogSize, 100).map((cart) => ({
    method: 'POST',
    path: '/v1/quote',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(cart),
  }));
  const options = { url, requests, duration: seconds, connections, ...(rate && { overallRate: rate }) };
  const result = await autocannon(options);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`);
  return {
    perSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    average: result.latency.average,
  };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
}
