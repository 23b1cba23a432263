import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';

/** A request that a receiver has got. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server of webhooks on loopback. */
export interface Receiver {
  url: string;
  received: Received[];
  /** How the next requests are answered; by default with 200. */
  answer(answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  stop(): Promise<void>;
  /** Serves again under the same address. */
  start(): Promise<void>;
}

const takeIt = (_request: IncomingMessage, response: ServerResponse): void => {
  response.end('thanks');
};

/** Starts a receiver that takes what it gets. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answer = takeIt;
  let port = 0;
  let server = createServer();
  const start = async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        received.push({ path: request.url ?? '', headers: request.headers, body });
        answer(request, response);
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    start,
    answer(other) {
      answer = other;
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A server that does with each connection what it is told, beyond what HTTP allows. */
export async function startRawServer(
  serve: (socket: Socket) => void,
): Promise<{ url: string; connections: () => number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createSocketServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections: () => connections,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
