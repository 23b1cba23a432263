import type { Knex } from 'knex';
import type { Instant } from '../../engine/time/instant';
import { normalizeCode } from '../../engine/vocabulary/code-form';
import { hashOfCustomer } from '../customer-hash';
import { Conflict } from '../database/errors';
import type { PageRequest, ResourceRef } from '../database/requests';
import { toDate } from '../database/rows';
import { redemptionFacts } from '../events/facts';
import { recordEvents } from '../events/record-events';
import { releaseUses, revokeGrantsOf } from './expired-holds';
import {
  ERASED,
  HAS_EXPIRED,
  HOLDS_ORDER,
  REDEMPTION_COLUMNS,
  type RedemptionRow,
  type RedemptionStatus,
} from './redemption-rows';

/** Which redemptions a list shows. */
export interface RedemptionFilter {
  promotionId?: string | undefined;
  /** The code as entered. */
  promoCode?: string | undefined;
  customerId?: string | undefined;
  orderId?: string | undefined;
  status?: RedemptionStatus | undefined;
  /** Created at this instant or later. */
  from?: Instant | undefined;
  /** Created before this instant. */
  to?: Instant | undefined;
}

/** Lists a page of the provider's redemptions, oldest first. */
export async function listRedemptions(
  db: Knex,
  providerId: string,
  filter: RedemptionFilter,
  { limit, after }: PageRequest,
): Promise<RedemptionRow[]> {
  const query = db('redemptions as r')
    .where('r.provider_id', providerId)
    .orderBy('r.id')
    .limit(limit)
    .select(db.raw(`json_build_object(${REDEMPTION_COLUMNS}) as row`));
  if (after !== undefined) query.where('r.id', '>', after);
  if (filter.customerId !== undefined) query.where('r.customer_id', filter.customerId);
  if (filter.orderId !== undefined) query.where('r.order_id', filter.orderId);
  const [from, to] = [toDate(filter.from), toDate(filter.to)];
  if (from !== null) query.where('r.created_at', '>=', from);
  if (to !== null) query.where('r.created_at', '<', to);
  if (filter.status !== undefined) whereStatus(query, filter.status);
  if (filter.promotionId !== undefined) whereUsed(db, query, 'promotion', filter.promotionId);
  if (filter.promoCode !== undefined) {
    const code = db('promo_codes')
      .where({ provider_id: providerId, code_key: normalizeCode(filter.promoCode) })
      .select('id');
    whereUsed(db, query, 'code', code);
  }
  const rows: { row: RedemptionRow }[] = await query;
  return rows.map(({ row }) => row);
}

/** Reads one redemption; its key is the order: the one that has it now, else the last one that had it. */
export async function getRedemption(
  db: Knex,
  providerId: string,
  address: ResourceRef,
): Promise<RedemptionRow | undefined> {
  return first(db, { provider_id: providerId, ...columns(address) });
}

/**
 * Reads one redemption, held until the transaction ends: locks first and reads then, so that the time of the reading
 * tells whether a hold has expired.
 */
export async function lockRedemption(
  trx: Knex.Transaction,
  providerId: string,
  address: ResourceRef,
): Promise<RedemptionRow | undefined> {
  await trx('redemptions')
    .where({ provider_id: providerId, ...columns(address) })
    .orderBy('id')
    .forUpdate()
    .select('id');
  return getRedemption(trx, providerId, address);
}

/** Returns whether a redemption was made by the request of this hash; of an erased one the hash is hashed once more, with the secret. */
export async function isRequestOf(db: Knex, row: RedemptionRow, requestHash: string): Promise<boolean> {
  if (!row.request_hash.startsWith(ERASED)) return row.request_hash === requestHash;
  const [erased] = await db('customer_keys as key')
    .where('provider_id', row.provider_id)
    .select<{ hash: string }[]>(db.raw(`${hashOfCustomer('key', '?::text')} as hash`, [requestHash]));
  return row.request_hash === `${ERASED}${erased?.hash}`;
}

function columns(address: ResourceRef): Record<string, string> {
  return 'id' in address ? { id: address.id } : { order_id: address.key };
}

/** Confirms a locked hold that has not expired; a confirmed redemption stays as it is. */
export async function confirmRedemption(trx: Knex.Transaction, row: RedemptionRow, at: Date): Promise<RedemptionRow> {
  if (row.status === 'confirmed') return row;
  if (row.status !== 'held') {
    throw new Conflict(`redemption_${row.status}`, `The redemption is ${row.status}; it can no longer be confirmed.`);
  }
  return settle(trx, row, 'confirmed', at);
}

/** Cancels a locked redemption, held or confirmed, and gives its uses back, once; a cancelled or expired one stays as it is. */
export async function cancelRedemption(trx: Knex.Transaction, row: RedemptionRow, at: Date): Promise<RedemptionRow> {
  if (row.status === 'cancelled' || row.status === 'expired') return row;
  assertNothingReturned(row);
  await releaseUses(trx, row.provider_id, [row.id]);
  const cancelled = await settle(trx, row, 'cancelled', at);
  await revokeGrantsOf(trx, row.provider_id, [row.id]);
  return cancelled;
}

/** Refuses to change or cancel an order of which something came back: what was paid back for would be so twice. */
export function assertNothingReturned(row: RedemptionRow): void {
  if (row.returned === null) return;
  throw new Conflict('redemption_returned', 'A part of the order has been returned; return what is left of it.');
}

async function first(db: Knex, where: Record<string, string>): Promise<RedemptionRow | undefined> {
  const found: { row: RedemptionRow } | undefined = await db('redemptions')
    .where(where)
    .orderByRaw(`${HOLDS_ORDER} desc, id desc`)
    .first(db.raw(`json_build_object(${REDEMPTION_COLUMNS}) as row`));
  return found?.row;
}

async function settle(
  trx: Knex.Transaction,
  row: RedemptionRow,
  status: 'confirmed' | 'cancelled',
  at: Date,
): Promise<RedemptionRow> {
  const version = row.version + 1;
  await trx('redemptions')
    .where({ provider_id: row.provider_id, id: row.id })
    .update({ status, version, updated_at: at });
  await recordEvents(trx, row.provider_id, [{ type: `redemption.${status}`, data: redemptionFacts(row) }]);
  return { ...row, status, version, updated_at: at.toISOString() };
}

function whereStatus(query: Knex.QueryBuilder, status: RedemptionStatus): void {
  if (status === 'held') query.where('r.status', 'held').whereRaw('r.expires_at > clock_timestamp()');
  else if (status !== 'expired') query.where('r.status', status);
  else query.whereRaw(`(r.status = 'expired' or ${HAS_EXPIRED})`);
}

function whereUsed(db: Knex, query: Knex.QueryBuilder, kind: string, subject: string | Knex.QueryBuilder): void {
  query.whereExists(
    db('redemption_uses as u')
      .whereRaw('u.provider_id = r.provider_id and u.redemption_id = r.id')
      .where('u.kind', kind)
      // What a replaced order no longer uses stays with 0.
      .where('u.amount', '>', 0)
      .where('u.subject', subject as string),
  );
}
