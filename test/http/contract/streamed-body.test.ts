import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashOfBody, hashWhileRead, piecesOf } from '../../../src/http/contract/streamed-body';

/** Gives a message whose body begins with `begun` and goes on as `send` says to whoever reads it. */
async function received<T>(
  begun: string,
  send: (write: (text: string) => void, end: () => void) => void,
  read: (message: IncomingMessage) => Promise<T>,
): Promise<T> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1', method: 'POST' }).on('error', () => undefined);
  try {
    return await new Promise<T>((done, fail) => {
      server.on('request', (message: IncomingMessage) => {
        read(message).then(done, fail);
        send(
          (text) => client.write(text),
          () => client.end(),
        );
      });
      client.write(begun);
    });
  } finally {
    client.destroy();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

async function textOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

test('a body of which nothing more comes is given up, and its message lives on', async () => {
  let read: IncomingMessage | undefined;
  const reading = received(
    'code',
    () => undefined,
    (message) => {
      read = message;
      return textOf(piecesOf(message, 20));
    },
  );
  await expect(reading).rejects.toMatchObject({ status: 408, code: 'request_timeout' });
  expect(read?.socket).not.toBeNull();
});

test('the hash is that of the whole body and of the query, however much of it was read', async () => {
  const hashOf = (body: string, query: string, most: number) =>
    received(
      body.slice(0, 5),
      (write, end) => {
        write(body.slice(5));
        end();
      },
      async (message) => {
        hashWhileRead(message, query);
        let count = 0;
        for await (const _ of piecesOf(message)) if (++count >= most) break;
        return hashOfBody(message);
      },
    );
  const whole = await hashOf('code\nA\nB\n', 'a=1', 1_000);
  expect(await hashOf('code\nA\nB\n', 'a=1', 1)).toBe(whole);
  expect(await hashOf('code\nA\nC\n', 'a=1', 1)).not.toBe(whole);
  expect(await hashOf('code\nA\nB\n', 'a=2', 1)).not.toBe(whole);
});
