/**
 * What quotes cost that read facts (a customer, a code, a limited rule), against quotes that read none: requests a second of
 * 16 clients, in turns. `node bench/facts.mjs [build …]` measures other builds of the service beside this one.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { startService } from './service.mjs';
import { cartsOf } from './workload.mjs';

const autocannon = createRequire(import.meta.url)('autocannon');
const SIZE = 1_000;
const ROUNDS = 7;
const builds = ['build/dist/src', ...process.argv.slice(2)].map((build) => path.resolve(build, 'main.js'));
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const services = [];
try {
  for (const main of builds) {
    const service = await startService([SIZE], main);
    services.push({ main, service, plain: [], withFacts: [] });
    await createPromotion(service);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { service, plain, withFacts } of services) {
      plain.push(await rate(service, (cart) => cart));
      const customer = (index) => ({ id: `customer-${index}`, services: [] });
      withFacts.push(
        await rate(service, (cart, index) => ({ ...cart, customer: customer(index), promoCodes: ['FACTS'] })),
      );
    }
  }
  for (const { main, plain, withFacts } of services) {
    const ratios = plain.map((quotes, round) => withFacts[round] / quotes);
    process.stdout.write(
      `${path.relative('.', main)}: ${Math.round(median(plain))} plain quotes/s, ${Math.round(median(withFacts))} with facts; ` +
        `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})\n`,
    );
  }
} finally {
  for (const { service } of services) await service.stop();
}

/** A promotion with a code, and limits in all and per customer. */
async function createPromotion({ url, tokens }) {
  const send = async (target, body) => {
    const headers = { authorization: `Bearer ${tokens[SIZE]}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${target}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const discounts = [{ name: 'Facts', value: { type: 'percent', percent: '5' } }];
  const limits = { total: 1_000_000, perCustomer: 3 };
  const conditions = [{ type: 'promo_code' }];
  const { id } = await send('/v1/promotions', { name: 'Facts', limits, conditions, discounts });
  await send(`/v1/promotions/${id}/promo-codes`, { code: 'FACTS', maxRedemptions: 1_000_000 });
}

async function rate({ url, tokens }, change) {
  const requests = cartsOf(SIZE, 100).map((cart, index) => ({
    method: 'POST',
    path: '/v1/quote',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[SIZE]}` },
    body: JSON.stringify(change(cart, index)),
  }));
  const {
    requests: sent,
    duration,
    non2xx,
    errors,
  } = await autocannon({ url, requests, duration: 2, connections: 16 });
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} refusals, ${errors} errors`);
  return sent.total / duration;
}
