import fs from 'node:fs';
import path from 'node:path';
import type { Agent } from 'supertest';
import { projectRoot } from '../src/project-root';
import { type Api, startApi } from './support/api';

/** A call of docs/subscriptions.md, and what of its answer is shown. */
interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly body: object | undefined;
  readonly answer: object;
}

const text = fs.readFileSync(path.join(projectRoot, 'docs/subscriptions.md'), 'utf8');
const BLOCK = /^```http\n(GET|POST|PUT) (\S+)\n(?:\n([\s\S]+?))?```(?:\n\n```json\n([\s\S]+?)```)?/gm;
const calls = [...text.matchAll(BLOCK)].map(([, method, url = '', body, answer = '{}']): Call => {
  return { method: method as Call['method'], url, body: body && JSON.parse(body), answer: JSON.parse(answer) };
});

/** Stands on the page for the id of the redemption before. */
const ELIDED = '…';

let api: Api;
let as: Agent;
let redemptionId = '';

beforeAll(async () => {
  api = await startApi();
  as = api.as(await api.createProvider());
});

afterAll(() => api.drop());

test('every call of the page is made, and every answer belongs to one', () => {
  expect(calls).toHaveLength(text.match(/^```http$/gm)?.length ?? 0);
  const answered = calls.filter(({ answer }) => Object.keys(answer).length > 0);
  expect(answered).toHaveLength(text.match(/^```json$/gm)?.length ?? 0);
});

// Each goes on where the one before left off.
test.each(
  calls.map((call, index): [string, Call] => [`${index + 1}: ${call.method} ${call.url}`, call]),
)('%s', async (_name, { method, url, body, answer }) => {
  const verb = method.toLowerCase() as Lowercase<Call['method']>;
  const sent = body && JSON.parse(JSON.stringify(body).replace(ELIDED, redemptionId));
  const reply = await as[verb](url).send(sent);
  expect([200, 201]).toContain(reply.status);
  expect(reply.body).toMatchObject(answer);
  if (url === '/v1/redemptions') redemptionId = reply.body.id;
});

test('each of the six transitions has its timeline', () => {
  const titles = [...text.matchAll(/^### `(\w+)`/gm)].map(([, name]) => name);
  expect(titles).toEqual([
    'immediately_with_invoice',
    'immediately_prorated',
    'immediately_invoice_next_booking',
    'last_booking',
    'next_booking',
    'end_of_interval',
  ]);
});
