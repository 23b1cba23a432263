import { pino } from 'pino';
import request, { type Agent } from 'supertest';
import { createApp } from '../../../src/app';
import { ProviderWatch } from '../../../src/services/caching/provider-watch';
import { connect } from '../../../src/store/database/connection';
import { ADMIN_KEY, type Api, startApi } from '../../support/api';
import { until } from '../../support/until';

const LINE = { id: 'a', serviceType: 'vps', plan: 'vps-1', unitPrice: '10.00' };
const CART = { currency: 'EUR', lines: [LINE] };
const silent = pino({ level: 'silent' });

/** A process of the service: an app with a pool and a watch of its own. */
interface Process {
  http: Agent;
  /** Statements that its pool has sent. */
  queries: string[];
  stop(): Promise<void>;
}

let api: Api;
let processes: Process[];
beforeEach(async () => {
  api = await startApi();
  processes = [];
});
afterEach(async () => {
  for (const one of processes) await one.stop();
  await api.drop();
});

async function startProcess(bytes = 64): Promise<Process> {
  const db = connect(api.connectionString);
  const watch = new ProviderWatch(api.connectionString, silent);
  const queries: string[] = [];
  db.on('query', ({ sql }) => {
    // When a key was last used is written in the background, some time after its request.
    if (!sql.startsWith('update api_keys')) queries.push(sql);
  });
  const config = { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: bytes };
  const app = createApp({ db, log: silent, clock: Date.now, watch, config });
  await watch.start();
  const http = request.agent(app);
  const started = {
    http,
    queries,
    async stop() {
      await watch.stop();
      await db.destroy();
    },
  };
  processes.push(started);
  return started;
}

/** Whether a statement reads what quotes are made by. */
function readsRules(sql: string): boolean {
  return sql.includes('join rule_documents d on');
}

function promotion(percent: string, fields: object = {}): object {
  return { name: `${percent} % off`, discounts: [{ name: 'Off', value: { type: 'percent', percent } }], ...fields };
}

async function provider(): Promise<{ id: string; token: string }> {
  const id = await api.createProvider();
  return { id, token: await api.createKey(id, 'secret') };
}

function quote({ http }: Process, token: string, body: object = CART): request.Test {
  return http.post('/v1/quote').set('Authorization', `Bearer ${token}`).send(body);
}

async function discountOf(process: Process, token: string): Promise<string> {
  return (await quote(process, token).expect(200)).body.totals.discount;
}

