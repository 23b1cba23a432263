import type { Server } from 'node:http';

/** Stops taking connections and lets requests in flight finish; after `patienceMs` it cuts them off. */
export async function closeGracefully(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((done) => {
    server.close(() => done());
  });
  // A kept-alive connection falls idle only when its answer is out, which is after close() looked for idle ones.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
