import { createTestDatabase, type TestDatabase } from '../support/database';
import { ADMIN_KEY, type Service, startServices } from '../support/processes/processes';

const CART = { currency: 'EUR', lines: [{ id: 'a', serviceType: 'vps', unitPrice: '10.00' }] };
const asAdmin = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' };

describe('three workers of one machine', () => {
  let database: TestDatabase;
  let service: Service;
  beforeAll(async () => {
    database = await createTestDatabase();
    const env = { DATABASE_URL: database.connectionString, WORKERS: '3', CODE_GUESSES: '4' };
    [service] = (await startServices(1, env)) as [Service];
    await send('/v1/providers', { id: 'north', name: 'North', timeZone: 'UTC', defaultLanguage: 'en' }, asAdmin);
  });
  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  /** A connection of its own for each request: connections are what the workers share out. */
  async function send(path: string, body: object, headers: Record<string, string>) {
    const answer = await fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { ...headers, Connection: 'close' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }
  async function keyHeaders(kind: string, rateLimit = 0): Promise<Record<string, string>> {
    const { body } = await send('/v1/providers/north/api-keys', { name: 'Key', kind, rateLimit }, asAdmin);
    return { ...asAdmin, Authorization: `Bearer ${(body as { token: string }).token}` };
  }

  test('three workers of one machine let through so many requests together as a key may send', async () => {
    const key = await keyHeaders('secret', 20);
    const answers = [];
    for (let round = 0; round < 5; round++) {
      answers.push(...(await Promise.all(Array.from({ length: 10 }, () => send('/v1/quote', CART, key)))));
    }
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  });

  test('three workers of one machine let through so many carts together, however many come in one request', async () => {
    const key = await keyHeaders('secret', 30);
    let carts = 0;
    for (const size of [4, 1, 7, 3, 5, 2, 9, 6, 4, 8]) {
      const quotes = Array.from({ length: size }, (_, id) => ({ id: String(id), lines: CART.lines }));
      const { status } = await send('/v1/quotes', { currency: 'EUR', quotes }, key);
      if (status === 200) carts += size;
      else expect(status).toBe(429);
    }
    expect(carts).toBeLessThanOrEqual(30);
    while ((await send('/v1/quote', CART, key)).status === 200) carts += 1;
    // What a worker has taken and not used is little.
    expect(carts).toBeGreaterThan(20);
    expect(carts).toBeLessThanOrEqual(30);
  });

  test('three workers of one machine let an address try so many unknown codes together, one after the other or at once', async () => {
    const key = await keyHeaders('publishable');
    const lookedUp = (body: unknown) =>
      (body as { promoCodes: { retryAfter?: number }[] }).promoCodes.filter(
        ({ retryAfter }) => retryAfter === undefined,
      );
    const tries = Array.from({ length: 24 }, (_, index) =>
      send('/v1/quote', { ...CART, promoCodes: [`NONE-${index}`] }, key),
    );
    const answers = await Promise.all(tries);
    expect(answers.flatMap(({ body }) => lookedUp(body))).toHaveLength(4);
    expect(lookedUp((await send('/v1/quote', { ...CART, promoCodes: ['LATER'] }, key)).body)).toEqual([]);
  });
});
