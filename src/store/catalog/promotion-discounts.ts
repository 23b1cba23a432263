import type { Knex } from 'knex';
import type { Discount, DiscountInput } from '../../engine/rulebook/discount';
import { deleteRows, groupBy, insertRows, nextVersion, updateRows } from '../database/rows';
import { saveConditions } from './conditions';
import { type DiscountRow, toDiscount, toDiscountColumns, withConditions } from './discount-rows';
import { diffList } from './nested-rows';

/** The discounts of these promotions by promotion, in order, with their conditions. */
export async function discountsOf(
  db: Knex,
  providerId: string,
  promotionIds: readonly string[],
): Promise<Map<string, Discount[]>> {
  const rows = await rowsOf(db, providerId, promotionIds);
  return groupByPromotion(await withConditions(db, providerId, rows));
}

/** Makes the discounts of a promotion what is wanted; runs inside the transaction that holds the promotion's row. */
export async function saveDiscounts(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  wanted: readonly DiscountInput[],
  at: Date,
): Promise<Discount[]> {
  const stored = await rowsOf(trx, providerId, [promotionId]);
  const ids = idsOf(wanted, stored);
  const { rows, added, altered, removed } = diffList(
    providerId,
    stored,
    wanted.map((discount, index) => ({ id: ids[index], columns: toDiscountColumns(promotionId, discount) })),
    at,
  );
  await deleteRows(trx, 'discounts', providerId, removed);
  // Before the new ones, which may take over a key.
  await updateRows(trx, 'discounts', altered);
  await insertRows(trx, 'discounts', added);
  const conditions = new Map(rows.map((row, index) => [row.id, wanted[index]?.conditions ?? []]));
  const { byOwner, changed } = await saveConditions(trx, providerId, 'discount_id', conditions, at);
  const isTouched = (row: DiscountRow) => changed.has(row.id) && row.updated_at !== at;
  const touched = new Map(rows.filter(isTouched).map((row) => [row.id, { ...row, ...nextVersion(row, at) }]));
  await updateRows(trx, 'discounts', [...touched.values()]);
  return rows.map((row) => toDiscount(touched.get(row.id) ?? row, byOwner.get(row.id)));
}

/** The stored discount that each wanted one is: the one with its id, or without an id the one with its key. */
function idsOf(wanted: readonly DiscountInput[], stored: readonly DiscountRow[]): (string | undefined)[] {
  const claimed = new Set(wanted.map(({ id }) => id));
  const byKey = new Map(stored.filter(({ id }) => !claimed.has(id)).map(({ key, id }) => [key ?? undefined, id]));
  return wanted.map(({ id, key }) => id ?? (key === undefined ? undefined : byKey.get(key)));
}

/** Discounts of promotions by promotion, in their order. */
export function groupByPromotion(discounts: readonly Discount[]): Map<string, Discount[]> {
  return groupBy(discounts, ({ promotionId }) => promotionId ?? null);
}

async function rowsOf(db: Knex, providerId: string, promotionIds: readonly string[]): Promise<DiscountRow[]> {
  if (promotionIds.length === 0) return [];
  return db<DiscountRow>('discounts')
    .where('provider_id', providerId)
    .whereRaw('promotion_id = any(?)', [[...promotionIds]])
    .orderBy(['promotion_id', 'position', 'id'])
    .select<DiscountRow[]>('*');
}
