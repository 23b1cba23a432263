import { createServer, type Server } from 'node:http';
import { pino } from 'pino';
import { createService, type Service } from '../../src/app';
import { headLimits } from '../../src/http/connections/guard';
import { ProviderWatch } from '../../src/services/caching/provider-watch';
import { connect } from '../../src/store/database/connection';
import { ADMIN_KEY, type Api } from './api';

/** A service that is asked with and without its fast path; a request with the header X-Limited meets a rate limit of two. */
export interface BothWays {
  readonly service: Service;
  readonly ways: { quick: Server; ordinary: Server };
  close(): Promise<void>;
}

/** Starts both servers on the database of an API; `hear` is told the lines of the log. */
export async function startBothWays(api: Api, hear: (line: string) => void): Promise<BothWays> {
  const db = connect(api.connectionString);
  const clock = () => Date.UTC(2026, 10, 21);
  const config = { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 };
  const log = pino({}, { write: hear });
  // As in production: with a watch the rules and the keys of all but the first request are at hand.
  const watch = new ProviderWatch(api.connectionString, log);
  const options = { db, log, clock, config, watch };
  const service = createService(options);
  const limited = createService({ ...options, config: { ...config, rateLimit: 2 } });
  const pick = (way: 'app' | 'listener') =>
    createServer({ ...service.messages, ...headLimits }, (message, reply) =>
      (message.headers['x-limited'] ? limited : service)[way](message, reply),
    );
  await watch.start();
  const ways = { quick: pick('listener'), ordinary: pick('app') };
  for (const server of Object.values(ways)) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = async () => {
    for (const server of Object.values(ways)) await new Promise((done) => server.close(done));
    await watch.stop();
    await db.destroy();
  };
  return { service, ways, close };
}
