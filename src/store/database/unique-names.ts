import type { Knex } from 'knex';
import type { StoredRow } from './rows';

/**
 * Takes the keys from the stored rows that are to have another one, so that rows that are written together may exchange
 * theirs: a unique constraint is judged row by row.
 */
export async function freeKeys(
  trx: Knex.Transaction,
  table: string,
  rows: readonly (StoredRow & { key: string | null })[],
): Promise<void> {
  if (rows.length < 2) return;
  await trx.raw(
    `update ?? stored set key = null
     from jsonb_populate_recordset(null::??, ?::jsonb) written
     where stored.provider_id = written.provider_id and stored.id = written.id
       and stored.key is distinct from written.key and stored.key is not null`,
    [table, table, JSON.stringify(rows)],
  );
}

/** Returns the same for their names, which cannot be absent: until they are written each is named after its id. */
export async function freeNames(
  trx: Knex.Transaction,
  table: string,
  rows: readonly (StoredRow & { name: string })[],
): Promise<void> {
  if (rows.length < 2) return;
  await trx.raw(
    `update ?? stored set name = chr(1) || stored.id
     from jsonb_populate_recordset(null::??, ?::jsonb) written
     where stored.provider_id = written.provider_id and stored.id = written.id and stored.name <> written.name`,
    [table, table, JSON.stringify(rows)],
  );
}
