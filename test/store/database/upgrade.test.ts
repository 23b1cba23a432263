import type { Knex } from 'knex';
import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../../src/app';
import { migrateToLatest, rollbackAll } from '../../../src/store/database/connection';
import { reconcile } from '../../../src/store/reports/reconcile';
import { createTestDatabase, type TestDatabase } from '../../support/database';

/** The last migration of the first schema that served. */
const FIRST = '0013';

let database: TestDatabase;
let db: Knex;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterEach(() => database.drop());

async function files(): Promise<string[]> {
  const [done, pending] = (await db.migrate.list()) as [{ name: string }[], { file: string }[]];
  return [...done.map(({ name }) => name), ...pending.map(({ file }) => file)].sort();
}

/** Takes the schema to the first one, from an empty database. */
async function toFirst(): Promise<void> {
  await rollbackAll(db);
  for (const name of await files()) if (name.slice(0, 4) <= FIRST) await db.migrate.up({ name });
}

/** Takes the newer migrations back, one by one. */
async function backToFirst(): Promise<void> {
  for (const name of (await files()).reverse()) if (name.slice(0, 4) > FIRST) await db.migrate.down({ name });
}

const PROVIDER = { provider_id: 'north' };
const QUOTE = {
  at: '2024-01-01T00:00:00Z',
  currency: 'EUR',
  catalogVersion: 1,
  digest: 'd',
  lines: [{ id: 'l', subtotal: '10.00', discount: '1.00', total: '9.00', discounts: [] }],
  discounts: [{ discountId: 'd', promotionId: 'p', name: 'Ten', amount: '1.00' }],
  totals: { subtotal: '10.00', discount: '1.00', total: '9.00' },
  promoCodes: [],
  declined: [],
  offers: [],
  transitions: [],
};

/** A row or more of every table, as the first release wrote them. */
async function leaveData(): Promise<void> {
  await db('providers').insert({ id: 'north', name: 'North', time_zone: 'UTC', default_language: 'en' });
  await db('api_keys').insert({ ...PROVIDER, id: 'k', name: 'Key', kind: 'secret', token_hash: Buffer.alloc(32, 7) });
  await db('tags').insert([
    { ...PROVIDER, id: 't1', name: 'basic' },
    { ...PROVIDER, id: 't2', name: 'pro' },
  ]);
  await db('plans').insert({ ...PROVIDER, id: 'large', service_type: 'hosting', tags: ['pro'] });
  await db('promotions').insert({ ...PROVIDER, id: 'p', name: 'Ten', limit_per_customer: 1, limit_total: 5 });
  const ten = { type: 'percent', percent: '10' };
  await db('discounts').insert([
    { ...PROVIDER, id: 'd', promotion_id: 'p', name: 'Ten', value: ten, validity: { unit: 'year', length: 1 } },
    { ...PROVIDER, id: 'g', name: 'Global', value: { type: 'percent', percent: '1' }, status: 'paused' },
  ]);
  const code = { code: 'SUMMER', code_key: 'summer', max_redemptions: 1 };
  await db('promo_codes').insert({ ...PROVIDER, id: 'c', promotion_id: 'p', ...code });
  await db('related_products').insert({ ...PROVIDER, id: 'r', name: 'Mail', action: { function: 'add' } });
  await db('conditions').insert({ ...PROVIDER, id: 'x', promotion_id: 'p', type: 'promo_code' });
  await db('upgrade_paths').insert({
    ...PROVIDER,
    id: 'u',
    name: 'Up',
    texts: { en: { title: 'Up' } },
    transition: 'next_booking',
  });
  await db('upgrade_path_tags').insert([
    { ...PROVIDER, upgrade_path_id: 'u', tag_id: 't1', side: 'source', position: 0 },
    { ...PROVIDER, upgrade_path_id: 'u', tag_id: 't2', side: 'target', position: 0 },
  ]);
  await db('redemptions').insert({
    ...PROVIDER,
    id: 'o1',
    order_id: 'order 1',
    status: 'confirmed',
    customer_id: 'anna',
    request_hash: 'hash',
    request: {
      currency: 'EUR',
      customer: { id: 'anna' },
      lines: [{ id: 'l', serviceType: 'hosting', unitPrice: '10.00' }],
    },
    quote: JSON.stringify(QUOTE),
  });
  const uses = [
    { kind: 'promotion', subject: 'p', customer_id: '' },
    { kind: 'promotion_customer', subject: 'p', customer_id: 'anna' },
    { kind: 'code', subject: 'c', customer_id: '' },
  ];
  await db('redemption_uses').insert(uses.map((use) => ({ ...PROVIDER, redemption_id: 'o1', ...use, amount: 1 })));
  await db('usage_counters').insert(uses.map((use) => ({ ...PROVIDER, ...use, used: 1 })));
  await db('grants').insert({
    ...PROVIDER,
    id: 'w',
    customer_id: 'anna',
    discount_id: 'd',
    redemption_id: 'o1',
    starts_at: new Date('2024-01-01T00:00:00Z'),
    ends_at: new Date('2124-01-01T00:00:00Z'),
  });
  await db('idempotency_keys').insert({
    ...PROVIDER,
    path: '/v1/tags',
    key: '/a',
    request_hash: 'h',
    status: 201,
    body: 'b',
  });
  await db('audit_log').insert({
    ...PROVIDER,
    id: 'a',
    at: new Date(),
    actor: 'admin',
    key_kind: 'admin',
    request_id: 'r',
    action: 'create',
    resource_type: 'tag',
    resource_id: 't1',
    after: { id: 't1', name: 'basic' },
  });
}

