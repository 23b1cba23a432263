/** What hostile clients send. Each attack answers what became of it; `pub` and `sec` send with a publishable and a secret key. */
import { connect } from 'node:net';
import {
  askingCart,
  cart,
  conversions,
  largestCart,
  longTexts,
  month,
  nested,
  ofMegabyte,
  subscriptions,
} from './carts.mjs';

/** Connections that send a request and never read; answers how the service does meanwhile. */
async function neverRead(target, count, path, body, headers) {
  const text = JSON.stringify(body);
  const head = Object.entries({
    host: 'a',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  const request = `POST ${path} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(new URL(target.url).port), '127.0.0.1', () => socket.write(request));
    return socket.on('error', () => undefined);
  });
  await new Promise((done) => setTimeout(done, 8_000));
  for (const socket of sockets) socket.destroy();
  return { status: target.isAlive ? 'lives' : 'ENDED', sizeIn: count * request.length, sizeOut: 0 };
}

const REPEATS = 20;

/** What is compared with the 10-line quote, as it is sent: writing it is no part of what the service does. */
const TEN_LINES = JSON.stringify(cart(10));
const A_CENTURY_AGO = JSON.stringify({
  ...cart(100, { tags: ['tgt'], period: month }),
  subscriptions: subscriptions(100, { interval: { unit: 'day', length: 1 }, nextBookingAt: '1970-01-01T00:00:00Z' }),
  transitions: conversions(100),
});
const YEAR_9999 = JSON.stringify({
  ...cart(100, { tags: ['tgt'], period: month }),
  at: '9999-01-01T00:00:00Z',
  subscriptions: subscriptions(100, { nextBookingAt: '9998-06-01T00:00:00Z' }),
  transitions: conversions(100),
});
const LARGEST = JSON.stringify(largestCart());
const ASKING = JSON.stringify(askingCart());
const FORECAST = JSON.stringify({ quote: cart(500, { period: month }), payments: 12 });
const FOUR_CARTS = JSON.stringify({
  currency: 'EUR',
  quotes: ['a', 'b', 'c', 'd'].map((id) => ({ id, lines: cart(500).lines })),
});

/** All attacks in order, some of them to be repeated; `pub` and `sec` send with a key, `target` is the service. */
export const attacks = [
  ['10-line quote', ({ pub }) => pub('/v1/quote', TEN_LINES)],
  [
    'A1 500 lines × 500 subscriptions, all converted',
    ({ pub }) =>
      pub('/v1/quote', {
        ...cart(500, { tags: ['tgt'] }),
        subscriptions: subscriptions(500),
        transitions: conversions(500),
      }),
  ],
  [
    'A1 5,000 groups of 198 characters, explained',
    ({ pub }) => pub('/v1/quote', { ...cart(1), customer: { groups: longTexts(5_000, 198) }, explain: 'candidates' }),
  ],
  [
    'A1 100 groups of 198 characters, explained',
    ({ pub }) => pub('/v1/quote', { ...cart(1), customer: { groups: longTexts(100, 198) }, explain: 'candidates' }),
  ],
  ['A2 a text of 1 MB', ({ pub }) => pub('/v1/quote', `"${'a'.repeat(1_040_000)}"`)],
  [
    'A2 95,000 unknown names',
    ({ pub }) => pub('/v1/quote', Object.fromEntries(Array.from({ length: 95_000 }, (_, index) => [`k${index}`, 0]))),
  ],
  [
    'A2 groups: 500,000 numbers (SEC)',
    ({ sec }) => sec('/v1/quote', `{"currency":"EUR","lines":[],"customer":{"groups":${ofMegabyte('0')}}}`),
  ],
  [
    'A2 60 lists around NUL and 500,000 zeros (SEC)',
    ({ sec }) =>
      sec('/v1/quote', JSON.stringify(nested(60, '*')).replace('"*"', `"\\u0000",${Array(500_000).fill(0)}`)),
  ],
  [
    'A2 100 bookings of the year 1000, converted',
    ({ pub }) =>
      pub('/v1/quote', {
        ...cart(100, { tags: ['tgt'], period: month }),
        subscriptions: subscriptions(100, { nextBookingAt: '1000-01-01T00:00:00Z' }),
        transitions: conversions(100),
      }),
  ],
  ['A2 100 bookings a century ago, converted', ({ pub }) => pub('/v1/quote', A_CENTURY_AGO), REPEATS],
  ['A2 the same in the year 9999 (SEC)', ({ sec }) => sec('/v1/quote', YEAR_9999), REPEATS],
  ['A2 the largest legal cart, 500 lines', ({ pub }) => pub('/v1/quote', LARGEST), REPEATS],
  ['A2 500 lines, ten nudges, priced offers', ({ pub }) => pub('/v1/quote', ASKING), REPEATS],
  ['A2 a forecast of 500 lines, 12 payments', ({ pub }) => pub('/v1/forecast', FORECAST), REPEATS],
  ['A2 2,000 lines in 4 carts', ({ pub }) => pub('/v1/quotes', FOUR_CARTS), REPEATS],
  [
    'A3 a quote with an Idempotency-Key, 20 times',
    async ({ pub }) => {
      let last;
      for (let index = 0; index < 20; index++)
        last = await pub('/v1/quote', { ...cart(500), explain: 'candidates' }, { 'idempotency-key': `k${index}` });
      return last;
    },
  ],
  [
    'A4 the key of a removed provider in its successor',
    async ({ admin, key }) => {
      const provider = { id: 'again', name: 'Again', timeZone: 'UTC', defaultLanguage: 'en' };
      await admin('POST', '/v1/providers', provider);
      const old = await key('again', 'secret');
      await old('GET', '/v1/tags');
      await admin('DELETE', '/v1/providers/again');
      await admin('POST', '/v1/providers', provider);
      return old('GET', '/v1/tags');
    },
  ],
  [
    'A5 10 codes a request, 200 requests',
    async ({ pub }) => {
      let looked = 0;
      let last;
      for (let index = 0; index < 200; index++) {
        last = await pub('/v1/quote', {
          ...cart(1),
          promoCodes: Array.from({ length: 10 }, (_, code) => `GUESS-${index}-${code}`),
        });
        if (!last.text?.includes('retryAfter') && last.status === 200) looked += 10;
      }
      return { ...last, status: `${last.status}, ${looked} tried` };
    },
  ],
  [
    'A6 sources: 100,000 short tags (SEC)',
    ({ sec }) =>
      sec('/v1/upgrade-paths', {
        name: 'P',
        texts: { en: { title: 'T' } },
        targets: ['tgt'],
        transition: 'next_booking',
        sources: Array.from({ length: 100_000 }, (_, index) => `${index}`),
      }),
  ],
  [
    'A6 a discount for 95,000 plans (SEC)',
    ({ sec }) =>
      sec('/v1/discounts', {
        name: 'D',
        value: { type: 'percent', percent: '1' },
        selector: { plans: Array.from({ length: 95_000 }, (_, index) => `p${index}`) },
      }),
  ],
  [
    'A6 the graph of paths of 100 × 100 tags (SEC)',
    async ({ sec, read }) => {
      const tags = Array.from({ length: 200 }, (_, index) => `tag${index}`);
      const path = (index) => ({
        name: `P${index}`,
        key: `p${index}`,
        texts: { en: { title: 'T' } },
        sources: tags.slice(0, 100),
        targets: tags.slice(100),
        transition: 'next_booking',
        status: 'paused',
      });
      for (const name of tags) await sec('/v1/tags', { name });
      for (let index = 0; index < 10; index++) await sec('/v1/upgrade-paths', path(index));
      return read('/v1/upgrade-paths/graph');
    },
  ],
  [
    'A6 500 lines × 100 budgets of 0.01',
    async ({ sec, pub }) => {
      for (let index = 0; index < 100; index++) {
        const discounts = [{ name: 'D', value: { type: 'percent', percent: '1' } }];
        await sec('/v1/promotions', { name: `Budget ${index}`, limits: { budget: { EUR: '0.01' } }, discounts });
      }
      return pub('/v1/quote', cart(500));
    },
  ],
  ['B2 a body of 1 MB without a key', ({ nobody }) => nobody('/v1/quote', `[${nested(0, '')}${'['.repeat(1_000_000)}`)],
  [
    'A1 60 connections that never read',
    ({ target, pubHeaders }) => neverRead(target, 60, '/v1/quote', largestCart(), pubHeaders),
  ],
];

/** What the attacked provider has: a path for every tag of theirs, and rules that explain themselves. */
export async function prepare({ sec }) {
  for (const name of ['src', 'tgt']) await sec('/v1/tags', { name });
  await sec('/v1/upgrade-paths', {
    name: 'Up',
    texts: { en: { title: 'T', description: 'Next {nextPayment}' } },
    sources: ['src'],
    targets: ['tgt'],
    optional: true,
    transition: 'next_booking',
  });
  for (let index = 0; index < 100; index++) {
    const conditions = [{ type: 'customer_group', groups: longTexts(20, 100) }];
    const discounts = [{ name: 'D', value: { type: 'percent', percent: '10' } }];
    await sec('/v1/promotions', { name: `Groups ${index}`, conditions, discounts });
  }
  for (let index = 0; index < 10; index++) {
    await sec('/v1/promotions', {
      name: `Nearly ${index}`,
      advertise: true,
      conditions: [{ type: 'cart_total', comparison: 'gte', amounts: { EUR: `${90_000 + index}.00` } }],
      discounts: [{ name: 'D', value: { type: 'percent', percent: '5' } }],
    });
    await sec('/v1/related-products', {
      name: `Beside ${index}`,
      action: { function: 'order' },
      line: { serviceType: 'domain', unitPrices: { EUR: '12.00' } },
    });
  }
}
