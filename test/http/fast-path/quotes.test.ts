import type { Server } from 'node:http';
import { type AddressInfo, connect as connectTo } from 'node:net';
import type { Service } from '../../../src/app';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';
import { startBothWays } from '../../support/both-ways';
import { over } from '../../support/wire';

const LINE = { id: 'a', serviceType: 'vps', plan: 'vps-1', unitPrice: '10.00' };
const CART = { currency: 'EUR', lines: [LINE] };

/** What the log tells of a request. */
interface Logged {
  req?: { id: string; method: string; path: string };
  res: { status: number };
  msg: string;
}

let api: Api;
let service: Service;
let close: () => Promise<void>;
let ways: { quick: Server; ordinary: Server };
let tokens: { secret: string; publishable: string };
let hearLine: (line: Logged) => void = () => undefined;

beforeAll(async () => {
  api = await startApi();
  await api.createProvider('north');
  await api
    .as('north')
    .post('/v1/promotions')
    .send({ name: 'Spring', discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }] })
    .expect(201);
  tokens = { secret: await api.createKey('north', 'secret'), publishable: await api.createKey('north', 'publishable') };
  ({ service, ways, close } = await startBothWays(api, (line) => hearLine(JSON.parse(line))));
});
afterAll(async () => {
  await close();
  await api.drop();
});

/** The id of requests whose line is waited for: those of others may come late. */
const HEARD = 'heard';

/** What the log tells of the request that `act` makes under that id. */
async function loggedOf(act: () => unknown): Promise<Logged> {
  const line = new Promise<Logged>((done) => {
    hearLine = (heard) => {
      if (heard.req?.id === HEARD) done(heard);
    };
  });
  await act();
  const { req, res, msg } = await line;
  return { req, res, msg };
}

/** Writes bytes to a server as they are, and answers everything that it sends until it closes, but for the date. */
function exchange(server: Server, bytes: string | Buffer): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connectTo((server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    socket.on('close', () => done(text.replaceAll(/Date: .*\r\n/g, '')));
    socket.on('error', fail);
    socket.write(bytes);
  });
}

