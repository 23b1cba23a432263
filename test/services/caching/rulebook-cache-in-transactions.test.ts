import { RulebookCache } from '../../../src/services/caching/rulebook-cache';
import { connect } from '../../../src/store/database/connection';
import { createTestDatabase } from '../../support/database';

test('a transaction does not wait for a reading of the rules that waits for its connection', async () => {
  const database = await createTestDatabase();
  const pool = connect(database.connectionString, { pool: 1 });
  try {
    await database.db('providers').insert({ id: 'north', name: 'North', time_zone: 'UTC', default_language: 'en' });
    const rulebooks = new RulebookCache({ bytes: 1_000_000 });
    // The transaction is next in line for the only connection, before the reading that this begins.
    const reading = rulebooks.current(pool, 'north');
    const trx = await pool.transaction();
    expect((await rulebooks.current(trx, 'north')).provider.id).toBe('north');
    await trx.commit();
    expect((await reading).provider.id).toBe('north');
  } finally {
    await pool.destroy();
    await database.drop();
  }
});
