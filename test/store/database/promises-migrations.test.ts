import type { Knex } from 'knex';
import { migrateToLatest, rollbackAll } from '../../../src/store/database/connection';
import { createTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
let db: Knex;
beforeEach(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterEach(() => database.drop());

/** Takes the schema back to what it was before the migration of this number. */
async function before(number: string): Promise<void> {
  await rollbackAll(db);
  const [, pending] = (await db.migrate.list()) as [unknown, { file: string }[]];
  for (const { file } of pending) if (file < number) await db.migrate.up({ name: file });
  await db('providers').insert({ id: 'north', name: 'North', time_zone: 'UTC', default_language: 'en' });
  await db('promotions').insert({ provider_id: 'north', id: 'p', name: 'P' });
}

describe('stored codes in their new form', () => {
  const codes = async (...stored: [code: string, key: string][]) => {
    await before('0021');
    await db('promo_codes').insert(
      stored.map(([code, key], index) => ({
        provider_id: 'north',
        id: `c${index}`,
        promotion_id: 'p',
        code,
        code_key: key,
      })),
    );
  };
  const read = () => db('promo_codes').orderBy('id').select('code', 'code_key');

  test('stored codes in their new form are written, also where one becomes what another one was', async () => {
    await codes(['STRAẞE', 'straße'], ['Sum\u00admer', 'sum\u00admer'], ['ONE', 'one']);
    await migrateToLatest(db);
    expect(await read()).toEqual([
      { code: 'STRAẞE', code_key: 'strasse' },
      { code: 'Summer', code_key: 'summer' },
      { code: 'ONE', code_key: 'one' },
    ]);
  });

  test('stored codes in their new form are left alone where two would be one, or where nothing would be left of one, and each is named', async () => {
    await codes(['STRASSE', 'strasse'], ['straße', 'straße'], ['\u200b', '\u200b'], ['Sum\u00admer', 'sum\u00admer']);
    const stored = await read();
    const refused = migrateToLatest(db);
    await expect(refused).rejects.toThrow(
      /"STRASSE" \(c0 of promotion p\), "straße" \(c1 of promotion p\) would be one code/,
    );
    await expect(refused).rejects.toThrow(/\(c2 of promotion p\) have nothing that can be seen/);
    expect(await read()).toEqual(stored);

    await db('promo_codes').whereIn('id', ['c1', 'c2']).delete();
    await migrateToLatest(db);
    expect((await read())[1]).toEqual({ code: 'Summer', code_key: 'summer' });
  });
});

describe('grants whose discount was lost', () => {
  const lost = async (discountId: string, name: string) => {
    const id = `redemption of ${discountId}`;
    const quote = JSON.stringify({ discounts: [{ discountId, promotionId: 'p', name }] });
    await db('redemptions').insert({
      provider_id: 'north',
      id,
      order_id: id,
      status: 'confirmed',
      request_hash: '',
      request: {},
      quote,
    });
    await db('grants').insert({
      provider_id: 'north',
      id: `grant of ${discountId}`,
      customer_id: 'anna',
      discount_id: discountId,
      redemption_id: id,
      starts_at: '2026-01-01T00:00:00Z',
      ends_at: '2027-01-01T00:00:00Z',
    });
  };

  test('grants whose discount was lost get the one of its name, else the one of the history; what neither tells is gone', async () => {
    await before('0023');
    const value = { type: 'percent', percent: '50' };
    await db('discounts').insert({ provider_id: 'north', id: 'new', promotion_id: 'p', name: 'Half', value });
    await db('audit_log').insert({
      provider_id: 'north',
      id: 'a1',
      at: new Date(),
      actor: 'admin',
      key_kind: 'admin',
      request_id: 'r',
      action: 'replace',
      resource_type: 'promotion',
      resource_id: 'p',
      before: { id: 'p', discounts: [{ id: 'left-out', name: 'Quarter', value, charges: ['setup'], maxUnits: 2 }] },
      after: { id: 'p', discounts: [] },
    });
    await lost('old', 'Half');
    await lost('left-out', 'Quarter');
    await lost('unknown', 'Nobody knows');
    await migrateToLatest(db);

    expect(await db('grants').orderBy('id').select('id', 'discount_id')).toEqual([
      { id: 'grant of left-out', discount_id: 'left-out' },
      { id: 'grant of old', discount_id: 'new' },
    ]);
    expect(await db('discounts').where({ id: 'left-out' }).first()).toMatchObject({
      promotion_id: 'p',
      name: 'Quarter',
      value,
      charges: ['setup'],
      max_units: 2,
      status: 'archived',
    });
    expect(await db('redeemed_discounts').orderBy('discount_id').select('discount_id')).toEqual([
      { discount_id: 'left-out' },
      { discount_id: 'new' },
    ]);
  });
});