test('a quote without customer, codes and limits asks the database nothing', async () => {
  const one = await startProcess();
  const { id, token } = await provider();
  await api.as(id).post('/v1/promotions').send(promotion('10')).expect(201);
  expect(await discountOf(one, token)).toBe('1.00');
  one.queries.length = 0;
  expect(await discountOf(one, token)).toBe('1.00');
  const asAdmin = { Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': id };
  await one.http.post('/v1/quote').set(asAdmin).send(CART).expect(200);
  expect(one.queries).toEqual([]);
  await quote(one, token, { ...CART, customer: { id: 'anna' } }).expect(200);
  expect(one.queries).toHaveLength(1);
});

test('a write holds for the next quote of the process that wrote', async () => {
  const one = await startProcess();
  const { token } = await provider();
  for (const percent of ['10', '20', '30']) {
    const answer = await one.http
      .post('/v1/promotions')
      .set('Authorization', `Bearer ${token}`)
      .set(percent === '30' ? { 'Idempotency-Key': 'thirty' } : {})
      .send(promotion(percent))
      .expect(201);
    expect(answer.headers['offerbook-catalog-version']).toMatch(/^\d+$/);
    expect(await discountOf(one, token)).toBe(`${percent.charAt(0)}.00`);
  }
});

test('a write comes to hold in another process, and at once where its version travels', async () => {
  const [one, other] = [await startProcess(), await startProcess()];
  const { token } = await provider();
  for (const process of [one, other]) expect(await discountOf(process, token)).toBe('0.00');
  const write = (percent: string) =>
    one.http.post('/v1/promotions').set('Authorization', `Bearer ${token}`).send(promotion(percent)).expect(201);

  await write('10');
  await until(async () => (await discountOf(other, token)) === '1.00');

  const version = (await write('20')).headers['offerbook-catalog-version'] as string;
  const answer = await quote(other, token).set('Offerbook-Catalog-Version', version).expect(200);
  expect(answer.body.totals.discount).toBe('2.00');
  expect(answer.body.catalogVersion).toBe(Number(version));
});

test('a version that the catalog does not have yet is refused', async () => {
  const one = await startProcess();
  const { token } = await provider();
  for (const version of ['99', 'soon']) {
    const answer = await quote(one, token).set('Offerbook-Catalog-Version', version).expect(422);
    expect(answer.body.errors[0]).toMatchObject({ pointer: '/headers/Offerbook-Catalog-Version' });
  }
});

test('versions to come are looked for together, whatever the number of visitors that want one', async () => {
  const one = await startProcess();
  const { token } = await provider();
  await quote(one, token).expect(200);
  one.queries.length = 0;
  const wanted = Array.from({ length: 20 }, (_, index) =>
    quote(one, token)
      .set('Offerbook-Catalog-Version', `${900 + index}`)
      .expect(422),
  );
  await Promise.all(wanted);
  expect(one.queries.length).toBeGreaterThan(0);
  expect(one.queries.length).toBeLessThan(wanted.length);
});

test('where no notification arrives, a write comes to hold all the same', async () => {
  const [one, other] = [await startProcess(), await startProcess()];
  const { token } = await provider();
  await api.db.raw('drop trigger notify_provider_changed on providers');
  expect(await discountOf(other, token)).toBe('0.00');
  await one.http.post('/v1/promotions').set('Authorization', `Bearer ${token}`).send(promotion('10')).expect(201);
  await until(async () => (await discountOf(other, token)) === '1.00');
});

test('many quotes of a provider that is not loaded yet read its rules once', async () => {
  const one = await startProcess();
  const { id, token } = await provider();
  await api.as(id).post('/v1/promotions').send(promotion('10')).expect(201);
  await Promise.all(Array.from({ length: 10 }, () => quote(one, token).expect(200)));
  expect(one.queries.filter(readsRules)).toHaveLength(1);
});

test('where memory is short the rules that were not quoted for longest are packed, and are not read again', async () => {
  const one = await startProcess(1);
  const loads = () => one.queries.filter(readsRules).length;
  const plans = Array.from({ length: 400 }, (_, index) => ({ id: `plan-${index}`, serviceType: 'vps' }));
  const rules = { tags: [], plans, promotions: [], discounts: [], relatedProducts: [], upgradePaths: [] };
  const tokens: string[] = [];
  for (let n = 0; n < 3; n++) {
    const { id, token } = await provider();
    await api.as(id).put('/v1/catalog').send(rules).expect(200);
    tokens.push(token);
    await quote(one, token).expect(200);
  }
  expect(loads()).toBe(3);
  for (const token of tokens) await quote(one, token).expect(200);
  expect(loads()).toBe(3);
});

test('a revoked key stops in every process, a removed provider too', async () => {
  const one = await startProcess();
  const { id, token } = await provider();
  await quote(one, token).expect(200);
  const [key] = (await api.admin.get(`/v1/providers/${id}/api-keys`)).body.items;
  await api.admin.delete(`/v1/providers/${id}/api-keys/${key.id}`).expect(204);
  await until(async () => (await quote(one, token)).status === 401);

  const second = await api.createKey(id, 'secret');
  await quote(one, second).expect(200);
  await api.admin.delete(`/v1/providers/${id}`).expect(204);
  await until(async () => (await quote(one, second)).status === 401);
});

test('without its database, quotes of loaded providers go on and say that they may be old', async () => {
  const one = await startProcess();
  const [loaded, other] = [await provider(), await provider()];
  await api.as(loaded.id).post('/v1/promotions').send(promotion('10')).expect(201);
  expect((await quote(one, loaded.token).expect(200)).headers).not.toHaveProperty('offerbook-stale');

  await api.disconnect();
  await until(async () => (await quote(one, loaded.token)).headers['offerbook-stale'] === 'true');
  expect(await discountOf(one, loaded.token)).toBe('1.00');
  await quote(one, loaded.token, { ...CART, customer: { id: 'anna' } }).expect(503);
  await quote(one, loaded.token, { ...CART, promoCodes: ['SPRING'] }).expect(503);
  await quote(one, other.token).expect(503);
  await one.http.get('/ready').expect(200);
  const { text } = await one.http.get('/metrics').expect(200);
  expect(Number(/offerbook_stale_quotes_total (\d+)/.exec(text)?.[1])).toBeGreaterThan(1);
});
