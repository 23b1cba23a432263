import { createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ADMIN_KEY, type Service, startServices } from '../support/processes/processes';

const CODES = 200_000;
/** Enough for the service itself, and far too little for the codes. */
const HEAP_MB = 72;

let database: TestDatabase;
let services: Service[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  const env = { DATABASE_URL: database.connectionString, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
  services = await startServices(1, env);
});
afterAll(async () => {
  for (const service of services) await service.kill();
  await database.drop();
});

test(`an export of ${CODES} promo codes needs no memory for them`, async () => {
  const [service] = services as [Service];
  await createProvider(service, 'north');
  await database.db('promotions').insert({ provider_id: 'north', id: 'p', name: 'P' });
  await database.db.raw(
    `insert into promo_codes (provider_id, id, promotion_id, code, code_key)
     select 'north', 'id' || n, 'p', 'SALE' || n, 'sale' || n from generate_series(1, ?) n`,
    [CODES],
  );
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'north' };
  const answer = await fetch(`${service.url}/v1/promotions/p/promo-codes.csv`, { headers });
  expect(answer.status).toBe(200);
  let lines = 0;
  for await (const part of answer.body as ReadableStream<Uint8Array>) for (const byte of part) if (byte === 10) lines++;
  expect(lines).toBe(CODES + 1);
  expect((await fetch(`${service.url}/health`)).status).toBe(200);
});
