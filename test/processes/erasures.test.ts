import type { Knex } from 'knex';
import { reconcile } from '../../src/store/reports/reconcile';
import { type Answer, type Client, clientOf, createProvider } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { findTexts } from '../support/database-texts';
import { leaveOrders } from '../support/past-orders';
import { type Service, startServices } from '../support/processes/processes';
import { cartOf } from '../support/redeem';
import { until } from '../support/until';

const ANNA = 'anna-7301';

let database: TestDatabase;
let db: Knex;
let services: Service[];
let client: Client;
let provider: string;
let providers = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
  services = await startServices(2, { DATABASE_URL: database.connectionString, RETENTION_DAYS: '30' });
});
afterAll(async () => {
  for (const service of services) await service.kill();
  await database.drop();
});
beforeEach(async () => {
  provider = `provider-${++providers}`;
  await createProvider(services[0] as Service, provider, { combination: 'sum' });
  client = clientOf(services, provider);
});
afterEach(async () => {
  const { differences, excesses } = await reconcile(db);
  expect({ differences, excesses }).toEqual({ differences: [], excesses: [] });
});

async function createPromotion(fields: object = {}): Promise<string> {
  const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
  const created = await client.persist('/v1/promotions', { name: 'Ten', discounts, ...fields });
  expect(created.status).toBe(201);
  return created.body.id;
}

const erase = (sender = client, name = ANNA) => sender.send(`/v1/customers/${name}`, undefined, {}, 'DELETE');
const count = async (where: string) =>
  Number((await db('redemptions').where('provider_id', provider).whereRaw(where).count())[0]?.count);

let orders = 0;
const redeem = (quote: object, fields: object = {}): Promise<Answer> => {
  const orderId = `order ${++orders}`;
  const headers: Record<string, string> = orders % 2 === 0 ? { 'Idempotency-Key': orderId } : {};
  return client.persist('/v1/redemptions', { orderId, quote, ...fields }, headers);
};

test('an erasure whose process is killed is finished by the next request for it', async () => {
  const promotionId = await createPromotion({ limits: { perCustomer: 6_000 } });
  await leaveOrders(db, { providerId: provider, customerId: ANNA, promotionId, count: 6_000 });
  const [first, second] = services as [Service, Service];
  const broken = erase(clientOf([first], provider)).then(
    () => 'answered',
    () => 'broken',
  );
  await until(async () => (await count('erased_at is not null')) >= 400);
  await first.kill();
  expect(await broken).toBe('broken');
  expect(await count('customer_id is not null')).toBeGreaterThan(0);
  const inBetween = await reconcile(db);
  expect([inBetween.differences, inBetween.excesses]).toEqual([[], []]);

  expect((await erase(clientOf([second], provider))).status).toBe(204);
  expect(await findTexts(db, [ANNA])).toEqual([]);
  expect(await count('erased_at is not null')).toBe(6_000);
  await first.start();
  // Beyond the limit by what was before: not one more.
  expect((await redeem(cartOf(ANNA))).body.quote.totals.total).toBe('100.00');
  expect((await erase()).status).toBe(204);
});

test('of twelve simultaneous redemptions of a customer who is erased meanwhile exactly five keep a limit of five', async () => {
  await createPromotion({ limits: { perCustomer: 5 } });
  const rush = async (name: string): Promise<Answer[]> => {
    const redeemed = Array.from({ length: 12 }, (_, index) =>
      redeem(cartOf(name), index % 3 === 0 ? { holdSeconds: 600 } : {}),
    );
    const erased = Array.from({ length: 3 }, (_, index) => redeemed[index]?.then(() => erase(client, name)));
    for (const answer of await Promise.all(erased)) expect(answer?.status).toBe(204);
    const answers = await Promise.all(redeemed);
    for (const { status } of answers) expect(status).toBe(201);
    return answers.filter(({ body }) => body.quote.totals.total === '90.00');
  };
  const names = Array.from({ length: 15 }, (_, index) => `${ANNA}-${index}`);
  for (const name of names) {
    const first = await rush(name);
    expect(first).toHaveLength(5);
    const cancelled = first.slice(0, 3).map(({ body }) => client.persist(`/v1/redemptions/${body.id}/cancel`));
    const erased = erase(client, name);
    for (const { status } of await Promise.all(cancelled)) expect(status).toBe(200);
    await erased;
    expect(await rush(name)).toHaveLength(3);
    await erase(client, name);
  }
  expect(await findTexts(db, [ANNA])).toEqual([]);
});

test('what is older than the days of retention is erased by itself, also by two processes at once, and counts on', async () => {
  const promotionId = await createPromotion({ limits: { perCustomer: 1_201 } });
  const past = { providerId: provider, customerId: ANNA, promotionId };
  await leaveOrders(db, { ...past, count: 1_000, daysAgo: 31 });
  await leaveOrders(db, { ...past, count: 200, daysAgo: 29 });
  await db.transaction(async (trx) => {
    await trx.raw(`select set_config('offerbook.erasing', 'on', true)`);
    await trx('audit_log')
      .where('provider_id', provider)
      .update({ at: trx.raw(`at - interval '31 days'`) });
  });
  await db('events')
    .where('provider_id', provider)
    .update({ at: db.raw(`at - interval '31 days'`) });
  // A sweep comes at once when a process starts.
  for (const service of services) await service.stop();
  await Promise.all(services.map((service) => service.start()));
  await until(async () => (await count('erased_at is not null')) >= 1_000);
  await until(async () => (await db('audit_log').where('provider_id', provider)).length === 0);
  await until(async () => (await db('events').where('provider_id', provider)).length === 0);
  expect(await count('customer_id is not null and erased_at is null')).toBe(200);
  expect((await findTexts(db, [ANNA])).every((found) => /past-\d+-29-|past order \d+-29-/.test(found))).toBe(true);
  expect((await redeem(cartOf(ANNA))).body.quote.totals.total).toBe('90.00');
  expect((await redeem(cartOf(ANNA))).body.quote.totals.total).toBe('100.00');
  const [young] = (await client.send(`/v1/redemptions?customerId=${ANNA}&limit=1`)).body.items;
  await client.persist(`/v1/redemptions/${young.id}/cancel`);
  expect((await redeem(cartOf(ANNA))).body.quote.totals.total).toBe('90.00');
});

test('an erasure that a crash left open is finished by another process, in the name of who asked for it', async () => {
  const VERA = 'vera-5512';
  const promotionId = await createPromotion();
  await leaveOrders(db, { providerId: provider, customerId: VERA, promotionId, count: 300 });
  await db('customer_erasures').insert({
    provider_id: provider,
    customer_id: VERA,
    requested_at: db.raw(`now() - interval '2 minutes'`),
    actor: 'admin',
    key_kind: 'admin',
    request_id: 'the one that crashed',
  });
  const [first] = services as [Service];
  await first.stop();
  await first.start();
  await until(async () => (await db('customer_erasures')).length === 0);
  expect(await findTexts(db, [VERA])).toEqual([]);
  const [entry] = (await client.send('/v1/audit-log?resourceType=customer')).body.items;
  expect(entry).toMatchObject({ action: 'remove', actor: 'admin', requestId: 'the one that crashed' });
});
