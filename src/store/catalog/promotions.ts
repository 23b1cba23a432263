import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import type { Discount } from '../../engine/rulebook/discount';
import type { Promotion, PromotionFields, PromotionInput } from '../../engine/rulebook/promotion';
import type { Instant } from '../../engine/time/instant';
import { normalizeCode } from '../../engine/vocabulary/code-form';
import type { Status } from '../../engine/vocabulary/resource';
import { Conflict } from '../database/errors';
import { pipelined } from '../database/pipelined';
import { lockedRow, type PageRequest, pageOf, type ResourceRef } from '../database/requests';
import {
  deleteRows,
  insertRows,
  newRow,
  nextVersion,
  resourceOf,
  rowFrom,
  type StoredRow,
  toDate,
  toInstant,
  updateRows,
  withoutNulls,
} from '../database/rows';
import { recordPromotions, recordRemovedPromotion } from '../events/promotion-events';
import { isRedeemed, redeemedDiscounts } from '../redemptions/usage';
import { saveConditions } from './conditions';
import { type Nested, nestedOf, saveDiscounts } from './promotion-discounts';

/** A row of `promotions`. */
export type PromotionRow = StoredRow & ReturnType<typeof toPromotionColumns>;

/** Which promotions a list shows. */
export interface PromotionFilter {
  status?: Status | undefined;
  /** Of status active, and this instant in their window. */
  activeAt?: Instant | undefined;
  /** Part of the name. */
  q?: string | undefined;
  /** The one that this code opens. */
  promoCode?: string | undefined;
}

/** Lists a page of the provider's promotions, each with its conditions and discounts. */
export async function listPromotions(
  db: Knex,
  providerId: string,
  filter: PromotionFilter,
  slice: PageRequest,
): Promise<Promotion[]> {
  const query = pageOf(db, 'promotions', providerId, filter, slice);
  const at = toDate(filter.activeAt);
  if (at !== null) {
    query.where('status', 'active');
    query.whereRaw('(starts_at is null or starts_at <= ?) and (ends_at is null or ends_at > ?)', [at, at]);
  }
  if (filter.promoCode !== undefined) {
    const code = db('promo_codes').where({ provider_id: providerId, code_key: normalizeCode(filter.promoCode) });
    query.whereIn('id', code.select('promotion_id'));
  }
  return withNested(db, providerId, await query.select<PromotionRow[]>('*'));
}

/** Returns the chosen promotions, each with its conditions and discounts. */
export async function promotionsOf(
  db: Knex,
  providerId: string,
  choose: (query: Knex.QueryBuilder) => unknown,
): Promise<Promotion[]> {
  const query = db<PromotionRow>('promotions').where('provider_id', providerId);
  choose(query);
  return withNested(db, providerId, await query.select<PromotionRow[]>('*'));
}

/** Reads one promotion with its conditions and discounts. */
export async function getPromotion(db: Knex, providerId: string, address: ResourceRef): Promise<Promotion | undefined> {
  const rows = await db('promotions').where('provider_id', providerId).where(address).select<PromotionRow[]>('*');
  return (await withNested(db, providerId, rows))[0];
}

/** Reads and locks it until the transaction ends. */
export async function lockPromotion(
  trx: Knex.Transaction,
  providerId: string,
  address: ResourceRef,
): Promise<Promotion | undefined> {
  const lock = () => lockedRow<PromotionRow>(trx, 'promotions', providerId, address);
  // What is nested is read after the row is locked; with its id it is asked for before that is answered.
  if ('key' in address) {
    const row = await lock();
    return row && toNested(row, await nestedOf(trx, providerId, [row.id]));
  }
  const [row, nested] = await pipelined(trx, lock, () => nestedOf(trx, providerId, [address.id]));
  return row && toNested(row, nested);
}

/** Saves a new promotion with its conditions and discounts. */
export async function createPromotion(
  trx: Knex.Transaction,
  providerId: string,
  input: PromotionInput,
  at: Date,
): Promise<Promotion> {
  const row: PromotionRow = { ...newRow(providerId, at), ...toPromotionColumns(input) };
  await pipelined(
    trx,
    () => insertRows(trx, 'promotions', [row]),
    () => recordPromotions(trx, providerId, [{ after: row }]),
  );
  return saveNested(trx, row, undefined, input, at);
}

