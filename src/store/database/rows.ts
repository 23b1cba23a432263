import type { Knex } from 'knex';
import { formatInstant, type Instant, parseInstant } from '../../engine/time/instant';
import type { Stored } from '../../engine/vocabulary/resource';
import { newId } from './id';
import { execute, type Prepared, preparedStatement } from './prepared-statement';

/** The server-made part of every row of the catalog. */
export interface StoredRow {
  provider_id: string;
  id: string;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** Returns the server-made part of a new row. */
export function newRow(providerId: string, at: Date, id: string = newId()): StoredRow {
  return { provider_id: providerId, id, version: 1, created_at: at, updated_at: at };
}

/** Returns the server-made part of a row that is written again. */
export function nextVersion({ provider_id, id, version, created_at }: StoredRow, at: Date): StoredRow {
  return { provider_id, id, version: version + 1, created_at, updated_at: at };
}

/** Returns the row that a stored resource was read from, as far as the server made it. */
export function rowFrom(providerId: string, stored: Stored): StoredRow {
  return {
    provider_id: providerId,
    id: stored.id,
    version: stored.version,
    created_at: new Date(stored.createdAt),
    updated_at: new Date(stored.updatedAt),
  };
}

/** Returns the server-made part of a resource. */
export function serverFields(row: StoredRow): Stored {
  return {
    id: row.id,
    version: row.version,
    createdAt: formatInstant(row.created_at.getTime()),
    updatedAt: formatInstant(row.updated_at.getTime()),
  };
}

/** Makes the resource of a row: what the server made, and the fields, of which those that are null are left out. */
export function resourceOf<T extends object>(row: StoredRow, fields: T): Present<T> & Stored {
  const { id, version, createdAt, updatedAt } = serverFields(row);
  return { id, ...withoutNulls(fields), version, createdAt, updatedAt };
}

/** Returns an instant as a column has it. */
export function toDate(instant: Instant | undefined): Date | null {
  return instant === undefined ? null : new Date(parseInstant(instant));
}

/** Returns a column's instant as the wire has it. */
export function toInstant(date: Date | null): Instant | null {
  return date === null ? null : formatInstant(date.getTime());
}

/** The same object where what may be null may be absent instead. */
export type Present<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

/** Leaves out what is null: on the wire it is absent. */
export function withoutNulls<T extends object>(fields: T): Present<T> {
  // A loop, because a catalog is read through here, hundreds of thousands of rows at once.
  const kept: { [name: string]: unknown } = {};
  for (const name in fields) if (fields[name] !== null) kept[name] = fields[name];
  return kept as Present<T>;
}

/** Inserts any number of rows, each with every column of the table, in one statement. */
export async function insertRows(db: Knex, table: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  // One JSON parameter: a value per column and row would meet the protocol's limit of 65,535.
  const insert = statement(
    `insert into "${table}" select * from jsonb_populate_recordset(null::"${table}", $1::jsonb)`,
  );
  await execute(db, insert, [JSON.stringify(rows)]);
}

/** Writes any number of stored rows, each with every column of the table, in one statement. */
export async function updateRows(db: Knex, table: string, rows: readonly StoredRow[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first).map((column) => `"${column}"`);
  const update = statement(
    `update "${table}" set (${columns.join(', ')}) = row(${columns.map((column) => `written.${column}`).join(', ')})
     from jsonb_populate_recordset(null::"${table}", $1::jsonb) written
     where "${table}".provider_id = written.provider_id and "${table}".id = written.id`,
  );
  await execute(db, update, [JSON.stringify(rows)]);
}

/** Removes the rows with these ids. */
export async function deleteRows(db: Knex, table: string, providerId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const remove = statement(`delete from "${table}" where provider_id = $1 and id = any($2)`);
  await execute(db, remove, [providerId, [...ids]]);
}

const statements = new Map<string, Prepared>();

/** Returns a statement that names a table and its columns: there are few of them. */
export function statement(sql: string): Prepared {
  const known = statements.get(sql) ?? preparedStatement(sql);
  statements.set(sql, known);
  return known;
}

/** Keeps the rows whose column contains the text, in any case. */
export function whereContains(query: Knex.QueryBuilder, column: string, text: string): void {
  query.whereILike(column, `%${text.replace(/[\\%_]/g, '\\$&')}%`);
}
