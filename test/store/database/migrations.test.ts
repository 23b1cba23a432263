import { migrateToLatest, rollbackAll } from '../../../src/store/database/connection';
import { createTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const OWN_TABLES = `
  select c.oid, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind = 'r' and c.relname not like 'knex\\_%' order by c.relname`;

async function schema(): Promise<unknown> {
  const columns = await database.db.raw(`
    select table_name, column_name, data_type, is_nullable, column_default, collation_name
    from information_schema.columns where table_schema = 'public' order by table_name, column_name`);
  const constraints = await database.db.raw(`
    select conrelid::regclass::text as table_name, conname, pg_get_constraintdef(oid) as definition
    from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`);
  const indexes = await database.db.raw(
    `select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1`,
  );
  return [columns.rows, constraints.rows, indexes.rows];
}

test('the migrations go up, down and up again to the same schema', async () => {
  const before = await schema();

  await rollbackAll(database.db);
  expect((await database.db.raw(OWN_TABLES)).rows).toEqual([]);

  await migrateToLatest(database.db);
  expect(await schema()).toEqual(before);
});

test('every table and every column says what it is', async () => {
  const tables = (await database.db.raw(OWN_TABLES)).rows as { oid: number; name: string }[];
  expect(tables.map(({ name }) => name)).toContain('redemption_uses');
  const undescribed = await database.db.raw(
    `select c.relname as "table", a.attname as "column"
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped
     left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
     where c.oid = any(?) and d.description is null
     union all
     select c.relname, null from pg_class c left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
     where c.oid = any(?) and d.description is null`,
    [tables.map(({ oid }) => oid), tables.map(({ oid }) => oid)],
  );
  expect(undescribed.rows).toEqual([]);
});

test('every table but providers is keyed by the provider first', async () => {
  const keys = await database.db.raw(`
    select c.relname as name, (select attname from pg_attribute where attrelid = c.oid and attnum = i.indkey[0]) as first
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where i.indisprimary and n.nspname = 'public' and c.relname not like 'knex\\_%'`);
  const others = (keys.rows as { name: string; first: string }[]).filter(({ name }) => name !== 'providers');
  expect(others.length).toBeGreaterThan(10);
  expect(others.filter(({ first }) => first !== 'provider_id')).toEqual([]);
});

test('text is TEXT and instants are TIMESTAMPTZ', async () => {
  const others = await database.db.raw(`
    select table_name, column_name, data_type from information_schema.columns
    where table_schema = 'public' and table_name not like 'knex\\_%'
      and data_type in ('character varying', 'character', 'timestamp without time zone', 'date', 'json')`);
  expect(others.rows).toEqual([]);
});
