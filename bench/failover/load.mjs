/**
 * Sends redemptions to services, each order until it is answered, and prints a line for each one answered: way,
 * process, order, time. Ends when its standard input does. Runs on the services' machine, so it takes everything from SHAPE.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const { ways, provider, adminKey, clients, everyMs, limits } = JSON.parse(process.env.SHAPE);
/** A client does not wait longer than this, and sends the order again. */
const PATIENCE_MS = 15_000;
/** What was redeemed is told by then. */
const TOLD_WITHIN_MS = 120_000;

const [first] = Object.values(ways).flat();
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function send(url, path, body) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${adminKey}`,
      'Offerbook-Provider': provider,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: response.status, body: await response.json() };
}

async function create(path, body) {
  const answer = await send(first, path, body);
  if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer.body.id;
}

/** One promotion for each kind of limit; each takes off 1.00 as long as there is something left. */
async function createLimits() {
  await create('/v1/providers', {
    id: provider,
    name: provider,
    timeZone: 'UTC',
    defaultLanguage: 'en',
    settings: { combination: 'sum' },
  });
  const discounts = [{ name: 'One', scope: 'order', value: { type: 'amount_off', amounts: { EUR: '1.00' } } }];
  const promotion = (name, fields) => create('/v1/promotions', { name, discounts, ...fields });
  const total = await promotion('total', { limits: { total: limits.total } });
  const customer = await promotion('customer', { limits: { perCustomer: limits.perCustomer } });
  const budget = await promotion('budget', { limits: { budget: { EUR: `${limits.budget}.00` } } });
  const withCode = await promotion('code', { conditions: [{ type: 'promo_code' }] });
  const code = await create(`/v1/promotions/${withCode}/promo-codes`, { code: 'SUN', maxRedemptions: limits.code });
  return { total, customer, budget, code };
}

/** Orders that the webhook told of, and when. */
const told = new Map();

/** Receives the events of redemptions. */
async function receive() {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { data } = JSON.parse(body);
    if (!told.has(data.orderId)) told.set(data.orderId, Date.now());
    response.end();
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  await create('/v1/webhooks', {
    url: `http://127.0.0.1:${server.address().port}/`,
    events: ['redemption.confirmed'],
  });
  return server;
}

let stopping = false;
const answered = new Set();
let orders = 0;
const statuses = {};

async function redeem(way, url) {
  const order = `${way}-${++orders}`;
  const customer = { id: `customer ${orders % limits.customers}` };
  const lines = [{ id: 'line', serviceType: 'hosting', unitPrice: '100.00' }];
  const body = { orderId: order, quote: { currency: 'EUR', customer, promoCodes: ['SUN'], lines } };
  while (!stopping) {
    const { status } = await send(url, '/v1/redemptions', body).catch((error) => ({ status: error.name }));
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 201) {
      answered.add(order);
      return print({ way, url, order, at: Date.now() });
    }
    await pause(100);
  }
}

async function client(way, url) {
  await pause(Math.random() * everyMs);
  while (!stopping) {
    const next = pause(everyMs);
    await redeem(way, url);
    await next;
  }
}

process.stdin.resume().on('end', () => {
  stopping = true;
});
const limited = await createLimits();
const server = await receive();
print({ limited });
const all = Object.entries(ways).flatMap(([way, urls]) =>
  urls.flatMap((url) => Array.from({ length: clients }, () => client(way, url))),
);
await Promise.all(all);
const endedAt = Date.now();
while (Date.now() < endedAt + TOLD_WITHIN_MS && [...answered].some((order) => !told.has(order))) await pause(200);
server.close();
const toldAt = [...told.values()].sort((a, b) => a - b);
print({ statuses, toldAt, untold: [...answered].filter((order) => !told.has(order)).length });
