import path from 'node:path';
import type { Knex } from 'knex';
import { projectRoot } from '../../../src/project-root';
import { reportRedemptions } from '../../../src/store/reports/redemption-report';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { leaveRedemption } from '../../support/redemption';

const { up }: { up(db: Knex): Promise<void> } = require(path.join(projectRoot, 'migrations/0117_redemption_totals.js'));

describe('a report of redemptions', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const quoteOf = (total: string) =>
    JSON.stringify({ currency: 'EUR', totals: { subtotal: '10.00', discount: '1.50', total }, lines: [] });
  const report = async () => {
    const span = { from: new Date(0), to: new Date(Date.now() + 60_000), currency: 'EUR', timeZone: 'UTC' };
    const [row] = await reportRedemptions(database.db, 'north', 'day', span);
    return row && { redemptions: row.redemptions, subtotal: row.subtotal, total: row.total };
  };

  test('adds up what an older release writes and replaces, which knows nothing of the totals beside a quote', async () => {
    const { db } = database;
    await db('providers').insert({ id: 'north', name: 'North', time_zone: 'UTC', default_language: 'en' });
    await leaveRedemption(db, 'north', { kind: 'promotion', subject: 'p' }, { quote: quoteOf('8.50') });
    expect(await report()).toEqual({ redemptions: 1, subtotal: '10.00', total: '8.50' });
    await db('redemptions').update({ quote: quoteOf('7.50') });
    expect(await report()).toEqual({ redemptions: 1, subtotal: '10.00', total: '7.50' });
  });

  test('adds up what was redeemed before there were totals, once the migration has gone through it', async () => {
    const { db } = database;
    await db('redemptions').update({ currency: null, subtotal: null, discount: null, total: null });
    expect(await report()).toBeUndefined();
    await up(db);
    expect(await report()).toEqual({ redemptions: 1, subtotal: '10.00', total: '7.50' });
  });
});
