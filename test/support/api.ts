import { pino } from 'pino';
import request, { type Agent } from 'supertest';
import { createApp } from '../../src/app';
import { createTestDatabase, type TestDatabase } from './database';

/** The admin key of every app under test. */
export const ADMIN_KEY = 'test-admin-key';

/** An app on a database of its own. */
export interface Api extends TestDatabase {
  /** Sends requests as they are. */
  http: Agent;
  /** Sends requests with the admin key for a provider. */
  as(provider: string): Agent;
  /** Creates a provider and answers its id. */
  createProvider(id?: string, fields?: object): Promise<string>;
  /** Creates a key of a provider and answers its token. */
  createKey(provider: string, kind: 'secret' | 'publishable'): Promise<string>;
  /** Moves the app's clock. */
  advance(ms: number): void;
}

/** Starts an app on a new, empty database. */
export async function startApi(config: { rateLimit?: number } = {}): Promise<Api> {
  const database = await createTestDatabase();
  let ahead = 0;
  const app = createApp({
    db: database.db,
    log: pino({ level: 'silent' }),
    clock: () => Date.now() + ahead,
    config: { adminKey: ADMIN_KEY, rateLimit: config.rateLimit ?? 0 },
  });
  const admin = (provider?: string) =>
    request
      .agent(app)
      .set({ Authorization: `Bearer ${ADMIN_KEY}`, ...(provider && { 'Offerbook-Provider': provider }) });
  let created = 0;
  return {
    ...database,
    http: request.agent(app),
    as: admin,
    async createProvider(id = `provider-${++created}`, fields = {}) {
      const body = { id, name: 'North Hosting', timeZone: 'UTC', defaultLanguage: 'en', ...fields };
      await admin().post('/v1/providers').send(body).expect(201);
      return id;
    },
    async createKey(provider, kind) {
      const answer = await admin().post(`/v1/providers/${provider}/api-keys`).send({ name: kind, kind }).expect(201);
      return answer.body.token;
    },
    advance(ms) {
      ahead += ms;
    },
  };
}
