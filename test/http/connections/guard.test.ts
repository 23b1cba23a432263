import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import express from 'express';
import { type ConnectionLimits, guardConnections, headLimits } from '../../../src/http/connections/guard';
import { expressPrototypesOf } from '../../../src/http/fast-path/express-prototypes';

const MIB = 1_048_576;
const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(listener: RequestListener, limits: Partial<ConnectionLimits> = {}): Promise<number> {
  const server = createServer({ ...expressPrototypesOf(express()), ...headLimits }, listener);
  guardConnections(server, { maxConnections: 100, ...limits });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** Connects and writes; reads only where somebody listens. */
function open(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(text);
  return socket;
}

/** Everything that a connection is sent until it closes. */
function readAll(socket: Socket): Promise<string> {
  return new Promise((done) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    socket.on('close', () => done(text));
  });
}

function problemOf(answer: string): { status: number; code: string; requestId: string } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toContain('Content-Type: application/problem+json');
  expect(head).toContain('Connection: close');
  return JSON.parse(body);
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('what is no HTTP', () => {
  test.each([
    ['words', 'hello\r\n\r\n', 400, 'malformed_request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'malformed_request',
    ],
    ['a request to a proxy', 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ])('%s is answered with a problem', async (_what, text, status, code) => {
    const port = await serve((_request, response) => response.end());
    const answer = await readAll(open(port, text));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const problem = problemOf(answer);
    expect(problem).toMatchObject({ status, code });
    expect(answer).toContain(`X-Request-Id: ${problem.requestId}`);
  });

  test('an expectation that nobody knows is answered with a problem', async () => {
    const port = await serve((_request, response) => response.end());
    const socket = open(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nX-Request-Id: mine\r\nConnection: close\r\n\r\n',
    );
    const answer = await readAll(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 417 .*X-Request-Id: mine.*"expectation_failed"/s);
    expect(problemOf(answer)).toMatchObject({ requestId: 'mine' });
  });

  test('nothing is written into an answer that has begun', async () => {
    const port = await serve((_request, response) => response.write('begun'));
    const socket = open(port, REQUEST);
    socket.once('data', () => socket.write('hello\r\n\r\n'));
    expect(await readAll(socket)).not.toContain('malformed_request');
  });
});

describe('who sends slowly', () => {
  const half = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nContent-Type: application/json\r\n\r\n{';

  test('who sends slowly is answered that it took too long, and cut off', async () => {
    const port = await serve((request) => request.resume(), { sentWithinMs: 50 });
    expect(problemOf(await readAll(open(port, half)))).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  test('who sends slowly is cut off too where the answer did not wait for the body', async () => {
    const port = await serve((_request, response) => response.writeHead(401).end(), { sentWithinMs: 50 });
    expect(await readAll(open(port, half))).toMatch(/^HTTP\/1\.1 401 [^{]*$/);
  });

  test('who sends slowly may stream for as long as it takes', async () => {
    const port = await serve((request) => request.resume().on('end', () => request.socket.end()), { sentWithinMs: 50 });
    const slow = readAll(open(port, half));
    const stream = open(port, half.replace('application/json', 'text/csv'));
    await slow;
    expect(stream.destroyed).toBe(false);
    const ended = readAll(stream);
    stream.write('123456789');
    expect(await ended).toBe('');
  });
});

test('there are no more connections than allowed', async () => {
  const port = await serve((_request, response) => response.end('x'), { maxConnections: 2 });
  const answered = (socket: Socket) =>
    new Promise((done) => socket.once('data', () => done(true)).once('close', () => done(false)));
  expect(await answered(open(port, REQUEST))).toBe(true);
  expect(await answered(open(port, REQUEST))).toBe(true);
  expect(await answered(open(port, REQUEST))).toBe(false);
});

describe('who does not read', () => {
  test('who does not read costs no more than 32 MiB in all, and the others are answered', async () => {
    const body = Buffer.alloc(8 * MIB, 'x');
    const cut = new Set<number>();
    let answers = 0;
    const port = await serve((request, response) => {
      answers += 1;
      const number = answers;
      request.socket.once('close', () => cut.add(number));
      response.end(request.url === '/' ? body : 'short');
    });
    for (let index = 0; index < 12; index++) await new Promise((done) => open(port, REQUEST).once('readable', done));
    expect(await readAll(open(port, 'GET /short HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))).toContain('short');
    // Of 96 MiB at most 32 wait here; what else is there lies with the kernel.
    expect(cut.size).toBeGreaterThanOrEqual(6);
    // Those who came first have waited longest.
    expect([...cut].slice(0, 3).sort()).toEqual([1, 2, 3]);
  });

  test('who does not read and asks again and again over one connection, is cut off', async () => {
    const body = Buffer.alloc(MIB, 'x');
    const port = await serve((_request, response) => response.end(body));
    const socket = open(port, REQUEST.repeat(200));
    const closed = new Promise((done) => servers[0]?.once('connection', (other) => other.once('close', done)));
    await closed;
    expect(socket.readableFlowing).not.toBe(true);
  });
});
