import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createService } from '../../src/app';
import { connect } from '../../src/store/database';
import { ADMIN_KEY, type Api, startApi } from '../support/api';

const LINE = { id: 'a', serviceType: 'vps', plan: 'vps-1', unitPrice: '10.00' };
const CART = { currency: 'EUR', lines: [LINE] };

/** What came over the wire. */
interface Wire {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

let api: Api;
let close: () => Promise<void>;
let ways: { quick: Server; ordinary: Server };
let tokens: { secret: string; publishable: string };

beforeAll(async () => {
  api = await startApi();
  await api.createProvider('north');
  await api
    .as('north')
    .post('/v1/promotions')
    .send({ name: 'Spring', discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }] })
    .expect(201);
  tokens = { secret: await api.createKey('north', 'secret'), publishable: await api.createKey('north', 'publishable') };
  const db = connect(api.connectionString);
  const clock = () => Date.UTC(2026, 10, 21);
  const config = { adminKey: ADMIN_KEY, rateLimit: 0, rulebookCacheMb: 64 };
  const options = { db, log: pino({ level: 'silent' }), clock, config };
  const service = createService(options);
  const limited = createService({ ...options, config: { ...config, rateLimit: 2 } });
  const pick = (way: 'app' | 'listener') =>
    createServer((message, reply) => (message.headers['x-limited'] ? limited : service)[way](message, reply));
  ways = { quick: pick('listener'), ordinary: pick('app') };
  for (const server of Object.values(ways)) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  close = async () => {
    for (const server of Object.values(ways)) await new Promise((done) => server.close(done));
    await db.destroy();
  };
});
afterAll(async () => {
  await close();
  await api.drop();
});

function over(server: Server, headers: Record<string, string>, body: string, path: string): Promise<Wire> {
  return new Promise((done, fail) => {
    const { port } = server.address() as AddressInfo;
    const fixed = { 'X-Request-Id': 'same', Connection: 'close' };
    const message = send({ port, path, method: 'POST', headers: { ...fixed, ...headers }, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const { date: _changes, ...rest } = answer.headers;
        done({ status: answer.statusCode, headers: rest, body: Buffer.concat(parts).toString() });
      });
    });
    message.on('error', fail);
    message.end(body);
  });
}

const json = 'application/json';
const cases: [name: string, status: number, body: string, headers?: Record<string, string>, path?: string][] = [
  ['a quote', 200, JSON.stringify(CART)],
  ['no lines', 200, '{"currency":"EUR","lines":[]}'],
  ['every explanation', 200, JSON.stringify({ ...CART, explain: 'all' })],
  ['a customer and a code', 200, JSON.stringify({ ...CART, customer: { id: 'ann' }, promoCodes: ['SPRING'] })],
  ['UTF-8 named', 200, JSON.stringify(CART), { 'Content-Type': 'application/json; charset=utf-8' }],
  ['a byte order mark', 200, `\ufeff${JSON.stringify(CART)}`],
  ['letters beyond ASCII', 200, JSON.stringify({ ...CART, lines: [{ ...LINE, title: 'Сервер № 1 🚀' }] })],
  ['what browsers accept', 200, JSON.stringify(CART), { Accept: 'application/json, text/plain, */*' }],
  ['no type', 415, JSON.stringify(CART), { 'Content-Type': 'text/plain' }],
  ['nothing acceptable', 406, JSON.stringify(CART), { Accept: 'text/html' }],
  ['no JSON', 400, '{"currency":'],
  ['no body', 422, ''],
  ['a text', 422, '"EUR"'],
  ['null', 422, 'null'],
  ['an unknown property', 422, JSON.stringify({ ...CART, coupon: 'X' })],
  ['many errors', 422, JSON.stringify({ currency: 'EURO', lines: [{ id: 1 }, {}] })],
  ['nested too deep', 422, `{"currency":"EUR","lines":${'['.repeat(200)}${']'.repeat(200)}}`],
  ['half a surrogate pair', 422, '{"currency":"EUR","lines":[{"id":"\\ud800"}]}'],
  ['the same id twice', 422, JSON.stringify({ ...CART, lines: [LINE, LINE] })],
  ['more than a mebibyte', 413, JSON.stringify({ ...CART, pad: 'x'.repeat(1_048_576) })],
  ['no key', 401, JSON.stringify(CART), { Authorization: '' }],
  ['an unknown key', 401, JSON.stringify(CART), { Authorization: 'Bearer ob_sec_unknown' }],
  ['the admin key without a provider', 422, JSON.stringify(CART), { Authorization: `Bearer ${ADMIN_KEY}` }],
  ['the admin key', 200, JSON.stringify(CART), { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'north' }],
  [
    'the admin key for nobody',
    404,
    JSON.stringify(CART),
    { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'nobody' },
  ],
  ['a version to come', 422, JSON.stringify(CART), { 'Offerbook-Catalog-Version': '99' }],
  ['a query parameter', 422, JSON.stringify(CART), {}, '/v1/quote?x=1'],
  ['another spelling', 200, JSON.stringify(CART), {}, '/V1/Quote/'],
  ['an empty Idempotency-Key', 422, JSON.stringify(CART), { 'Idempotency-Key': '' }],
];

test.each(
  cases,
)('%s is answered alike both ways: %i', async (_name, status, body, headers = {}, path = '/v1/quote') => {
  const all = { 'Content-Type': json, Authorization: `Bearer ${tokens.secret}`, ...headers };
  const length = { 'Content-Length': String(Buffer.byteLength(body)) };
  const quick = await over(ways.quick, { ...all, ...length }, body, path);
  expect(quick).toEqual(await over(ways.ordinary, { ...all, ...length }, body, path));
  expect(quick.status).toBe(status);
});

test('what a publishable key may not ask is refused alike', async () => {
  const headers = {
    'Content-Type': json,
    Authorization: `Bearer ${tokens.publishable}`,
    Origin: 'https://shop.example',
  };
  for (const [body, status] of [
    [CART, 200],
    [{ ...CART, at: '2026-01-01T00:00:00Z' }, 403],
    [{ ...CART, explain: 'all' }, 403],
  ] as const) {
    const text = JSON.stringify(body);
    const length = { 'Content-Length': String(Buffer.byteLength(text)) };
    const quick = await over(ways.quick, { ...headers, ...length }, text, '/v1/quote');
    expect(quick).toEqual(await over(ways.ordinary, { ...headers, ...length }, text, '/v1/quote'));
    expect(quick.status).toBe(status);
    expect(quick.headers['access-control-allow-origin']).toBe('*');
  }
});

test('one limit counts for both ways', async () => {
  const text = JSON.stringify(CART);
  const headers = {
    'Content-Type': json,
    'Content-Length': String(text.length),
    Authorization: `Bearer ${tokens.secret}`,
    'X-Limited': 'yes',
  };
  const statuses: (number | undefined)[] = [];
  for (const server of [ways.quick, ways.ordinary, ways.quick, ways.ordinary]) {
    const answer = await over(server, headers, text, '/v1/quote');
    statuses.push(answer.status);
    expect(answer.headers).toHaveProperty('ratelimit');
  }
  expect(statuses).toEqual([200, 200, 429, 429]);
});
