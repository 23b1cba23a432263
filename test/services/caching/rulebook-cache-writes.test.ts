import type { Knex } from 'knex';
import { pino } from 'pino';
import { ProviderWatch } from '../../../src/services/caching/provider-watch';
import { RulebookCache } from '../../../src/services/caching/rulebook-cache';
import { createPromotion } from '../../../src/store/catalog/promotions';
import { connect } from '../../../src/store/database/connection';
import { bumpCatalogVersion } from '../../../src/store/providers/providers';
import { type PublishedRules, publishRules } from '../../../src/store/whole-catalog/publish';
import { rulesWrittenBy } from '../../../src/store/whole-catalog/whole-resources';
import { createTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
let pool: Knex;
let watch: ProviderWatch;
let rulebooks: RulebookCache;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.db('providers').insert({ id: 'north', name: 'North', time_zone: 'UTC', default_language: 'en' });
  pool = connect(database.connectionString);
  watch = new ProviderWatch(database.connectionString, pino({ level: 'silent' }));
  rulebooks = new RulebookCache({ bytes: 1_000_000, watch });
  await watch.start();
  await rulebooks.current(pool, 'north');
});
afterEach(async () => {
  await watch.stop();
  await pool.destroy();
  await database.drop();
});

/** Writes a promotion; answers the version of the rules from then on. */
function write(): Promise<number> {
  return database.db.transaction(async (trx) => {
    await createPromotion(trx, 'north', { name: 'Summer' }, new Date());
    return bumpCatalogVersion(trx, 'north');
  });
}

async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const listen = ({ sql }: { sql: string }) => statements.push(sql);
  pool.on('query', listen);
  await work();
  pool.off('query', listen);
  return statements;
}

test('once a write may be answered its rules are in memory, and no quote waits for them', async () => {
  const version = await write();
  await rulebooks.afterWrite(pool, 'north', { version });
  const statements = await statementsOf(async () => {
    const { rulebook } = await rulebooks.get(pool, 'north');
    expect([rulebook.version, rulebook.held.promotions.size]).toEqual([version, 1]);
  });
  expect(statements).toEqual([]);
});

/** Writes a promotion as a request does, so that it is known what the version has written. */
function publish(): Promise<PublishedRules> {
  return database.db.transaction(async (trx) => {
    const after = await createPromotion(trx, 'north', { name: 'Winter' }, new Date());
    const change = { action: 'create', resourceType: 'promotion', resourceId: after.id, after } as const;
    return publishRules(trx, 'north', rulesWrittenBy([change]), Number.MAX_SAFE_INTEGER);
  });
}

test('what this process has written is not read again', async () => {
  const published = await publish();
  const statements = await statementsOf(async () => {
    await rulebooks.afterWrite(pool, 'north', published);
    const { rulebook } = await rulebooks.get(pool, 'north');
    expect([rulebook.version, rulebook.held.promotions.size]).toEqual([published.version, 1]);
  });
  expect(statements).toEqual([]);
});

test('it is read where another version was written in between', async () => {
  const versions = [await publish(), await publish()] as const;
  const last = versions[1];
  const statements = await statementsOf(() => rulebooks.afterWrite(pool, 'north', last));
  const { rulebook } = await rulebooks.get(pool, 'north');
  expect([rulebook.version, rulebook.held.promotions.size, statements.length]).toEqual([last.version, 2, 1]);
});

test('simultaneous writes are read together', async () => {
  const versions = await Promise.all(Array.from({ length: 8 }, write));
  const statements = await statementsOf(() =>
    Promise.all(versions.map((version) => rulebooks.afterWrite(pool, 'north', { version }))),
  );
  // The watch may have begun to read before all of them were written.
  expect(statements.filter((sql) => sql.startsWith('BEGIN')).length).toBeLessThanOrEqual(2);
  expect((await rulebooks.get(pool, 'north')).rulebook.held.promotions.size).toBe(8);
});

test('where the reading takes long the write is answered all the same, and the next quote waits', async () => {
  const version = await write();
  const lock = await database.db.transaction();
  await lock.raw('lock table promotions');
  await rulebooks.afterWrite(pool, 'north', { version });
  let answered = false;
  const quote = Promise.resolve(rulebooks.get(pool, 'north')).finally(() => {
    answered = true;
  });
  await pool.raw('select 1');
  expect(answered).toBe(false);
  await lock.commit();
  expect((await quote).rulebook.version).toBe(version);
});

test('what is written in a transaction that goes on is not read yet', async () => {
  await database.db.transaction(async (trx) => {
    expect(await statementsOf(() => rulebooks.afterWrite(trx, 'north', { version: 1 }))).toEqual([]);
  });
  expect((await rulebooks.get(pool, 'north')).rulebook.version).toBe(0);
});
