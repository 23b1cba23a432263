import type { Knex } from 'knex';
import { retryContention } from '../../../src/store/database/contention';
import {
  areNamesLost,
  execute,
  nameStatements,
  preparedStatement,
} from '../../../src/store/database/prepared-statement';
import { createTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.raw('create table noted (place integer primary key)');
});
afterAll(() => database.drop());

const NOTE = preparedStatement('insert into noted (place) values ($1) returning *');
const names = async (db: Knex) => (await db.raw('select name from pg_prepared_statements')).rows.length;

/** Writes as a transaction does that is run again; `before` it writes something may happen to its connection. */
async function note(place: number, before: (trx: Knex) => Promise<unknown> = async () => undefined): Promise<number> {
  let attempts = 0;
  await retryContention(() =>
    database.db.transaction(async (trx) => {
      attempts += 1;
      nameStatements(trx);
      if (attempts === 1) await before(trx);
      await execute(trx, NOTE, [place]);
    }),
  );
  return attempts;
}

test('statements of a transaction have names only where it is run again', async () => {
  await database.db.transaction(async (trx) => {
    await execute(trx, NOTE, [1]);
    expect(await names(trx)).toBe(0);
    nameStatements(trx);
    await execute(trx, NOTE, [2]);
    expect(await names(trx)).toBe(1);
  });
});

test('a transaction whose name was lost is run again, as a whole and without names, and so are all after it', async () => {
  expect(await note(10)).toBe(1);
  const lose = async (trx: Knex) => {
    await execute(trx, NOTE, [0]);
    await trx.raw('deallocate all');
  };
  expect(await note(11, lose)).toBe(2);
  expect(await note(12)).toBe(1);
  expect(await database.db('noted').where('place', '>=', 10).orderBy('place').pluck('place')).toEqual([10, 11, 12]);
  expect(await database.db('noted').where('place', 0)).toEqual([]);
});

test('a name that is another one’s by now, or whose answer has other columns, is lost; other errors are not', async () => {
  const failing = async (sql: string) => database.db.raw(sql).catch((error: unknown) => areNamesLost(error));
  expect(await failing('prepare one as select 1; prepare one as select 2')).toBe(true);
  expect(await failing('execute nobody')).toBe(true);
  const altered = `prepare all_noted as select * from noted; alter table noted add column word text; execute all_noted`;
  expect(await failing(altered)).toBe(true);
  expect(await failing('select 1 / 0')).toBe(false);
});
