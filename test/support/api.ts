import type { Express } from 'express';
import { pino } from 'pino';
import request, { type Agent } from 'supertest';
import { createApp } from '../../src/app';
import type { Config } from '../../src/config';
import { createTestDatabase, runOn, type TestDatabase } from './database';

/** The admin key of every app under test. */
export const ADMIN_KEY = 'test-admin-key';

/** An app on a database of its own. */
export interface Api extends TestDatabase {
  app: Express;
  /** Sends requests without a key. */
  http: Agent;
  /** Sends requests with the admin key. */
  admin: Agent;
  /** Sends requests with the admin key for a provider. */
  as(provider: string): Agent;
  /** Sends requests with a token. */
  with(token: string): Agent;
  /** Creates a provider and answers its id. */
  createProvider(id?: string, fields?: object): Promise<string>;
  /** Creates a key of a provider and answers its token. */
  createKey(provider: string, kind: 'secret' | 'publishable'): Promise<string>;
  /** The lines that the app has logged. */
  logged: string[];
  /** Moves the app's clock. */
  advance(ms: number): void;
  /** Takes the database from the app, not from the test. */
  disconnect(): Promise<void>;
}

/** Starts an app on a new, empty database. */
export async function startApi(
  config: Partial<Pick<Config, 'rateLimit' | 'codeGuesses' | 'trustedProxies' | 'webhookAllowPrivate'>> = {},
): Promise<Api> {
  const database = await createTestDatabase();
  const db = database.open();
  let ahead = 0;
  const logged: string[] = [];
  const app = createApp({
    db,
    log: pino({ level: 'info' }, { write: (line) => logged.push(line) }),
    clock: () => Date.now() + ahead,
    config: {
      adminKey: ADMIN_KEY,
      rateLimit: 0,
      codeGuesses: 20,
      rulebookCacheMb: 64,
      webhookAllowPrivate: false,
      ...config,
    },
  });
  const agent = (headers: Record<string, string>) => request.agent(app).set(headers);
  const admin = agent({ Authorization: `Bearer ${ADMIN_KEY}` });
  let created = 0;
  return {
    ...database,
    app,
    logged,
    http: agent({}),
    admin,
    as: (provider) => agent({ Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': provider }),
    with: (token) => agent({ Authorization: `Bearer ${token}` }),
    async createProvider(id = `provider-${++created}`, fields = {}) {
      const body = { id, name: 'North Hosting', timeZone: 'UTC', defaultLanguage: 'en', ...fields };
      await admin.post('/v1/providers').send(body).expect(201);
      return id;
    },
    async createKey(provider, kind) {
      const answer = await admin.post(`/v1/providers/${provider}/api-keys`).send({ name: kind, kind }).expect(201);
      return answer.body.token;
    },
    advance(ms) {
      ahead += ms;
    },
    async disconnect() {
      const { pathname } = new URL(database.connectionString);
      const name = pathname.slice(1);
      // From outside: nobody can close the database that they are in.
      const server = process.env.TEST_SERVER_URL ?? '';
      await runOn(server, `alter database "${name}" with allow_connections false`);
      await runOn(server, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    },
    async drop() {
      await db.destroy();
      await database.drop();
    },
  };
}
