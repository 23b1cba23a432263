import { createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { ADMIN_KEY, type Service, startServices } from '../support/processes/processes';

const PROMOTIONS = 20_000;
/** Enough for the service itself, and far too little for the catalog. */
const HEAP_MB = 96;

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

/** As many promotions with a condition and a discount, and text enough to fill memory. */
function* lines(): Generator<string> {
  const note = 'x'.repeat(1_500);
  const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
  yield '{"catalog":1}\n';
  for (let n = 0; n < PROMOTIONS; n++) {
    const conditions = [{ type: 'cart_has_service', selector: { plans: [`plan-${n}`] } }];
    yield `${JSON.stringify({ resource: 'promotion', key: `p-${n}`, name: `P ${n}`, note, conditions, discounts })}\n`;
  }
  yield `{"end":true,"count":${PROMOTIONS}}\n`;
}

test(`a catalog of ${PROMOTIONS} promotions is imported and exported, and needs no memory for them`, async () => {
  const [service] = services as [Service];
  await createProvider(service, 'north');
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'north' };
  const put = async (): Promise<{ counts: object }> => {
    const answer = await fetch(`${service.url}/v1/catalog`, {
      method: 'PUT',
      headers: { ...headers, 'Content-Type': 'application/x-ndjson' },
      body: ReadableStream.from(lines()).pipeThrough(new TextEncoderStream()),
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(200);
    return (await answer.json()) as { counts: object };
  };
  expect((await put()).counts).toEqual({ created: 2 * PROMOTIONS, changed: 0, archived: 0 });
  const answer = await fetch(`${service.url}/v1/catalog`, { headers: { ...headers, Accept: 'application/x-ndjson' } });
  expect(answer.status).toBe(200);
  let count = 0;
  for await (const part of answer.body as ReadableStream<Uint8Array>) for (const byte of part) if (byte === 10) count++;
  expect(count).toBe(PROMOTIONS + 2);
  expect((await put()).counts).toEqual({ created: 0, changed: 0, archived: 0 });
});

test('a body that breaks off leaves nothing, and the next import goes on', async () => {
  const [service] = services as [Service];
  await createProvider(service, 'south');
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'south' };
  const aborted = new AbortController();
  const broken = async function* (): AsyncGenerator<string> {
    yield '{"catalog":1}\n{"resource":"tag","name":"monthly"}\n';
    aborted.abort();
    yield '{"resource":"tag","name":"yearly"}\n';
  };
  const sent = fetch(`${service.url}/v1/catalog`, {
    method: 'PUT',
    headers: { ...headers, 'Content-Type': 'application/x-ndjson' },
    body: ReadableStream.from(broken()).pipeThrough(new TextEncoderStream()),
    duplex: 'half',
    signal: aborted.signal,
  } as RequestInit);
  await expect(sent).rejects.toThrow(/abort/);
  const tags = async (): Promise<{ items: object[] }> =>
    (await (await fetch(`${service.url}/v1/tags`, { headers })).json()) as { items: object[] };
  expect((await tags()).items).toEqual([]);
  const whole = await fetch(`${service.url}/v1/catalog`, {
    method: 'PUT',
    headers: { ...headers, 'Content-Type': 'application/x-ndjson' },
    body: '{"catalog":1}\n{"resource":"tag","name":"monthly"}\n{"end":true,"count":1}\n',
  });
  expect(whole.status).toBe(200);
  expect((await tags()).items).toHaveLength(1);
});
