import type { Server } from 'node:http';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';
import { startBothWays } from '../../support/both-ways';
import { over, type Wire } from '../../support/wire';

const LINE = { id: 'a', serviceType: 'vps', plan: 'vps-1', unitPrice: '10.00' };
const CART = { currency: 'EUR', lines: [LINE] };

/** What the log tells of a request. */
interface Logged {
  req?: { id: string; method: string; path: string };
  res: { status: number };
  provider?: string;
  problem?: string;
}

let api: Api;
let ways: { quick: Server; ordinary: Server };
let tokens: { secret: string; publishable: string };
let close: () => Promise<void>;
let orders = 0;
const logged: Logged[] = [];

beforeAll(async () => {
  api = await startApi();
  await api.createProvider('north');
  const promotion = await api
    .as('north')
    .post('/v1/promotions')
    .send({
      name: 'Spring',
      conditions: [{ type: 'promo_code' }],
      discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }],
    })
    .expect(201);
  await api.as('north').post(`/v1/promotions/${promotion.body.id}/promo-codes`).send({ code: 'SPRING' }).expect(201);
  tokens = { secret: await api.createKey('north', 'secret'), publishable: await api.createKey('north', 'publishable') };
  ({ ways, close } = await startBothWays(api, (line) => logged.push(JSON.parse(line))));
});
afterAll(async () => {
  await close();
  await api.drop();
});

/** The id of requests whose line is waited for: those of others may come late. */
const HEARD = 'heard';

/** Sends a redemption both ways, of an order each. */
async function bothWays(body: string, headers: Record<string, string> = {}, path = '/v1/redemptions') {
  orders += 1;
  const answers: { wire: Wire; log: object }[] = [];
  for (const [way, server] of Object.entries(ways)) {
    // Two redemptions are two orders; their names are of one length.
    const text = body.replace('ORDER', `${way.slice(0, 5)} ${orders}`);
    const all = {
      'X-Request-Id': HEARD,
      'Content-Type': 'application/json',
      Authorization: `Bearer ${tokens.secret}`,
      ...headers,
    };
    logged.length = 0;
    const wire = await over(server, { ...all, 'Content-Length': String(Buffer.byteLength(text)) }, text, path);
    let line: Logged | undefined;
    while (line === undefined) {
      await new Promise(setImmediate);
      line = logged.find(({ req }) => req?.id === HEARD);
    }
    const { req, res, provider, problem } = line;
    answers.push({ wire: alike(wire), log: { req, res, provider, problem } });
  }
  const [quick, ordinary] = answers;
  expect(quick).toEqual(ordinary);
  return (quick as { wire: Wire }).wire;
}

