import type { Knex } from 'knex';
import { reconcile } from '../../../src/store/reports/reconcile';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { leaveRedemption } from '../../support/redemption';

describe('reconciling', () => {
  let database: TestDatabase;
  let db: Knex;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = database.db;
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    for (const table of ['usage_counters', 'redemptions', 'promotions', 'providers']) await db(table).delete();
    await db('providers').insert({ id: 'north', name: 'North', time_zone: 'UTC', default_language: 'en' });
    const limits = { limit_total: 2, limit_per_customer: 1, budget: { EUR: '10.00' } };
    await db('promotions').insert({ provider_id: 'north', id: 'p', name: 'P', ...limits, updated_at: '2026-01-01' });
  });
  const past = new Date(Date.now() - 1000);
  const name = { provider: 'north', kind: 'promotion', subject: 'p', customer: '', currency: '' };
  const leave = (status: string, use = {}) =>
    leaveRedemption(db, 'north', { kind: 'promotion', subject: 'p', ...use }, { status, expiresAt: past });

  test('reconciling held, also past their time, and confirmed redemptions count; nothing differs', async () => {
    await leave('confirmed');
    await leave('held');
    expect(await reconcile(db)).toEqual({ redemptions: 2, counters: 1, differences: [], excesses: [] });
  });

  test('a counter that is too high, too low, missing or of nothing is a difference', async () => {
    await leave('cancelled');
    await leave('confirmed', { kind: 'budget', currency: 'EUR', amount: '3.50' });
    await db('usage_counters').where({ kind: 'budget' }).update({ used: 3 });
    await leave('confirmed', { kind: 'promotion_customer', customerId: 'anna' });
    await db('usage_counters').where({ kind: 'promotion_customer' }).delete();
    expect((await reconcile(db)).differences).toEqual([
      { ...name, kind: 'budget', currency: 'EUR', counted: '3.000000', used: '3.500000' },
      { ...name, counted: '1.000000', used: '0' },
      { ...name, kind: 'promotion_customer', customer: 'anna', counted: '0', used: '1.000000' },
    ]);
  });

  test('a limit that is exceeded is told, and whether the rule was written since', async () => {
    for (let use = 0; use < 3; use++) await leave('confirmed');
    await leave('confirmed', { kind: 'budget', currency: 'EUR', amount: '10.000001' });
    const excess = { ...name, used: '3.000000', limit: '2', maybeLowered: false };
    const overspent = { ...name, kind: 'budget', currency: 'EUR', used: '10.000001', limit: '10.00' };
    expect((await reconcile(db)).excesses).toEqual([{ ...overspent, maybeLowered: false }, excess]);
    await db('promotions').update({ updated_at: new Date(Date.now() + 1000) });
    expect((await reconcile(db)).excesses.map(({ maybeLowered }) => maybeLowered)).toEqual([true, true]);
  });

  test('an expired hold exceeds no limit', async () => {
    for (let use = 0; use < 3; use++) await leave('held');
    expect(await reconcile(db)).toMatchObject({ differences: [], excesses: [] });
  });

  test('codes have limits as well', async () => {
    const code = { provider_id: 'north', id: 'c', promotion_id: 'p', code: 'C', code_key: 'c' };
    await db('promo_codes').insert({
      ...code,
      max_redemptions: 1,
      max_redemptions_per_customer: 1,
      updated_at: '2026-01-01',
    });
    for (const customerId of ['anna', 'anna'])
      await leave('confirmed', { kind: 'code_customer', subject: 'c', customerId });
    expect((await reconcile(db)).excesses).toEqual([
      {
        ...name,
        kind: 'code_customer',
        subject: 'c',
        customer: 'anna',
        used: '2.000000',
        limit: '1',
        maybeLowered: false,
      },
    ]);
  });
});