/** Every row of the tables of the first schema, without what is counted or dated by later writes. */
async function stored(): Promise<Record<string, object[]>> {
  const { rows } = await db.raw(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_name not like 'knex\\_%' order by 1`,
  );
  const found: Record<string, object[]> = {};
  for (const { name } of rows) {
    const { rows: texts } = await db.raw('select to_jsonb(t) as row from ?? t order by 1', [name]);
    found[name] = texts.map(({ row }: { row: object }) => row);
  }
  return found;
}

test('data of the first schema goes to the newest and back, and is all there', async () => {
  await toFirst();
  await leaveData();
  const before = await stored();
  await migrateToLatest(db);
  await backToFirst();
  expect(await stored()).toEqual(before);
});

test('the newest release goes on with data of the first schema: limits, codes, grants, erasure and the way back', async () => {
  await toFirst();
  await leaveData();
  await migrateToLatest(db);
  const config = { adminKey: 'an-admin-key', rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 };
  const app = createApp({ db, log: pino({ level: 'silent' }), clock: Date.now, config });
  const as = request.agent(app).set({ Authorization: 'Bearer an-admin-key', 'Offerbook-Provider': 'north' });
  for (const path of [
    'tags',
    'plans',
    'promotions',
    'discounts',
    'related-products',
    'upgrade-paths',
    'redemptions',
    'grants',
    'audit-log',
  ]) {
    const { body } = await as.get(`/v1/${path}`).expect(200);
    expect([path, body.items.length > 0]).toEqual([path, true]);
  }
  const cart = (id: string) => ({
    currency: 'EUR',
    promoCodes: ['summer'],
    customer: { id },
    lines: [{ id: 'l', serviceType: 'hosting', unitPrice: '10.00' }],
  });
  const quoted = async (id: string) => (await as.post('/v1/quote').send(cart(id)).expect(200)).body;
  // By the grant of then; the code is used up for everybody.
  expect((await quoted('anna')).discounts).toMatchObject([{ grantId: 'w', amount: '1.00' }]);
  expect((await quoted('boris')).promoCodes[0].reason).toBe('promo_code_used_up');
  expect((await as.get('/v1/promotions/p').expect(200)).body.usage).toEqual({ redemptions: 1, held: 0, left: 4 });
  const { body } = await as.get('/v1/redemptions/o1').expect(200);
  expect(body.quote.totals.total).toBe('9.00');
  await as.delete('/v1/customers/anna').expect(204);
  expect((await quoted('anna')).discounts).toEqual([]);
  const { differences, excesses } = await reconcile(db);
  expect({ differences, excesses }).toEqual({ differences: [], excesses: [] });

  await backToFirst();
  expect(await db('redemptions').select('id', 'status')).toEqual([{ id: 'o1', status: 'confirmed' }]);
  await migrateToLatest(db);
  expect((await as.get('/v1/promotions/p').expect(200)).body.usage.redemptions).toBe(1);
});
