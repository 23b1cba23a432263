import { createProvider } from '../support/client';
import { isPgBouncerInstalled, type PgBouncer, startPgBouncer } from '../support/processes/pgbouncer';
import {
  ADMIN_KEY,
  type RestartablePostgres,
  type Service,
  startRestartablePostgres,
  startServices,
} from '../support/processes/processes';
import { until } from '../support/until';

const PROCESSES = 3;
const EMPTY = { tags: [], plans: [], promotions: [], discounts: [], relatedProducts: [], upgradePaths: [] };
const CART = { currency: 'EUR', lines: [{ id: 'line', serviceType: 'hosting', unitPrice: '100.00' }] };

/** What a process said of the cart. */
interface Quoted {
  total: string;
  catalogVersion: number;
  stale: boolean;
}

/** The tests of rules that several processes keep; `connect` answers how they reach the database. */
function keepsRules(connect: (postgres: RestartablePostgres) => Promise<string>): void {
  let postgres: RestartablePostgres;
  let services: Service[] = [];
  let provider: string;
  let providers = 0;
  beforeAll(async () => {
    postgres = await startRestartablePostgres();
    services = await startServices(PROCESSES, { DATABASE_URL: await connect(postgres) });
  });
  afterAll(async () => {
    for (const service of services) await service.kill();
    await postgres?.remove();
  });
  beforeEach(async () => {
    provider = `rules-${++providers}`;
    await createProvider(services[0] as Service, provider);
  });

  function request(service: Service, path: string, init: RequestInit): Promise<Response> {
    const headers = { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': provider, ...init.headers };
    return fetch(`${service.url}${path}`, { ...init, headers: { 'Content-Type': 'application/json', ...headers } });
  }

  async function quote(service: Service, headers: Record<string, string> = {}): Promise<Quoted> {
    const answer = await request(service, '/v1/quote', { method: 'POST', body: JSON.stringify(CART), headers });
    const body = (await answer.json()) as { catalogVersion: number; totals: { total: string } };
    expect({ status: answer.status, body }).toMatchObject({ status: 200 });
    const { catalogVersion, totals } = body;
    return { total: totals.total, catalogVersion, stale: answer.headers.get('Offerbook-Stale') === 'true' };
  }

  /** The total that a key is told, or the status of its refusal. */
  async function quoteWith(service: Service, token: string): Promise<string | number> {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const answer = await fetch(`${service.url}/v1/quote`, { method: 'POST', headers, body: JSON.stringify(CART) });
    const body = (await answer.json()) as { totals: { total: string } };
    return answer.status === 200 ? body.totals.total : answer.status;
  }

  async function createKey(service: Service, id: string): Promise<string> {
    const body = JSON.stringify({ name: 'key', kind: 'publishable' });
    const answer = await request(service, `/v1/providers/${id}/api-keys`, { method: 'POST', body });
    return ((await answer.json()) as { token: string }).token;
  }

  /** Makes the only promotion take so many percent off, by a document or by itself; answers the version of the rules. */
  async function take(percent: number, service: Service): Promise<string> {
    const discounts = [{ name: 'Off', value: { type: 'percent', percent: `${percent}` } }];
    const [method, path, body] =
      percent % 2 === 1
        ? ['PUT', '/v1/catalog', { ...EMPTY, promotions: [{ key: 'only', name: 'Only', discounts }] }]
        : ['PATCH', '/v1/promotions/key:only', { discounts }];
    const answer = await request(service, path as string, { method: method as string, body: JSON.stringify(body) });
    expect({ status: answer.status, body: await answer.text() }).toMatchObject({ status: 200 });
    return answer.headers.get('Offerbook-Catalog-Version') ?? '';
  }

  const quotes = () => Promise.all(services.map((service) => quote(service)));
  const isEverywhere = async (wanted: Partial<Quoted>) =>
    (await quotes()).every((told) =>
      Object.entries(wanted).every(([name, value]) => told[name as keyof Quoted] === value),
    );
  const everywhere = (told: Partial<Quoted>) => services.map(() => expect.objectContaining(told));

  test('what one process writes the others quote by', async () => {
    for (const [index, service] of services.entries()) {
      const total = `${99 - index}.00`;
      await take(index + 1, service);
      // Whoever wrote it does at once.
      expect((await quote(service)).total).toBe(total);
      await until(() => isEverywhere({ total }));
    }
  });

  test('a quote that brings the version of a write is answered by that write, on every process, at once', async () => {
    expect(await quotes()).toEqual(everywhere({ total: '100.00' }));
    for (let percent = 1; percent <= 20; percent++) {
      const version = await take(percent, services[percent % PROCESSES] as Service);
      const answers = services.map((service) => quote(service, { 'Offerbook-Catalog-Version': version }));
      const told = { total: `${100 - percent}.00`, catalogVersion: Number(version), stale: false };
      expect(await Promise.all(answers)).toEqual(everywhere(told));
    }
  });

  test('a provider that is removed and created again with its id shares nothing with the old one, on any process', async () => {
    for (const [index, service] of services.entries()) {
      await take(49, service);
      const old = await createKey(service, provider);
      const withKey = (token: string) => Promise.all(services.map((one) => quoteWith(one, token)));
      // Every process remembers the key and the rules.
      await until(async () => (await withKey(old)).every((told) => told === '51.00'));
      expect((await request(service, `/v1/providers/${provider}`, { method: 'DELETE' })).status).toBe(204);
      expect(await quoteWith(service, old)).toBe(401);
      await createProvider(services[(index + 1) % PROCESSES] as Service, provider);
      const fresh = await createKey(service, provider);
      await until(async () => (await withKey(old)).every((told) => told === 401));
      await until(async () => (await withKey(fresh)).every((told) => told === '100.00'));
      // As many writes as the old one had: no version of its own is taken for one of the old rules.
      await take(51, service);
      await until(async () => (await withKey(fresh)).every((told) => told === '49.00'));
    }
  });

  test('while PostgreSQL is away quotes of loaded providers go on and say so; when it is back all is as before', async () => {
    await take(1, services[0] as Service);
    await until(() => isEverywhere({ total: '99.00', stale: false }));
    const staleQuotes = async () => {
      const texts = services.map(async ({ url }) => (await fetch(`${url}/metrics`)).text());
      return (await Promise.all(texts)).map((text) => Number(/offerbook_stale_quotes_total (\d+)/.exec(text)?.[1]));
    };
    const before = await staleQuotes();
    await postgres.stop();
    await until(() => isEverywhere({ stale: true }));
    expect(await quotes()).toEqual(everywhere({ total: '99.00', stale: true }));
    for (const [index, count] of (await staleQuotes()).entries())
      expect(count).toBeGreaterThan(before[index] as number);
    for (const { url } of services) expect((await fetch(`${url}/ready`)).status).toBe(200);
    await postgres.start();
    await until(() => isEverywhere({ stale: false }));
    await take(2, services[1] as Service);
    await until(() => isEverywhere({ total: '98.00' }));
  });
}

describe('the rules of several processes on PostgreSQL', () => {
  keepsRules(async ({ connectionString }) => connectionString);
});

if (isPgBouncerInstalled()) {
  describe('the rules of several processes through PgBouncer, where no notification arrives', () => {
    let pooler: PgBouncer | undefined;
    afterAll(() => pooler?.stop());
    keepsRules(async ({ connectionString }) => {
      pooler = await startPgBouncer(connectionString);
      return pooler.connectionString;
    });
  });
} else {
  test('PgBouncer is not installed', () => {
    process.stderr.write("\nNOT RUN: rules through PgBouncer, because Debian's package pgbouncer is not installed.\n");
    expect(isPgBouncerInstalled()).toBe(false);
  });
}
