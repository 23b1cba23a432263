import http from 'node:http';
import type { AddressInfo } from 'node:net';
import fc, { type Arbitrary } from 'fast-check';
import { pino } from 'pino';
import { createService } from '../../src/app';
import { ADMIN_KEY, type Api, startApi } from '../support/api';
import { valuesOf } from '../support/contract/from-schema';
import { mutated } from '../support/contract/mutated';
import {
  type PublishedOperation,
  publishedOperations,
  type Received,
  unpublished,
} from '../support/contract/published';

const REQUESTS = 6_000;
const AT_ONCE = 8;
/** Repeats a failure; change it to look elsewhere. */
const SEED = 20261121;

const PROVIDER = 'north';
const operations = publishedOperations().filter(
  ({ method, path }) => path.startsWith('/v1/') && (method !== 'DELETE' || path.includes('conditions')),
);

/** A generated request. */
interface Sent {
  query: Record<string, unknown>;
  body: unknown;
  /** Chooses the key and the resource. */
  dice: number;
}

describe('the answer to any request is one that the document publishes', () => {
  let api: Api;
  let server: http.Server;
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let keys: string[];
  /** Addresses of what was made, by the path of their operations. */
  const made = new Map<string, string[]>();
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider(PROVIDER);
    for (const name of ['a', 'fast', 'monthly']) await api.as(PROVIDER).post('/v1/tags').send({ name }).expect(201);
    keys = [
      ADMIN_KEY,
      ADMIN_KEY,
      await api.createKey(PROVIDER, 'secret'),
      await api.createKey(PROVIDER, 'publishable'),
    ];
    const config = { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 };
    const service = createService({ db: api.db, log: pino({ level: 'silent' }), clock: Date.now, config });
    server = http.createServer({ ...service.messages }, service.listener);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(async () => {
    agent.destroy();
    server.close();
    await api.drop();
  });

  test(`over ${REQUESTS} requests with fitting and mutated bodies`, async () => {
    const rounds = Math.ceil(REQUESTS / operations.length / AT_ONCE);
    const samples = operations.map((operation, index) =>
      fc.sample(requestsOf(operation), { numRuns: rounds * AT_ONCE, seed: SEED + index }),
    );
    const statuses = new Map<number, number>();
    for (let round = 0; round < rounds; round++) {
      for (const [index, operation] of operations.entries()) {
        const batch = (samples[index] as Sent[]).slice(round * AT_ONCE, (round + 1) * AT_ONCE);
        for (const { status } of await Promise.all(batch.map((sent) => checked(operation, sent)))) {
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }
    }
    const told = (status: number) => statuses.get(status) ?? 0;
    // Neither all refused nor all taken: else the requests would show little.
    expect(told(200) + told(201)).toBeGreaterThan(REQUESTS / 10);
    expect(told(422)).toBeGreaterThan(REQUESTS / 5);
  });

  test('the answer to any request is one that the document publishes and afterwards everything is as it was', async () => {
    expect({}).not.toHaveProperty('admin');
    await api.as(PROVIDER).post('/v1/quote').send({ currency: 'EUR', lines: [] }).expect(200);
  });

  async function checked(operation: PublishedOperation, sent: Sent): Promise<Received> {
    const { method, path } = operation;
    const url = addressOf(path, sent) + queryOf(sent.query);
    const body = sent.body === undefined ? '' : (JSON.stringify(sent.body) ?? '');
    const answer = await send(method, url, body, keys[sent.dice % keys.length] as string);
    const fault = unpublished(operation, answer);
    if (fault !== undefined) {
      throw new Error(`${fault}\n${method} ${url}\n${body.slice(0, 5_000)}\n${answer.status} ${answer.body}`);
    }
    const { location } = answer.headers;
    if (typeof location === 'string') {
      const of = operations.find((one) => one.path.startsWith(`${path}/{`) && one.path.endsWith('}'));
      if (of !== undefined) made.set(of.path, [...(made.get(of.path) ?? []), location]);
    }
    return answer;
  }

  /** The address of something that was made, or of nothing. */
  function addressOf(path: string, { dice }: Sent): string {
    const nothing = (template: string) =>
      template
        .replace('{id}', template.startsWith('/v1/providers') ? PROVIDER : 'key:sale')
        .replace(/\{\w+\}/g, 'key:A');
    const item = path.slice(0, path.lastIndexOf('}') + 1);
    const known = made.get(item) ?? [];
    const isOfProvider = item === '/v1/providers/{id}';
    const address = isOfProvider || dice % 5 === 0 ? undefined : known[dice % Math.max(known.length, 1)];
    return (address ?? nothing(item)) + path.slice(item.length);
  }

  function send(method: string, path: string, body: string, key: string): Promise<Received> {
    const { port } = server.address() as AddressInfo;
    const headers = {
      Authorization: `Bearer ${key}`,
      'Offerbook-Provider': PROVIDER,
      'Content-Type': 'application/json',
    };
    return new Promise((done, fail) => {
      const request = http.request({ agent, port, host: '127.0.0.1', method, path, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => {
          const { statusCode = 0, headers: received } = response;
          done({ status: statusCode, headers: received, body: Buffer.concat(parts).toString() });
        });
      });
      request.on('error', fail);
      request.end(body);
    });
  }
});

function requestsOf({ parameters, requestBody }: PublishedOperation): Arbitrary<Sent> {
  const wanted = parameters.filter((parameter) => parameter.in === 'query');
  const query = fc.record(
    Object.fromEntries(wanted.map(({ name, schema }) => [name, fc.oneof(valuesOf(schema), mutated(valuesOf(schema)))])),
    { requiredKeys: [] },
  );
  const schema = requestBody?.content?.['application/json']?.schema;
  const fitting = schema === undefined ? fc.constant(undefined) : valuesOf(schema);
  const body = fc.oneof(
    { weight: 4, arbitrary: fitting },
    { weight: 4, arbitrary: mutated(fitting) },
    { weight: 2, arbitrary: mutated(mutated(fitting)) },
  );
  return fc.record({ query, body: schema === undefined ? fitting : body, dice: fc.nat() });
}

function queryOf(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(textOf(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`.slice(0, 2_000);
}

/** Half a surrogate pair cannot be written in an address. */
function textOf(value: unknown): string {
  return String(typeof value === 'object' ? JSON.stringify(value) : value).replace(/[\ud800-\udfff]/gu, '?');
}
