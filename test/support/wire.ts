import { type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came over the wire. */
export interface Wire {
  status: number | undefined;
  headers: Record<string, unknown>;
  /** Names and values in their order. */
  order: string[];
  body: string;
}

/** Sends a POST to a server and answers what comes back. */
export function over(server: Server, headers: Record<string, string>, body: string, path: string): Promise<Wire> {
  return new Promise((done, fail) => {
    const { port } = server.address() as AddressInfo;
    const fixed = { 'X-Request-Id': 'same', Connection: 'close' };
    const message = send({ port, path, method: 'POST', headers: { ...fixed, ...headers }, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const { date, ...headers } = answer.headers;
        const order = answer.rawHeaders.map((text) => (text === date ? '' : text));
        done({ status: answer.statusCode, headers, order, body: Buffer.concat(parts).toString() });
      });
    });
    message.on('error', fail);
    message.end(body);
  });
}
