import type { Knex } from 'knex';
import { deleteRows, insertRows, type StoredRow, updateRows } from '../database/rows';
import { lockProvider } from '../providers/providers';
import { CATALOG_TABLES, type CatalogRows } from './rows';

/**
 * Holds the whole catalog until the transaction ends: nobody else writes any of it. Rows before the provider, as every
 * writer takes them, so that writers do not wait for each other in a circle; and whole catalogs one after the other.
 */
export async function lockCatalog(trx: Knex.Transaction, providerId: string): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended(?, 0))`, [`catalog of ${providerId}`]);
  for (const table of Object.values(CATALOG_TABLES)) {
    await trx(table).where('provider_id', providerId).orderBy('id').select('id').forNoKeyUpdate();
  }
  await lockProvider(trx, providerId);
}

/** Writes what is different between the stored rows and the wanted ones; a few statements, however many rows there are. */
export async function writeCatalogRows(
  trx: Knex.Transaction,
  providerId: string,
  before: CatalogRows,
  after: CatalogRows,
): Promise<void> {
  const paths = changedPaths(before, after);
  await trx('upgrade_path_tags')
    .where('provider_id', providerId)
    .whereRaw('upgrade_path_id = any(?)', [[...paths]])
    .delete();
  for (const [list, table] of [
    ['tags', 'tags'],
    ['plans', 'plans'],
    ['promotions', 'promotions'],
    ['discounts', 'discounts'],
    ['relatedProducts', 'related_products'],
    ['upgradePaths', 'upgrade_paths'],
    ['conditions', 'conditions'],
  ] as const) {
    await writeRows(trx, providerId, table, before[list], after[list]);
  }
  const pathTags = after.pathTags.filter((row) => paths.has(row.upgrade_path_id));
  await insertRows(trx, 'upgrade_path_tags', pathTags);
}

async function writeRows(
  trx: Knex.Transaction,
  providerId: string,
  table: string,
  before: readonly StoredRow[],
  after: readonly StoredRow[],
): Promise<void> {
  const stored = new Map(before.map((row) => [row.id, row]));
  const wanted = new Set(after.map(({ id }) => id));
  const removed = before.filter(({ id }) => !wanted.has(id)).map(({ id }) => id);
  await deleteRows(trx, table, providerId, removed);
  // Before the new ones, which may take over a name.
  await updateRows(
    trx,
    table,
    after.filter((row) => stored.has(row.id) && stored.get(row.id) !== row),
  );
  await insertRows(
    trx,
    table,
    after.filter(({ id }) => !stored.has(id)),
  );
}

/** The upgrade paths whose tags are not what they were. */
function changedPaths(before: CatalogRows, after: CatalogRows): Set<string> {
  const stored = new Set(before.pathTags);
  return new Set(after.pathTags.filter((row) => !stored.has(row)).map((row) => row.upgrade_path_id));
}
