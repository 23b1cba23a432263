import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import type { RelatedProduct, RelatedProductInput } from '../../engine/rulebook/related-product';
import { lockedRow, type PageRequest, pageOf, type ResourceRef, type RowFilter } from '../database/requests';
import {
  deleteRows,
  insertRows,
  newRow,
  nextVersion,
  resourceOf,
  rowFrom,
  type StoredRow,
  updateRows,
} from '../database/rows';
import { conditionsOf, saveConditions } from './conditions';
import { sanitizedHtml } from './sanitized-html';

/** A row of `related_products`. */
export type RelatedProductRow = StoredRow & ReturnType<typeof toRelatedProductColumns>;

/** Lists a page of the provider's related products, each with its conditions. */
export async function listRelatedProducts(
  db: Knex,
  providerId: string,
  filter: RowFilter,
  slice: PageRequest,
): Promise<RelatedProduct[]> {
  const query = pageOf(db, 'related_products', providerId, filter, slice);
  return withConditions(db, providerId, await query.select<RelatedProductRow[]>('*'));
}

/** Reads one related product with its conditions. */
export async function getRelatedProduct(
  db: Knex,
  providerId: string,
  address: ResourceRef,
): Promise<RelatedProduct | undefined> {
  const rows = await db('related_products')
    .where('provider_id', providerId)
    .where(address)
    .select<RelatedProductRow[]>('*');
  return (await withConditions(db, providerId, rows))[0];
}

/** Reads and locks it until the transaction ends. */
export async function lockRelatedProduct(
  trx: Knex.Transaction,
  providerId: string,
  address: ResourceRef,
): Promise<RelatedProduct | undefined> {
  const row = await lockedRow<RelatedProductRow>(trx, 'related_products', providerId, address);
  return row && (await withConditions(trx, providerId, [row]))[0];
}

/** Saves a new related product with its conditions; its description is sanitised. */
export async function createRelatedProduct(
  trx: Knex.Transaction,
  providerId: string,
  input: RelatedProductInput,
  at: Date,
): Promise<RelatedProduct> {
  const row: RelatedProductRow = { ...newRow(providerId, at), ...toRelatedProductColumns(input) };
  await insertRows(trx, 'related_products', [row]);
  return saveNested(trx, row, undefined, input, at);
}

/** Writes a locked related product; its conditions become those of the input. */
export async function replaceRelatedProduct(
  trx: Knex.Transaction,
  providerId: string,
  stored: RelatedProduct,
  input: RelatedProductInput,
  at: Date,
): Promise<RelatedProduct> {
  const row: RelatedProductRow = { ...nextVersion(rowFrom(providerId, stored), at), ...toRelatedProductColumns(input) };
  await updateRows(trx, 'related_products', [row]);
  return saveNested(trx, row, stored, input, at);
}

/** Removes a locked related product with its conditions. */
export async function removeRelatedProduct(
  trx: Knex.Transaction,
  providerId: string,
  stored: RelatedProduct,
): Promise<void> {
  await deleteRows(trx, 'related_products', providerId, [stored.id]);
}

/** Returns the related product of a row and its conditions. */
export function toRelatedProduct(row: RelatedProductRow, conditions: Condition[] = []): RelatedProduct {
  return resourceOf(row, {
    key: row.key,
    name: row.name,
    title: row.title,
    language: row.language,
    action: row.action,
    descriptionHtml: row.description_html,
    imageUrl: row.image_url,
    metadata: row.metadata,
    line: row.line,
    autoAdd: row.auto_add,
    sort: row.sort,
    status: row.status,
    conditions,
  });
}

/** Returns the client-supplied fields of a related product as columns, with its defaults; its description is sanitised. */
export function toRelatedProductColumns(input: RelatedProductInput) {
  return {
    name: input.name,
    key: input.key ?? null,
    title: input.title ?? null,
    language: input.language ?? null,
    action: input.action,
    description_html: input.descriptionHtml ? sanitizedHtml(input.descriptionHtml) : null,
    image_url: input.imageUrl ?? null,
    metadata: input.metadata ?? null,
    line: input.line ?? null,
    auto_add: input.autoAdd ?? false,
    sort: input.sort ?? 0,
    status: input.status ?? 'active',
  };
}

async function saveNested(
  trx: Knex.Transaction,
  row: RelatedProductRow,
  stored: RelatedProduct | undefined,
  input: RelatedProductInput,
  at: Date,
): Promise<RelatedProduct> {
  const lists = new Map([[row.id, { stored: stored?.conditions ?? [], wanted: input.conditions ?? [] }]]);
  const { byOwner } = await saveConditions(trx, row.provider_id, 'related_product_id', lists, at);
  return toRelatedProduct(row, byOwner.get(row.id));
}

async function withConditions(
  db: Knex,
  providerId: string,
  rows: readonly RelatedProductRow[],
): Promise<RelatedProduct[]> {
  const ids = rows.map(({ id }) => id);
  const conditions = await conditionsOf(db, providerId, 'related_product_id', ids);
  return rows.map((row) => toRelatedProduct(row, conditions.get(row.id)));
}
