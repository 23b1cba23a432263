import { createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ADMIN_KEY, type Service, startServices } from '../support/processes/processes';

const ORDERS = 3_000;

let database: TestDatabase;
let services: Service[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  services = await startServices(1, { DATABASE_URL: database.connectionString });
});
afterAll(async () => {
  for (const service of services) await service.kill();
  await database.drop();
});

test('a simulation whose process is killed in the middle is taken over by another one, and finds the same', async () => {
  const [one] = services as [Service];
  await createProvider(one, 'north');
  const headers = {
    Authorization: `Bearer ${ADMIN_KEY}`,
    'Offerbook-Provider': 'north',
    'Content-Type': 'application/json',
  };
  const call = async (service: Service, method: string, path: string, body?: object) => {
    const answer = await fetch(`${service.url}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as { id: string; status: string; progress: { done: number }; result: object };
  };
  const request = {
    currency: 'EUR',
    at: '2026-01-10T00:00:00Z',
    lines: [{ id: 'a', serviceType: 'hosting', unitPrice: '10.00' }],
  };
  await database.db.raw(
    `insert into redemptions (provider_id, id, order_id, status, request_hash, request, quote)
     select 'north', lpad(n::text, 8, '0'), 'o' || n, 'confirmed', '', ?::jsonb, '{}' from generate_series(1, ?) n`,
    [JSON.stringify(request), ORDERS],
  );
  const draft = { discounts: [{ name: 'Half', value: { type: 'percent', percent: '50' } }] };
  const span = { draft, from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
  const { id } = await call(one, 'POST', '/v1/simulations', span);
  const row = () => database.db('simulations').where({ id }).first('status', 'done');
  const until = async (holds: (found: { status: string; done: number }) => boolean) => {
    for (;;) {
      const found = await row();
      if (holds(found)) return found;
      await new Promise((resume) => setTimeout(resume, 5));
    }
  };
  await until(({ done }) => done > 0);
  await one.kill();
  const left = await row();
  expect(left.status).toBe('running');
  expect(left.done).toBeLessThan(ORDERS);
  const [other] = await startServices(1, { DATABASE_URL: database.connectionString });
  services.push(other as Service);
  await until(({ status }) => status === 'done');
  const found = await call(other as Service, 'GET', `/v1/simulations/${id}`);
  expect(found).toMatchObject({
    progress: { done: ORDERS, of: ORDERS },
    result: { orders: ORDERS, changed: ORDERS, discountBefore: { EUR: '0.00' }, discountAfter: { EUR: '15000.00' } },
  });
});