/** Puts names in the place of what no two redemptions have in common. */
function alike(wire: Wire): Wire {
  const text = JSON.stringify(wire).replaceAll(/\b(quick|ordin) \d+/g, 'ORDER');
  const id = /\/v1\/redemptions\/([\w-]{36})/i.exec(text)?.[1];
  const named = id === undefined ? text : text.replaceAll(id, 'ID');
  const timeless = named.replaceAll(/expiresAt\\":\\"[^"\\]*/g, 'expiresAt');
  return JSON.parse(timeless.replaceAll(/digest\\":\\"[0-9a-f]{64}/g, 'digest'));
}

const order = (more: object = {}, cart: object = CART) => JSON.stringify({ orderId: 'ORDER', quote: cart, ...more });

const cases: [name: string, status: number, body: string, headers?: Record<string, string>, path?: string][] = [
  ['an order', 201, order()],
  ['an order with a code', 201, order({}, { ...CART, promoCodes: ['SPRING'] })],
  ['the code once more', 201, order({ metadata: { a: '1' } }, { ...CART, promoCodes: ['spring'] })],
  ['a customer and an unknown code', 201, order({}, { ...CART, customer: { id: 'ann' }, promoCodes: ['NONE'] })],
  ['a hold', 201, order({ holdSeconds: 60 })],
  ['letters beyond ASCII', 201, order({ metadata: { note: 'Сервер № 1 🚀' } })],
  [
    'an attribute of twenty digits',
    201,
    order({ metadata: { a: '"' } }).replace('"vps"', '"vps","attributes":{"n":12345678901234567890}'),
  ],
  ['the total that was shown', 201, order({ expectedTotal: '10.00' })],
  ['another total', 409, order({ expectedTotal: '11.00' })],
  ['unsaved rules', 422, order({}, { ...CART, draft: { relatedProducts: [] } })],
  ['a redemption to set aside', 422, order({}, { ...CART, redemptionId: 'x' })],
  ['no order', 422, JSON.stringify({ quote: CART })],
  ['many errors', 422, JSON.stringify({ orderId: 1, quote: { lines: [{}] }, holdSeconds: -1 })],
  ['no JSON', 400, '{"orderId":'],
  ['no body', 422, ''],
  ['null', 422, 'null'],
  ['a NUL', 422, order({ metadata: { a: '\0' } })],
  ['nested too deep', 422, `{"orderId":"a","quote":${'['.repeat(200)}${']'.repeat(200)}}`],
  ['no type', 415, order(), { 'Content-Type': 'text/plain' }],
  ['nothing acceptable', 406, order(), { Accept: 'text/html' }],
  ['more than a mebibyte', 413, order({ pad: 'x'.repeat(1_048_576) })],
  ['no key', 401, order(), { Authorization: '' }],
  ['an unknown key', 401, order(), { Authorization: 'Bearer ob_sec_unknown' }],
  ['the admin key', 201, order(), { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'north' }],
  ['the admin key without a provider', 422, order(), { Authorization: `Bearer ${ADMIN_KEY}` }],
  ['a query parameter', 422, order(), {}, '/v1/redemptions?x=1'],
  ['another spelling', 201, order(), {}, '/V1/Redemptions'],
  ['an Idempotency-Key without a letter', 422, order(), { 'Idempotency-Key': '' }],
];

test.each(
  cases,
)('%s is answered and logged alike both ways: %i', async (_name, status, body, headers = {}, path = '/v1/redemptions') => {
  expect((await bothWays(body, headers, path)).status).toBe(status);
});

test('an idempotent request is the same whichever way it comes', async () => {
  const body = order().replace('ORDER', 'kept');
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    Authorization: `Bearer ${tokens.secret}`,
    'Idempotency-Key': 'once',
  };
  const first = await over(ways.quick, headers, body, '/v1/redemptions');
  const again = await over(ways.ordinary, headers, body, '/v1/redemptions');
  expect(first.status).toBe(201);
  expect(again.headers['idempotent-replay']).toBe('true');
  expect(again.body).toBe(first.body);
});

test('the same order is answered with its redemption whichever way it comes', async () => {
  const body = order().replace('ORDER', 'repeated');
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    Authorization: `Bearer ${tokens.secret}`,
  };
  const first = await over(ways.quick, headers, body, '/v1/redemptions');
  expect(first.status).toBe(201);
  expect(await over(ways.ordinary, headers, body, '/v1/redemptions')).toEqual(first);
  expect(await over(ways.quick, headers, body, '/v1/redemptions')).toEqual(first);
});

test('a publishable key is refused alike, and so is one without the scope', async () => {
  expect((await bothWays(order(), { Authorization: `Bearer ${tokens.publishable}` })).status).toBe(403);
  const terms = { name: 'Terms', kind: 'secret', scopes: ['quotes'] };
  const made = await api.admin.post('/v1/providers/north/api-keys').send(terms).expect(201);
  expect((await bothWays(order(), { Authorization: `Bearer ${made.body.token}` })).status).toBe(403);
});

test('one limit counts for both ways, and what is refused says where it stands', async () => {
  const statuses: (number | undefined)[] = [];
  for (const server of [ways.quick, ways.ordinary, ways.quick, ways.ordinary]) {
    const body = JSON.stringify({ orderId: 1 });
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
      Authorization: `Bearer ${tokens.secret}`,
      'X-Limited': 'yes',
    };
    const answer = await over(server, headers, body, '/v1/redemptions');
    statuses.push(answer.status);
    expect(answer.headers).toHaveProperty('ratelimit');
  }
  expect(statuses).toEqual([422, 422, 429, 429]);
});
