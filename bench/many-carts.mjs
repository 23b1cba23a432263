/**
 * What 200 carts of one line and one customer cost in one call, as a price list asks for them, against one quote of such a
 * cart: milliseconds of one client that waits for its answer, in turns. It asserts nothing.
 */
import { performance } from 'node:perf_hooks';
import { startService } from './service.mjs';
import { cartsOf } from './workload.mjs';

const SIZE = 1_000;
const CARTS = 200;
const ROUNDS = 60;
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const service = await startService([SIZE]);
try {
  const lines = cartsOf(SIZE, CARTS).map((cart) => cart.lines.slice(0, 1));
  const limits = { total: 1_000_000, perCustomer: 3 };
  const discounts = [{ name: 'Counted', value: { type: 'percent', percent: '5' } }];
  await send('/v1/promotions', { name: 'Counted', limits, discounts });
  const customer = { id: 'customer-1', services: [] };
  const common = { currency: 'EUR', customer };
  const quotes = lines.map((one, id) => ({ id: String(id), lines: one }));
  const ways = {
    'one quote': (round) => ['/v1/quote', { ...common, lines: lines[round % CARTS] }],
    '200 carts, prices': () => ['/v1/quotes', { ...common, answer: 'prices', quotes }],
    '200 carts, whole quotes': () => ['/v1/quotes', { ...common, quotes }],
  };
  const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = -20; round < ROUNDS; round++) {
    for (const [way, request] of Object.entries(ways)) {
      const spent = await send(...request(round + 20));
      if (round >= 0) times[way].push(spent);
    }
  }
  const one = median(times['one quote']);
  for (const [way, spent] of Object.entries(times)) {
    process.stdout.write(
      `${way}: ${median(spent).toFixed(2)} ms, ${(median(spent) / one).toFixed(1)} times one quote\n`,
    );
  }
} finally {
  await service.stop();
}

/** Sends a body and reads the whole answer; returns the milliseconds that it took. */
async function send(path, body) {
  const headers = { authorization: `Bearer ${service.tokens[SIZE]}`, 'content-type': 'application/json' };
  const text = JSON.stringify(body);
  const start = performance.now();
  const answer = await fetch(`${service.url}${path}`, { method: 'POST', headers, body: text });
  await answer.arrayBuffer();
  const spent = performance.now() - start;
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
  return spent;
}