/** Writes a locked promotion; its conditions and discounts become those of the input. */
export async function replacePromotion(
  trx: Knex.Transaction,
  providerId: string,
  stored: Promotion,
  input: PromotionInput,
  at: Date,
): Promise<Promotion> {
  const row: PromotionRow = { ...nextVersion(rowFrom(providerId, stored), at), ...toPromotionColumns(input) };
  await pipelined(
    trx,
    () => updateRows(trx, 'promotions', [row]),
    () => recordPromotions(trx, providerId, [{ before: stored.status, after: row }]),
  );
  return saveNested(trx, row, stored, input, at);
}

/** Removes a locked promotion with everything in it; one that was redeemed stays for its history. */
export async function removePromotion(trx: Knex.Transaction, providerId: string, stored: Promotion): Promise<void> {
  const discounts = await redeemedDiscounts(
    trx,
    providerId,
    stored.discounts.map(({ id }) => id),
  );
  if (discounts.size > 0 || (await isRedeemed(trx, providerId, [stored.id]))) {
    throw new Conflict('promotion_redeemed', 'The promotion has been redeemed; archive it instead.');
  }
  await deleteRows(trx, 'promotions', providerId, [stored.id]);
  await recordRemovedPromotion(trx, providerId, { ...rowFrom(providerId, stored), ...toPromotionColumns(stored) });
}

/** Returns the promotion of a row and what is nested in it. */
export function toPromotion(row: PromotionRow, conditions: Condition[] = [], discounts: Discount[] = []): Promotion {
  const limits = withoutNulls({ total: row.limit_total, perCustomer: row.limit_per_customer, budget: row.budget });
  return resourceOf(row, {
    key: row.key,
    name: row.name,
    title: row.title,
    billingDescription: row.billing_description,
    note: row.note,
    metadata: row.metadata,
    status: row.status,
    startsAt: toInstant(row.starts_at),
    endsAt: toInstant(row.ends_at),
    priority: row.priority,
    exclusive: row.exclusive,
    advertise: row.advertise,
    stackingGroup: row.stacking_group,
    plans: row.plans,
    limits: Object.keys(limits).length === 0 ? null : limits,
    conditions,
    discounts,
  });
}

/** Returns the client-supplied fields of a promotion itself as columns, with its defaults. */
export function toPromotionColumns(input: PromotionFields) {
  return {
    name: input.name,
    key: input.key ?? null,
    title: input.title ?? null,
    billing_description: input.billingDescription ?? null,
    note: input.note ?? null,
    metadata: input.metadata ?? null,
    status: input.status ?? 'active',
    starts_at: toDate(input.startsAt),
    ends_at: toDate(input.endsAt),
    priority: input.priority ?? 0,
    exclusive: input.exclusive ?? false,
    advertise: input.advertise ?? false,
    stacking_group: input.stackingGroup ?? null,
    plans: input.plans ?? null,
    limit_total: input.limits?.total ?? null,
    limit_per_customer: input.limits?.perCustomer ?? null,
    budget: input.limits?.budget ?? null,
  };
}

async function saveNested(
  trx: Knex.Transaction,
  row: PromotionRow,
  stored: Promotion | undefined,
  input: PromotionInput,
  at: Date,
): Promise<Promotion> {
  const conditions = { stored: stored?.conditions ?? [], wanted: input.conditions ?? [] };
  const discounts = { stored: stored?.discounts ?? [], wanted: input.discounts ?? [] };
  const { byOwner } = await saveConditions(trx, row.provider_id, 'promotion_id', new Map([[row.id, conditions]]), at);
  return toPromotion(row, byOwner.get(row.id), await saveDiscounts(trx, row.provider_id, row.id, discounts, at));
}

/** Returns the promotions of rows, each with its conditions and discounts. */
export async function withNested(db: Knex, providerId: string, rows: readonly PromotionRow[]): Promise<Promotion[]> {
  const nested = await nestedOf(
    db,
    providerId,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => toNested(row, nested));
}

function toNested(row: PromotionRow, { conditions, discounts }: Nested): Promotion {
  return toPromotion(row, conditions.get(row.id), discounts.get(row.id));
}
