import type { lookup } from 'node:dns';
import type { Socket } from 'node:net';
import { type PostOptions, post } from '../../../src/services/webhooks/post';
import { startRawServer, startReceiver } from '../../support/processes/receiver';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function receiver() {
  const started = await startReceiver();
  stops.push(started.stop);
  return started;
}
async function raw(serve: (socket: Socket) => void) {
  const started = await startRawServer(serve);
  stops.push(started.stop);
  return started;
}
const send = (url: string, options: Partial<PostOptions> = {}) =>
  post({ url, headers: { 'X-Test': 'yes' }, body: '{"ä":1}' }, { allowPrivate: true, ...options });
/** A name server that knows one answer, or another one each time. */
const names = (...answers: string[][]): typeof lookup =>
  ((_name: string, _options: object, found: (error: null, addresses: object[]) => void) => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    found(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;

describe('a receiver that behaves', () => {
  test('gets the body and the headers, and its answer is kept', async () => {
    const { url, received } = await receiver();
    expect(await send(url)).toEqual({ isDelivered: true, status: 200, body: 'thanks' });
    expect(received).toMatchObject([
      { path: '/hook', body: '{"ä":1}', headers: { 'x-test': 'yes', 'content-length': '8' } },
    ]);
  });

  test.each([
    [201, true],
    [204, true],
    [302, false],
    [404, false],
    [410, false],
    [500, false],
  ])('a receiver that behaves says by a status of %i whether it has taken the event: %s', async (status, isDelivered) => {
    const { url, answer } = await receiver();
    answer((_request, response) => response.writeHead(status).end());
    const error = `The receiver answered ${status}`;
    expect(await send(url)).toEqual({ isDelivered, status, body: '', ...(!isDelivered && { error }) });
  });
});

describe('a receiver that does not', () => {
  test('a receiver that does not is down', async () => {
    const { url, stop } = await receiver();
    await stop();
    expect(await send(url)).toEqual({ isDelivered: false, error: expect.stringContaining('ECONNREFUSED') });
  });

  test('redirects to this machine: nobody follows', async () => {
    const [trap, { url, answer }] = [await receiver(), await receiver()];
    answer((_request, response) => response.writeHead(307, { Location: trap.url }).end());
    expect(await send(url)).toMatchObject({ isDelivered: false, status: 307 });
    expect(trap.received).toEqual([]);
  });

  test('a receiver that does not answers without end: the beginning is kept, and the connection is closed', async () => {
    const { url, answer } = await receiver();
    const closed = new Promise<void>((done) => {
      answer((_request, response) => {
        response.on('close', done);
        const pour = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', pour);
        pour();
      });
    });
    expect(await send(url)).toEqual({ isDelivered: true, status: 200, body: 'x'.repeat(1_024) });
    await closed;
  });

  test('breaks off its answer, or lies about its length: what counts is the status', async () => {
    const { url } = await raw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort'));
    });
    expect(await send(url)).toEqual({ isDelivered: true, status: 200, body: 'short' });
  });

  test('closes before it has answered', async () => {
    const { url } = await raw((socket) => socket.once('data', () => socket.destroy()));
    expect(await send(url)).toMatchObject({ isDelivered: false, error: expect.any(String) });
  });

  test.each([
    'HTTP/9.9 nonsense\r\n\r\n',
    'SSH-2.0-OpenSSH\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
  ])('speaks no HTTP, or too much of it (%#)', async (text) => {
    const { url } = await raw((socket) => socket.once('data', () => socket.end(text)));
    const outcome = await send(url);
    expect(outcome).toMatchObject({ isDelivered: false, error: expect.any(String) });
    expect(outcome.error?.length).toBeLessThanOrEqual(500);
  });

  test('dribbles its head, a byte now and then: it is given up', async () => {
    const { url } = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      const dribble = setInterval(() => socket.write('y'), 50);
      socket.on('close', () => clearInterval(dribble));
    });
    const error = 'The receiver did not answer within 10 seconds';
    expect(await send(url)).toEqual({ isDelivered: false, error });
  });

  test('a receiver that does not is given up when the process ends', async () => {
    const ending = new AbortController();
    const { url } = await raw((socket) => socket.once('data', () => ending.abort()));
    expect(await send(url, { signal: ending.signal })).toMatchObject({ isDelivered: false });
  });

  test('sends characters that no text may have', async () => {
    const { url, answer } = await receiver();
    answer((_request, response) =>
      response.end(Buffer.concat([Buffer.from('a\0'), Buffer.from([0xff]), Buffer.from('ä'.repeat(600))])),
    );
    const { body = '' } = await send(url);
    expect(body.startsWith('a\ufffd\ufffdää')).toBe(true);
    expect(body).not.toContain('\0');
    expect(body.endsWith('ä')).toBe(true);
  });
});

describe('an address inside the network', () => {
  const PRIVATE = { isDelivered: false, error: 'The address is not one of the public Internet' };

  test.each([
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f.1',
    '0',
    '169.254.169.254',
    '[fd00::1]',
    'localhost',
  ])('%s is not connected to', async (host) => {
    const { connections, url } = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    expect(await send(`http://${host}:${new URL(url).port}/`, { allowPrivate: false })).toEqual(PRIVATE);
    expect(connections()).toBe(0);
  });

  test.each([
    [['127.0.0.1']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['93.184.215.14', '127.0.0.1']],
    [[]],
  ])('an address inside the network is not connected to by a name that leads to %j', async (addresses) => {
    const { connections, url } = await raw((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    const options = { allowPrivate: false, lookup: names(addresses) };
    expect(await send(`http://shop.example:${new URL(url).port}/`, options)).toEqual(PRIVATE);
    expect(connections()).toBe(0);
  });

  test('an address inside the network is looked up once: what is judged is what is connected to', async () => {
    let asked = 0;
    const once = names(['127.0.0.1']);
    const counted = ((...given: Parameters<typeof once>) => {
      asked += 1;
      return once(...given);
    }) as typeof lookup;
    const { received, url } = await receiver();
    const { port } = new URL(url);
    for (const allowPrivate of [true, false]) {
      await send(`http://shop.example:${port}/`, { allowPrivate, lookup: counted });
    }
    expect(asked).toBe(2);
    expect(received).toHaveLength(1);
  });

  test('an address inside the network is connected to where that is allowed, also by a name', async () => {
    const { received, url } = await receiver();
    const { port } = new URL(url);
    expect(await send(`http://shop.example:${port}/`, { lookup: names(['127.0.0.1']) })).toMatchObject({ status: 200 });
    expect(received).toHaveLength(1);
  });
});
