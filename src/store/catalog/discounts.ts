import type { Knex } from 'knex';
import type { Discount, DiscountInput } from '../../engine/rulebook/discount';
import { RequestRefused } from '../../engine/vocabulary/problem';
import type { Status } from '../../engine/vocabulary/resource';
import { Conflict } from '../database/errors';
import { addressOf, lockedRow, type PageRequest, pageOf, type ResourceRef } from '../database/requests';
import { deleteRows, insertRows, newRow, nextVersion, updateRows } from '../database/rows';
import { type PromotionState, recordPromotions } from '../events/promotion-events';
import { redeemedDiscounts } from '../redemptions/usage';
import { saveConditions } from './conditions';
import { type DiscountRow, toDiscount, toDiscountColumns, withConditions } from './discount-rows';

/** Which discounts a list shows. */
export interface DiscountFilter {
  /** Those of this promotion: its id, or `key:` and its key. */
  promotionId?: string | undefined;
  /** Global discounts, or only those of promotions. */
  global?: boolean | undefined;
  status?: Status | undefined;
  /** Part of the name. */
  q?: string | undefined;
}

/** Lists a page of the provider's discounts, each with its conditions. */
export async function listDiscounts(
  db: Knex,
  providerId: string,
  filter: DiscountFilter,
  slice: PageRequest,
): Promise<Discount[]> {
  const query = pageOf(db, 'discounts', providerId, filter, slice);
  if (filter.global !== undefined) query.whereRaw(`promotion_id is ${filter.global ? '' : 'not'} null`);
  if (filter.promotionId !== undefined) {
    const promotion = db('promotions').where('provider_id', providerId).where(addressOf(filter.promotionId));
    query.whereIn('promotion_id', promotion.select('id'));
  }
  return withConditions(db, providerId, await query.select<DiscountRow[]>('*'));
}

/** Reads one discount with its conditions. */
export async function getDiscount(db: Knex, providerId: string, address: ResourceRef): Promise<Discount | undefined> {
  const rows = await db<DiscountRow>('discounts')
    .where('provider_id', providerId)
    .where(address)
    .select<DiscountRow[]>('*');
  return (await withConditions(db, providerId, rows))[0];
}

/** Reads and locks it, with its promotion until the transaction ends. */
export async function lockDiscount(
  trx: Knex.Transaction,
  providerId: string,
  address: ResourceRef,
): Promise<Discount | undefined> {
  // Promotions before their discounts, as everywhere, so that writers do not wait for each other in a circle.
  const promotion = trx('discounts').where('provider_id', providerId).where(address).select('promotion_id');
  await trx('promotions').where('provider_id', providerId).whereIn('id', promotion).select('id').forUpdate();
  const row = await lockedRow<DiscountRow>(trx, 'discounts', providerId, address);
  return row && (await withConditions(trx, providerId, [row]))[0];
}

/** Reads one discount without its conditions; until the transaction ends nobody removes it. */
export async function lockDiscountForGrant(
  trx: Knex.Transaction,
  providerId: string,
  id: string,
): Promise<Discount | undefined> {
  const row = await trx<DiscountRow>('discounts')
    .where({ provider_id: providerId, id })
    .forShare()
    .first<DiscountRow | undefined>('*');
  return row && toDiscount(row);
}

/** Saves a new discount with its conditions: at the end of its promotion's list, or as a global one. */
export async function createDiscount(
  trx: Knex.Transaction,
  providerId: string,
  input: DiscountInput,
  at: Date,
): Promise<Discount> {
  const promotionId = input.promotionId ?? null;
  const position = promotionId === null ? 0 : await joinPromotion(trx, providerId, promotionId, at);
  const row: DiscountRow = { ...newRow(providerId, at), position, ...toDiscountColumns(promotionId, input) };
  await insertRows(trx, 'discounts', [row]);
  const { byOwner } = await saveConditions(
    trx,
    providerId,
    'discount_id',
    new Map([[row.id, { stored: [], wanted: input.conditions ?? [] }]]),
    at,
  );
  return toDiscount(row, byOwner.get(row.id));
}

/** Writes a locked discount and its conditions; without `promotionId` it stays where it is. */
export async function replaceDiscount(
  trx: Knex.Transaction,
  providerId: string,
  stored: Discount,
  input: DiscountInput,
  at: Date,
): Promise<Discount> {
  const promotionId = input.promotionId ?? stored.promotionId ?? null;
  const known = await trx<DiscountRow>('discounts')
    .where({ provider_id: providerId, id: stored.id })
    .first<DiscountRow>('*');
  const moves = promotionId !== null && promotionId !== known.promotion_id;
  const position = moves ? await joinPromotion(trx, providerId, promotionId, at) : known.position;
  const row: DiscountRow = { ...nextVersion(known, at), position, ...toDiscountColumns(promotionId, input) };
  await updateRows(trx, 'discounts', [row]);
  if (known.promotion_id !== null) await touchPromotion(trx, providerId, known.promotion_id, at);
  const { byOwner } = await saveConditions(
    trx,
    providerId,
    'discount_id',
    new Map([[row.id, { stored: stored.conditions ?? [], wanted: input.conditions ?? [] }]]),
    at,
  );
  return toDiscount(row, byOwner.get(row.id));
}

/** Removes a locked discount; one that was redeemed stays for those who keep it and for its history. */
export async function removeDiscount(
  trx: Knex.Transaction,
  providerId: string,
  stored: Discount,
  at: Date,
): Promise<void> {
  if ((await redeemedDiscounts(trx, providerId, [stored.id])).size > 0) {
    throw new Conflict('discount_redeemed', 'The discount has been redeemed; archive it instead.');
  }
  if (stored.promotionId !== undefined) await touchPromotion(trx, providerId, stored.promotionId, at);
  await deleteRows(trx, 'discounts', providerId, [stored.id]);
}

/** Holds the promotion that a discount is put into and answers the place at the end of its list. */
async function joinPromotion(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  at: Date,
): Promise<number> {
  if (!(await touchPromotion(trx, providerId, promotionId, at))) {
    const detail = 'does not name a promotion';
    throw new RequestRefused('invalid_request', [{ pointer: '/promotionId', code: 'unknown_promotion', detail }]);
  }
  const last = await trx('discounts')
    .where({ provider_id: providerId, promotion_id: promotionId })
    .max<{ position: number | null }>('position as position')
    .first();
  return (last?.position ?? -1) + 1;
}

/** A promotion is written with its discounts: its version says so. */
async function touchPromotion(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  at: Date,
): Promise<boolean> {
  const [touched] = await trx('promotions')
    .where({ provider_id: providerId, id: promotionId })
    .update({ version: trx.raw('version + 1'), updated_at: at })
    .returning<PromotionState[]>(['id', 'key', 'name', 'status', 'starts_at', 'ends_at', 'version']);
  if (touched === undefined) return false;
  await recordPromotions(trx, providerId, [{ before: touched.status, after: touched }]);
  return true;
}
