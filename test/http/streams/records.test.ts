import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { HttpProblem } from '../../../src/http/answers/problem';
import { expressPrototypesOf } from '../../../src/http/fast-path/express-prototypes';
import { readRecords } from '../../../src/http/streams/records';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** A server of the service's classes, which answers how many records it read, or what went wrong, and tells which failures it answered. */
async function serve(): Promise<{ port: number; answered: number[] }> {
  const answered: number[] = [];
  const server = createServer({ ...expressPrototypesOf(express()) }, async (message, response) => {
    let count = 0;
    try {
      await readRecords(message, async (records) => {
        for await (const _ of records) count++;
      });
      response.end(String(count));
    } catch (error) {
      response.statusCode = error instanceof HttpProblem ? error.status : 500;
      response.end();
      answered.push(response.statusCode);
    }
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, answered };
}

const post = (port: number, type: string) =>
  httpRequest({ port, host: '127.0.0.1', method: 'POST', headers: { 'Content-Type': type } });

function statusOf(port: number, type: string, body: string): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const sent = post(port, type);
    sent.on('response', (answer) => answer.resume().on('end', () => done(answer.statusCode)));
    sent.on('error', fail);
    sent.end(body);
  });
}

/** Much more than one piece of a stream. */
const LONG = 1_000_000;

test.each([
  ['a cell that is too long', 'text/csv', `code\n${'x'.repeat(LONG)}\n`, 422],
  ['a quote that never ends', 'text/csv', `code\n"${'x\n'.repeat(LONG / 2)}`, 422],
  ['a row that is too long, long before the end', 'text/csv', `code\n${'x,y\n'.repeat(LONG / 4)}`, 422],
  ['a line that is too long', 'application/x-ndjson', `"${'x'.repeat(LONG)}"\n`, 422],
  ['a line that is no JSON, long before the end', 'application/x-ndjson', `{\n${'{}\n'.repeat(LONG / 3)}`, 400],
  ['nothing wrong', 'application/x-ndjson', '{}\n'.repeat(LONG / 3), 200],
])('%s is answered on its connection', async (_what, type, body, status) => {
  const { port } = await serve();
  expect(await statusOf(port, type, body)).toBe(status);
  expect(await statusOf(port, 'text/csv', 'code\nA\n')).toBe(200);
});

test('a client that goes away in the middle ends nothing but its request', async () => {
  const { port, answered } = await serve();
  const sent = post(port, 'text/csv');
  sent.on('error', () => undefined);
  await new Promise((done) => sent.write('code\nA\n', done));
  sent.destroy();
  while (answered.length === 0) await new Promise((done) => setImmediate(done));
  expect(await statusOf(port, 'text/csv', 'code\nA\n')).toBe(200);
});
