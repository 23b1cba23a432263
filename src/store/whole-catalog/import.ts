import type { Knex } from 'knex';
import type { ConditionRow } from '../catalog/conditions';
import type { DiscountRow } from '../catalog/discount-rows';
import { deleteRows, insertRows, type StoredRow, updateRows } from '../database/rows';
import { freeKeys, freeNames } from '../database/unique-names';
import { recordPromotions } from '../events/promotion-events';
import { lockProvider } from '../providers/providers';
import type { Steps } from '../slices';
import { CATALOG_KINDS } from './kinds';
import { nothingWritten, type WrittenIds } from './resources';
import { CATALOG_TABLES, type CatalogRows } from './rows';

/** A row that may have a key or a name of its own. */
type NamedRow = StoredRow & { key?: string | null; name?: string };

/**
 * Holds the whole catalog until the transaction ends: nobody else writes any of it. Rows before the provider, as every
 * writer takes them, so that writers do not wait for each other in a circle; and whole catalogs one after the other.
 */
export async function lockCatalog(trx: Knex.Transaction, providerId: string): Promise<void> {
  // Taken where the provider's rows are, by whichever node we came.
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0)) from providers where id = ?', [
    `catalog of ${providerId}`,
    providerId,
  ]);
  for (const table of Object.values(CATALOG_TABLES)) {
    // Counted, so that no list of them is sent.
    const rows = trx(table).where('provider_id', providerId).orderBy('id').select('id').forNoKeyUpdate();
    await trx.count().from(rows.as('held'));
  }
  await lockProvider(trx, providerId);
}

/** Writes what is different between the stored rows and the wanted ones, hundreds of rows a statement. */
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
  for (const { list, table } of CATALOG_KINDS) await writeRows(trx, providerId, table, before[list], after[list]);
  await writeRows(trx, providerId, 'conditions', before.conditions, after.conditions);
  const pathTags = after.pathTags.filter((row) => paths.has(row.upgrade_path_id));
  for (const part of inParts(pathTags)) await insertRows(trx, 'upgrade_path_tags', part);
  const stored = new Map(before.promotions.map((row) => [row.id, row]));
  const written = after.promotions.filter((row) => stored.get(row.id) !== row);
  await recordPromotions(
    trx,
    providerId,
    written.map((row) => ({ before: stored.get(row.id)?.status, after: row })),
  );
}

async function writeRows(
  trx: Knex.Transaction,
  providerId: string,
  table: string,
  before: readonly NamedRow[],
  after: readonly NamedRow[],
): Promise<void> {
  const stored = new Map(before.map((row) => [row.id, row]));
  const wanted = new Set(after.map(({ id }) => id));
  const removed = before.filter(({ id }) => !wanted.has(id)).map(({ id }) => id);
  await deleteRows(trx, table, providerId, removed);
  // Before the new ones, which may take over a name.
  const altered = after.filter((row) => stored.has(row.id) && stored.get(row.id) !== row);
  await freeUniqueNames(trx, table, altered, stored);
  for (const part of inParts(altered)) await updateRows(trx, table, part);
  for (const part of inParts(after.filter(({ id }) => !stored.has(id)))) await insertRows(trx, table, part);
}

/** So many rows go into one statement: what is written as JSON at once holds up everybody else. */
const ROWS_AT_ONCE = 200;

function* inParts<R>(rows: readonly R[]): Generator<readonly R[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE);
}

/** A document may exchange the names of two tags, and the keys of two resources. */
async function freeUniqueNames(
  trx: Knex.Transaction,
  table: string,
  altered: readonly NamedRow[],
  stored: ReadonlyMap<string, NamedRow>,
): Promise<void> {
  const gets = <Name extends 'key' | 'name'>(name: Name) =>
    altered.filter((row): row is NamedRow & Required<Pick<NamedRow, Name>> => {
      const value = row[name];
      return value !== undefined && value !== stored.get(row.id)?.[name];
    });
  await freeKeys(trx, table, gets('key'));
  if (table === 'tags') await freeNames(trx, table, gets('name'));
}

/** Returns the upgrade paths whose tags are not what they were. */
function changedPaths(before: CatalogRows, after: CatalogRows): Set<string> {
  const stored = new Set(before.pathTags);
  return new Set(after.pathTags.filter((row) => !stored.has(row)).map((row) => row.upgrade_path_id));
}

/** Finds the resources of which a row is not what it was; of a tag those that name it. */
export function* writtenInSteps(before: CatalogRows, after: CatalogRows): Steps<WrittenIds> {
  const written = nothingWritten();
  const discounts = new Map([...before.discounts, ...after.discounts].map((row) => [row.id, row]));
  const markDiscount = ({ id, promotion_id }: DiscountRow): void => {
    if (promotion_id === null) written.discount.add(id);
    else written.promotion.add(promotion_id);
  };
  const markOwner = ({ promotion_id, discount_id, related_product_id }: ConditionRow): void => {
    const discount = discounts.get(discount_id ?? '');
    if (promotion_id !== null) written.promotion.add(promotion_id);
    if (discount !== undefined) markDiscount(discount);
    if (related_product_id !== null) written.relatedProduct.add(related_product_id);
  };
  yield;
  for (const { id } of different(before.promotions, after.promotions)) written.promotion.add(id);
  yield;
  for (const row of different(before.discounts, after.discounts)) markDiscount(row);
  yield;
  for (const row of different(before.conditions, after.conditions)) markOwner(row);
  yield;
  for (const { id } of different(before.relatedProducts, after.relatedProducts)) written.relatedProduct.add(id);
  for (const { id } of different(before.plans, after.plans)) written.plan.add(id);
  for (const { id } of different(before.conditionTypes, after.conditionTypes)) written.conditionType.add(id);
  for (const { id } of different(before.discountTypes, after.discountTypes)) written.discountType.add(id);
  for (const { id } of different(before.upgradePaths, after.upgradePaths)) written.upgradePath.add(id);
  for (const row of different(before.pathTags, after.pathTags)) written.upgradePath.add(row.upgrade_path_id);
  const tags = new Set(different(before.tags, after.tags).map(({ id }) => id));
  for (const row of before.pathTags) if (tags.has(row.tag_id ?? '')) written.upgradePath.add(row.upgrade_path_id);
  return written;
}

/** Returns the rows of either state that are not the same object in the other. */
function different<R>(before: readonly R[], after: readonly R[]): R[] {
  const [stored, wanted] = [new Set(before), new Set(after)];
  return [...before.filter((row) => !wanted.has(row)), ...after.filter((row) => !stored.has(row))];
}
