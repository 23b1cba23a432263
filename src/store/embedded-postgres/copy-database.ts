import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** A table, with the columns that it is copied by. */
interface Table {
  name: string;
  columns: string[];
  /** A column that counts by itself. */
  counter: string | null;
  /** The tables that its rows refer to. */
  refers: string[];
}

const TABLES = `
  select c.relname as name,
    (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attidentity <> '') as counter,
    coalesce((select array_agg(distinct f.confrelid::regclass::text) from pg_constraint f
      where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid), '{}') as refers
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind = 'r' and c.relname not like 'knex\\_%'
  order by c.relname`;

/**
 * Copies every row of a database into another one of the same schema, in one transaction on either side, whatever the
 * two servers' versions are; returns how many rows of each table. Throws, and copies nothing, where the other one has
 * providers.
 */
export async function copyDatabase(source: Knex, target: Knex): Promise<Map<string, number>> {
  const copied = new Map<string, number>();
  await source.transaction(
    async (from) => {
      const { rows: tables } = await from.raw<{ rows: Table[] }>(TABLES);
      await target.transaction(async (to) => {
        if ((await to('providers').first('id')) !== undefined) {
          throw new Error('The database of DATABASE_URL has providers; only an empty one is copied into');
        }
        for (const table of inOrder(tables)) copied.set(table.name, await copyTable(from, to, table));
      });
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  return copied;
}

async function copyTable(
  from: Knex.Transaction,
  to: Knex.Transaction,
  { name, columns, counter }: Table,
): Promise<number> {
  // What a trigger has made of the rows before is copied like everything else.
  await to(name).delete();
  const quoted = columns.map((column) => `"${column}"`).join(', ');
  const reading = (await from.client.acquireConnection()).query(copyTo(`copy "${name}" (${quoted}) to stdout`));
  const writing = (await to.client.acquireConnection()).query(copyFrom(`copy "${name}" (${quoted}) from stdin`));
  await pipeline(reading, writing);
  if (counter !== null) {
    await to.raw(`select setval(pg_get_serial_sequence(?, ?), greatest(coalesce((select max(??) from ??), 0), 1))`, [
      name,
      counter,
      counter,
      name,
    ]);
  }
  return writing.rowCount;
}

/** Returns each table after those that it refers to. */
function inOrder(tables: readonly Table[]): Table[] {
  const ordered: Table[] = [];
  const names = new Set<string>();
  while (ordered.length < tables.length) {
    const ready = tables.filter(({ name, refers }) => !names.has(name) && refers.every((other) => names.has(other)));
    if (ready.length === 0) throw new Error('The tables refer to each other in a circle');
    for (const table of ready) {
      ordered.push(table);
      names.add(table.name);
    }
  }
  return ordered;
}