/** A request as bytes; `headers` come behind those that every one has. */
function rawRequest(body: string | Buffer, headers: string[], line = 'POST /v1/quote HTTP/1.1'): Buffer {
  const all = [
    line,
    'Host: localhost',
    'X-Request-Id: same',
    `Authorization: Bearer ${tokens.secret}`,
    `Content-Type: ${json}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${all.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

const json = 'application/json';
/** An unsaved related product whose parameters are so deep. */
function draftOfDepth(depth: number): object {
  const parameters = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  return { relatedProducts: [{ name: 'Deep', action: { function: 'add', parameters } }] };
}

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
  ['a NUL', 422, '{"currency":"EUR","lines":[],"language":"\\u0000"}'],
  ['a NUL as it is', 400, '{"currency":"EUR","lines":[],"language":"\0"}'],
  ['a letter that is escaped', 200, '{"currency":"\\u0045UR","lines":[]}'],
  ['free parameters nested too deep', 422, JSON.stringify({ ...CART, draft: draftOfDepth(70) })],
  ['free parameters nested deep', 200, JSON.stringify({ ...CART, draft: draftOfDepth(40) })],
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
  ['an Idempotency-Key, which is not looked at', 200, JSON.stringify(CART), { 'Idempotency-Key': '' }],
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

test.each([
  ['on a page of its own', 200, { kind: 'publishable', allowedOrigins: ['https://shop.example'] }],
  ['on a page of somebody else', 403, { kind: 'publishable', allowedOrigins: ['https://other.example'] }],
  ['with a scope', 200, { kind: 'secret', scopes: ['quotes', 'reports'] }],
  ['without the scope', 403, { kind: 'secret', scopes: ['catalog:write'] }],
  ['that has expired', 401, { kind: 'secret', expiresAt: '2026-11-20T00:00:00Z' }],
])('a key %s is answered alike both ways: %i', async (_name, status, terms) => {
  const made = await api.admin.post('/v1/providers/north/api-keys').send({ name: 'Terms', ...terms });
  const body = JSON.stringify(CART);
  const headers = {
    'Content-Type': json,
    'Content-Length': String(body.length),
    Authorization: `Bearer ${made.body.token}`,
    Origin: 'https://shop.example',
  };
  const quick = await over(ways.quick, headers, body, '/v1/quote');
  expect(quick).toEqual(await over(ways.ordinary, headers, body, '/v1/quote'));
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
    [{ ...CART, promoCodes: Array(10).fill('A') }, 200],
    [{ ...CART, promoCodes: Array(11).fill('A') }, 422],
    [{ ...CART, customer: { id: 'x'.repeat(262_144) } }, 413],
  ] as const) {
    const text = JSON.stringify(body);
    const length = { 'Content-Length': String(Buffer.byteLength(text)) };
    const quick = await over(ways.quick, { ...headers, ...length }, text, '/v1/quote');
    expect(quick).toEqual(await over(ways.ordinary, { ...headers, ...length }, text, '/v1/quote'));
    expect(quick.status).toBe(status);
    expect(quick.headers['access-control-allow-origin']).toBe('*');
  }
});

test('what is not UTF-8 is refused alike', async () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    const [before, after] = JSON.stringify({ ...CART, lines: [{ ...LINE, id: '*' }] }).split('*') as [string, string];
    const body = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
    const message = rawRequest(body, ['Connection: close']);
    const quick = await exchange(ways.quick, message);
    expect(quick).toBe(await exchange(ways.ordinary, message));
    expect(quick).toMatch(/^HTTP\/1\.1 400 .*"malformed_json"/s);
  }
});

test('a request without a Host is refused alike', async () => {
  const whole = rawRequest(JSON.stringify(CART), ['Connection: close']).toString();
  const message = whole.replace('Host: localhost\r\n', '');
  const quick = await exchange(ways.quick, message);
  expect(quick).toBe(await exchange(ways.ordinary, message));
  expect(quick).toMatch(/^HTTP\/1\.1 400 .*"malformed_request"/s);
});

test('a connection is used and closed alike', async () => {
  const body = JSON.stringify(CART);
  const http10 = 'POST /v1/quote HTTP/1.0';
  const last = rawRequest(body, ['Connection: close']);
  const messages: [message: Buffer, answers: number][] = [
    [last, 1],
    [rawRequest(body, [], http10), 1],
    [Buffer.concat([rawRequest(body, ['Connection: keep-alive'], http10), last]), 2],
    [Buffer.concat([rawRequest(body, []), rawRequest('{', []), rawRequest(body, []), last]), 4],
    [rawRequest(body, ['Expect: 100-continue', 'Connection: close']), 2],
    [rawRequest('', ['Connection: close'], 'OPTIONS /v1/quote HTTP/1.1'), 1],
    [rawRequest('', ['Connection: close'], 'HEAD /v1/quote HTTP/1.1'), 1],
    [rawRequest(body, ['Connection: close', 'Transfer-Encoding: chunked']), 1],
  ];
  for (const [message, answers] of messages) {
    const quick = await exchange(ways.quick, message);
    expect(quick).toBe(await exchange(ways.ordinary, message));
    expect(quick.match(/HTTP\/1\.1 \d/g)).toHaveLength(answers);
  }
});

test.each(cases)('%s is logged alike', async (_name, status, body, headers = {}, path = '/v1/quote') => {
  const all = { 'X-Request-Id': HEARD, 'Content-Type': json, Authorization: `Bearer ${tokens.secret}`, ...headers };
  const length = { 'Content-Length': String(Buffer.byteLength(body)) };
  const logged = (server: Server) => loggedOf(() => over(server, { ...all, ...length }, body, path));
  const quick = await logged(ways.quick);
  expect(quick).toEqual(await logged(ways.ordinary));
  expect(quick.res).toEqual({ status });
});

test('a request that breaks off in its body is logged and counted alike, as a bad one', async () => {
  const counted = async () => {
    const { port } = ways.ordinary.address() as AddressInfo;
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/_count\{method="POST",route="\/v1\/quote",status="400"\} (\d+)/.exec(text)?.[1] ?? 0);
  };
  const before = await counted();
  const half = rawRequest(JSON.stringify(CART), [])
    .toString()
    .replace('X-Request-Id: same', `X-Request-Id: ${HEARD}`)
    .slice(0, -10);
  for (const server of [ways.quick, ways.ordinary]) {
    const logged = await loggedOf(() => {
      const socket = connectTo((server.address() as AddressInfo).port, '127.0.0.1');
      // The server has the head of the request, and waits for the rest, once it has called its listener.
      server.once('request', () => socket.destroy());
      socket.write(half);
    });
    expect(logged).toEqual({
      req: { id: HEARD, method: 'POST', path: '/v1/quote' },
      res: { status: 400 },
      msg: 'request aborted',
    });
  }
  expect(await counted()).toBe(before + 2);
});

test('a message is what express makes of one, from the start', async () => {
  const { app, messages } = service;
  const prototypes = new Promise<object[]>((done) => {
    ways.quick.once('request', (message, reply) => done([message, reply].map((one) => Object.getPrototypeOf(one))));
  });
  await exchange(ways.quick, rawRequest(JSON.stringify(CART), ['Connection: close']));
  const [request, response] = await prototypes;
  expect(request).toBe(app.request);
  expect(request).toBe(messages.IncomingMessage.prototype);
  expect(response).toBe(app.response);
  expect(response).toBe(messages.ServerResponse.prototype);
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
