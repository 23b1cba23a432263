import type { Knex } from 'knex';

/** Every row of every table of ours in which one of the texts stands, whatever the column: the table, the column and the row. */
export async function findTexts(db: Knex, texts: readonly string[]): Promise<string[]> {
  const { rows: columns } = await db.raw<{ rows: { schema: string; table: string; column: string; type: string }[] }>(
    `select table_schema as schema, table_name as "table", column_name as "column", data_type as type from information_schema.columns
     join information_schema.tables using (table_schema, table_name)
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
       and table_name not like 'knex\\_%'`,
  );
  const found: string[] = [];
  for (const { schema, table, column, type } of columns) {
    const text = type === 'bytea' ? `encode(??, 'escape')` : 'cast(?? as text)';
    const { rows } = await db.raw<{ rows: { row: string }[] }>(
      `select cast(t as text) as row from ??.?? t where exists (
         select from unnest(?::text[]) as wanted (text) where position(wanted.text in ${text}) > 0)`,
      [schema, table, [...texts], column],
    );
    found.push(...rows.map(({ row }) => `${table}.${column}: ${row}`));
  }
  return found;
}
