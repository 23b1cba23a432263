// A day of a hosting company: a campaign of 100,000 codes, 500 orders, 20 changes, 30 returns, 5 customers who want to be
// forgotten, a rule tried on the day's orders, and the report in the evening, of which every figure must agree with the
// shop's own books.
//   BASE_URL=http://localhost:3000 ADMIN_KEY=… node examples/day-in-the-life.mjs
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

const { BASE_URL = 'http://localhost:3000', ADMIN_KEY = '' } = process.env;
const CODES = 100_000;
const ORDERS = 500;
const CHANGES = 20;
const RETURNS = 30;
const FORGOTTEN = 5;
const CUSTOMERS = 100;
/** In cents: a month of hosting, and what is left of it with 10 % off. */
const PRICE = 1250n;
const REDUCED = 1125n;

const provider = `day-${randomUUID()}`;
const begun = new Date(Date.now() - 60_000).toISOString();

/** Sends a request and answers the body; anything but the expected status is the end. */
async function send(method, path, body, { status = 200, type = 'application/json', ...headers } = {}) {
  const answer = await fetch(`${BASE_URL}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${ADMIN_KEY}`,
      'Offerbook-Provider': provider,
      ...(body !== undefined && { 'Content-Type': type }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.equal(answer.status, status, `${method} ${path}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

const cents = (money) => BigInt(money.replace('.', ''));
const sum = (list, of) => list.reduce((all, one) => all + of(one), 0n);
const say = (text) => process.stdout.write(`${text}\n`);

/** Does something for each, a few at a time, as a shop does. */
async function each(list, work) {
  const rest = [...list];
  const worker = async () => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

const cart = (order) => ({
  currency: 'EUR',
  promoCodes: [order.code],
  customer: { id: order.customer },
  lines: [{ id: 'hosting', serviceType: 'hosting', plan: 'large', unitPrice: '12.50', quantity: order.quantity }],
});

// Morning: the campaign.
await send(
  'POST',
  '/v1/providers',
  { id: provider, name: 'A day', timeZone: 'UTC', defaultLanguage: 'en' },
  { status: 201 },
);
const campaign = await send(
  'POST',
  '/v1/promotions',
  {
    name: 'Welcome',
    conditions: [{ type: 'promo_code' }],
    discounts: [{ name: 'Ten percent', value: { type: 'percent', percent: '10' } }],
  },
  { status: 201 },
);
const code = (number) => `DAY-${String(number).padStart(6, '0')}`;
const table = ['code,maxRedemptions', ...Array.from({ length: CODES }, (_, number) => `${code(number)},1`), ''].join(
  '\n',
);
const codes = `/v1/promotions/${campaign.id}/promo-codes`;
const imported = await send('POST', `${codes}/import?batch=day`, table, { type: 'text/csv' });
assert.deepEqual(imported, { created: CODES, unchanged: 0, batch: 'day' });
say(`${imported.created} codes imported`);

// All day long: orders, each with a code of its own.
const orders = Array.from({ length: ORDERS }, (_, number) => ({
  id: `order-${number}`,
  code: code(number * 7),
  customer: `customer-${number % CUSTOMERS}@example`,
  quantity: 1 + (number % 4),
  returned: 0,
}));
await each(orders, async (order) => {
  const body = { orderId: order.id, quote: cart(order), metadata: { soldTo: order.customer } };
  const sold = await send('POST', '/v1/redemptions', body, { status: 201, 'Idempotency-Key': order.id });
  order.redemption = sold.id;
  assert.equal(cents(sold.quote.totals.total), REDUCED * BigInt(order.quantity));
});
const again = await send('POST', '/v1/quote', cart({ ...orders[0], customer: 'somebody else' }));
assert.equal(again.promoCodes[0].reason, 'promo_code_used_up');
say(`${ORDERS} orders sold`);

// Afternoon: some want more of it, others less.
await each(orders.slice(0, CHANGES), async (order) => {
  order.quantity += 1;
  const changed = await send('POST', `/v1/redemptions/${order.redemption}/replace`, { quote: cart(order) });
  assert.equal(cents(changed.quote.totals.total), REDUCED * BigInt(order.quantity));
});
say(`${CHANGES} orders changed`);
await each(orders.slice(CHANGES, CHANGES + RETURNS), async (order) => {
  const lines = [{ lineId: 'hosting', quantity: 1 }];
  const back = await send(
    'POST',
    `/v1/redemptions/${order.redemption}/returns`,
    { lines },
    { 'Idempotency-Key': 'back' },
  );
  assert.equal(cents(back.refund.total), REDUCED);
  order.returned = 1;
});
say(`${RETURNS} returns`);

// Evening: some want to be forgotten.
const before = await reports();
const forgotten = Array.from({ length: FORGOTTEN }, (_, number) => `customer-${CUSTOMERS - 1 - number}@example`);
for (const customer of forgotten) {
  await send('DELETE', `/v1/customers/${encodeURIComponent(customer)}`, undefined, { status: 204 });
  const path = `/v1/redemptions?customerId=${encodeURIComponent(customer)}`;
  assert.deepEqual((await send('GET', path)).items, []);
}
say(`${FORGOTTEN} customers forgotten`);

// The report, against the shop's own books.
const books = {
  redemptions: BigInt(ORDERS),
  subtotal: sum(orders, ({ quantity }) => PRICE * BigInt(quantity)),
  total: sum(orders, ({ quantity }) => REDUCED * BigInt(quantity)),
  refunded: sum(orders, ({ returned }) => REDUCED * BigInt(returned)),
};
const after = await reports();
assert.deepEqual(after, before, 'forgetting customers changes no figure');
for (const [by, items] of Object.entries(after)) {
  assert.equal(
    sum(items, ({ redemptions }) => BigInt(redemptions)),
    books.redemptions,
    by,
  );
  assert.equal(
    sum(items, ({ subtotal }) => cents(subtotal)),
    books.subtotal,
    by,
  );
  assert.equal(
    sum(items, ({ discount }) => cents(discount)),
    books.subtotal - books.total,
    by,
  );
  assert.equal(
    sum(items, ({ total }) => cents(total)),
    books.total,
    by,
  );
  assert.equal(
    sum(items, ({ refunded }) => cents(refunded)),
    books.refunded,
    by,
  );
}
assert.equal(after.promoCode.length, ORDERS);
const { usage } = await send('GET', `/v1/promotions/${campaign.id}`);
const gone = orders.filter(({ quantity, returned }) => quantity === returned).length;
assert.equal(usage.redemptions, ORDERS - gone, 'what came back whole is used no more');
const lines = (await fetchText('/v1/redemptions.csv')).trimEnd().split('\r\n');
assert.equal(lines.length, ORDERS + 1);
assert.ok(!forgotten.some((customer) => lines.join().includes(customer)));
// At night: what would 20 % have cost? Nothing of it is written.
const draft = {
  promotions: [
    {
      id: campaign.id,
      name: 'Welcome',
      conditions: [{ type: 'promo_code' }],
      discounts: [{ name: 'Twenty percent', value: { type: 'percent', percent: '20' } }],
    },
  ],
};
const to = new Date(Date.now() + 60_000).toISOString();
const { status, result } = await simulate({ draft, from: begun, to });
assert.equal(status, 'done');
assert.equal(result.orders, ORDERS);
assert.equal(result.changed, ORDERS);
assert.equal(cents(result.discountBefore.EUR), books.subtotal - books.total);
assert.equal(cents(result.discountAfter.EUR), 2n * (books.subtotal - books.total));
say(`20 % would have cost ${cents(result.discountAfter.EUR)} cents instead of ${cents(result.discountBefore.EUR)}`);
say(`sold ${books.total}, paid back ${books.refunded} cents`);
say('Every figure reconciles.');

/** Creates a simulation and waits until it has ended. */
async function simulate(body) {
  const { id } = await send('POST', '/v1/simulations', body, { status: 202 });
  for (;;) {
    const simulation = await send('GET', `/v1/simulations/${id}`);
    if (!['queued', 'running'].includes(simulation.status)) return simulation;
    await new Promise((resume) => setTimeout(resume, 100));
  }
}

async function reports() {
  const to = new Date(Date.now() + 60_000).toISOString();
  const found = {};
  for (const by of ['day', 'promotion', 'promoCode', 'plan']) {
    const query = new URLSearchParams({ from: begun, to, by, currency: 'EUR' });
    found[by] = (await send('GET', `/v1/reports/redemptions?${query}`)).items;
  }
  return found;
}

async function fetchText(path) {
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': provider };
  return (await fetch(`${BASE_URL}${path}`, { headers })).text();
}
