import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { readFeed } from '../../../src/services/events/feed';
import { connect } from '../../../src/store/database/connection';
import type { FeedEvent } from '../../../src/store/events/event';
import { recordEvents } from '../../../src/store/events/record-events';
import { createTestDatabase, type TestDatabase } from '../../support/database';

const PROVIDER = 'north';

let database: TestDatabase;
let db: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ db } = database);
  await db('providers').insert({ id: PROVIDER, name: 'North', time_zone: 'UTC', default_language: 'en' });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await db('events').delete();
});

const imported = (catalogVersion: number) => ({
  type: 'catalog.imported' as const,
  data: { catalogVersion, created: 0, changed: 0, archived: 0 },
});
const write = (trx: Knex.Transaction, ...versions: number[]) => recordEvents(trx, PROVIDER, versions.map(imported));
const versionOf = ({ data }: FeedEvent) => (data as { catalogVersion: number }).catalogVersion;
const read = (after?: string, limit = 200, on = db) => readFeed(on, PROVIDER, { after, type: undefined, limit });

test('an event that was written first and is committed last comes last, and behind no cursor', async () => {
  const early = await db.transaction();
  await write(early, 1);
  await db.transaction((trx) => write(trx, 2));
  const [seen] = await read();
  expect(versionOf(seen as FeedEvent)).toBe(2);
  await early.commit();
  expect((await read(seen?.id)).map(versionOf)).toEqual([1]);
  expect((await read()).map(versionOf)).toEqual([2, 1]);
});

test('what is rolled back is never told', async () => {
  const undone = await db.transaction();
  await write(undone, 1);
  expect(await read()).toEqual([]);
  await undone.rollback();
  await db.transaction((trx) => write(trx, 2));
  expect((await read()).map(versionOf)).toEqual([2]);
});

test('events of one transaction stay in their order', async () => {
  const versions = Array.from({ length: 150 }, (_, index) => index + 1);
  await db.transaction((trx) => write(trx, ...versions));
  expect((await read()).map(versionOf)).toEqual(versions);
});

test('a feed that nobody has read for long is read in order from its start', async () => {
  const many = Array.from({ length: 2_500 }, (_, index) => index + 1);
  await db.transaction((trx) => write(trx, ...many));
  const seen: FeedEvent[] = [];
  for (let part = await read(); part.length > 0; part = await read(seen.at(-1)?.id)) seen.push(...part);
  expect(seen.map(versionOf)).toEqual(many);
});

test('readers who page all the time miss nothing and see one order, however long writers take to commit', async () => {
  const [writers, each] = [12, 25];
  const writing = connect(database.connectionString, { pool: writers });
  let isWritten = false;
  async function page(on: Knex): Promise<FeedEvent[]> {
    const seen: FeedEvent[] = [];
    for (;;) {
      const wasWritten = isWritten;
      const part = await read(seen.at(-1)?.id, 7, on);
      seen.push(...part);
      if (wasWritten && part.length === 0) return seen;
    }
  }
  const readers = [connect(database.connectionString, { pool: 2 }), connect(database.connectionString, { pool: 2 })];
  const paging = Promise.all(readers.map(page));
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let turn = 0; turn < each; turn++) {
        const trx = await writing.transaction();
        await write(trx, writer * each + turn + 1);
        // Those that begin first do not end first.
        await pause(Math.random() * 15);
        await (turn % 5 === 4 ? trx.rollback() : trx.commit());
      }
    }),
  );
  isWritten = true;
  const [one, other] = (await paging) as [FeedEvent[], FeedEvent[]];
  expect(one).toEqual(other);
  expect(await pagesOf()).toEqual(one);
  const committed = Array.from({ length: writers * each }, (_, index) => index + 1).filter(
    (version) => version % 5 > 0,
  );
  expect(one.map(versionOf).toSorted((a, b) => a - b)).toEqual(committed);
  // Else nothing was shown: that no transaction was passed by another one.
  const written = await db('events').orderBy('written').pluck('position');
  expect(written).not.toEqual(written.toSorted((a, b) => a - b));
  for (const pool of [writing, ...readers]) await pool.destroy();
});

async function pagesOf(): Promise<FeedEvent[]> {
  const first = await read();
  return [...first, ...(await read(first.at(-1)?.id))];
}
