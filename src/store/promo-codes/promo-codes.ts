import type { Knex } from 'knex';
import type { PromoCode, PromoCodeFields, PromoCodeInput } from '../../engine/rulebook/promo-code';
import { normalizeCode, visibleCode } from '../../engine/vocabulary/code-form';
import { RequestRefused } from '../../engine/vocabulary/problem';
import type { Status } from '../../engine/vocabulary/resource';
import { Conflict, NotFound } from '../database/errors';
import type { PageRequest, ResourceRef } from '../database/requests';
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
  whereContains,
} from '../database/rows';
import { EXPIRED_USES, isRedeemed } from '../redemptions/usage';

/** A row of `promo_codes`; an absent hash of an erased customer stays as it is. */
export type PromoCodeRow = StoredRow & ReturnType<typeof toCodeColumns> & { customer_hash?: string | null };

/** Which promo codes a list shows. */
export interface PromoCodeFilter {
  status?: Status | undefined;
  /** Part of the code. */
  q?: string | undefined;
  batch?: string | undefined;
}

type CountedRow = PromoCodeRow & { redemptions: number };

/** Returns the id of the promotion whose codes a path is about; it must exist. */
export async function promotionOfCodes(db: Knex, providerId: string, address: ResourceRef): Promise<string> {
  const row = await db('promotions')
    .where('provider_id', providerId)
    .where(address)
    .first<{ id: string } | undefined>('id');
  if (row === undefined) throw new NotFound();
  return row.id;
}

/** Lists a page of a promotion's codes, each with its uses. */
export async function listPromoCodes(
  db: Knex,
  providerId: string,
  promotionId: string,
  filter: PromoCodeFilter,
  slice: PageRequest,
): Promise<PromoCode[]> {
  const query = countedCodes(db, providerId).where({ promotion_id: promotionId }).orderBy('code.id').limit(slice.limit);
  if (slice.after !== undefined) query.where('code.id', '>', slice.after);
  if (filter.status !== undefined) query.where('status', filter.status);
  if (filter.batch !== undefined) query.where('batch', filter.batch);
  if (filter.q !== undefined) whereContains(query, 'code', filter.q);
  return ((await query) as CountedRow[]).map((row) => toPromoCode(row, row.redemptions));
}

/** Returns a part of the codes, of any promotion, that only this customer may use. */
export async function codesOfCustomer(
  db: Knex,
  providerId: string,
  customerId: string,
  slice: PageRequest,
): Promise<PromoCode[]> {
  const query = countedCodes(db, providerId)
    .where('code.customer_id', customerId)
    .orderBy('code.id')
    .limit(slice.limit);
  if (slice.after !== undefined) query.where('code.id', '>', slice.after);
  return ((await query) as CountedRow[]).map((row) => toPromoCode(row, row.redemptions));
}

/** Reads one code of a promotion with its uses; its key is the code itself. */
export async function getPromoCode(
  db: Knex,
  providerId: string,
  promotionId: string,
  address: ResourceRef,
): Promise<PromoCode | undefined> {
  const [row] = (await countedCodes(db, providerId).where(codeAt(promotionId, address))) as CountedRow[];
  return row && toPromoCode(row, row.redemptions);
}

/** Reads and locks it until the transaction ends. */
export async function lockPromoCode(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  address: ResourceRef,
): Promise<PromoCode | undefined> {
  await trx('promo_codes as code')
    .where('code.provider_id', providerId)
    .where(codeAt(promotionId, address))
    .select('code.id')
    .forUpdate();
  return getPromoCode(trx, providerId, promotionId, address);
}

/** Saves a new code of a promotion. */
export async function createPromoCode(
  trx: Knex.Transaction,
  providerId: string,
  promotionId: string,
  input: PromoCodeInput,
  at: Date,
): Promise<PromoCode> {
  const row: PromoCodeRow = { ...newRow(providerId, at), ...toCodeColumns(promotionId, input) };
  await insertRows(trx, 'promo_codes', [row]);
  return toPromoCode(row, 0);
}

/** Writes a locked code; its uses stay. */
export async function replacePromoCode(
  trx: Knex.Transaction,
  providerId: string,
  stored: PromoCode,
  input: PromoCodeInput,
  at: Date,
): Promise<PromoCode> {
  const row: PromoCodeRow = {
    ...nextVersion(rowFrom(providerId, stored), at),
    ...toCodeColumns(stored.promotionId, input),
    // Who is erased stays the only one who may use it, until somebody else is named.
    ...(input.customerId !== undefined && { customer_hash: null }),
  };
  await updateRows(trx, 'promo_codes', [row]);
  return toPromoCode(row, stored.redemptions);
}

/** Removes a locked code; one that was redeemed stays for its history. */
export async function removePromoCode(trx: Knex.Transaction, providerId: string, stored: PromoCode): Promise<void> {
  if (await isRedeemed(trx, providerId, [stored.id])) {
    throw new Conflict('promo_code_redeemed', 'The code has been redeemed; archive it instead.');
  }
  await deleteRows(trx, 'promo_codes', providerId, [stored.id]);
}

/** What may be changed of all codes of a batch; `null` stands for the default. */
export interface BatchChange {
  status?: Status | null;
  startsAt?: string | null;
  endsAt?: string | null;
}

/** Pauses or re-dates all codes of a batch, and returns how many there are. */
export async function changeBatch(
  trx: Knex.Transaction,
  providerId: string,
  { promotionId, batch, at }: { promotionId: string; batch: string; at: Date },
  { status, startsAt, endsAt }: BatchChange,
): Promise<number> {
  const codes = trx('promo_codes')
    .where({ provider_id: providerId, promotion_id: promotionId, batch })
    .update({
      ...(status !== undefined && { status: status ?? DEFAULT_STATUS }),
      ...(startsAt !== undefined && { starts_at: toDate(startsAt ?? undefined) }),
      ...(endsAt !== undefined && { ends_at: toDate(endsAt ?? undefined) }),
      version: trx.raw('version + 1'),
      updated_at: at,
    });
  return codes.catch((error: Error & { code?: string }) => {
    // Of a window only one end may be given, and some code has the other.
    if (error.code !== CHECK_VIOLATION) throw error;
    const detail = 'would end a code of the batch before it starts';
    const pointer = endsAt === undefined ? '/startsAt' : '/endsAt';
    throw new RequestRefused('invalid_request', [{ pointer, code: 'window', detail }]);
  });
}

const CHECK_VIOLATION = '23514';
const DEFAULT_STATUS: Status = 'active';

/** Returns the client-supplied fields of a code as columns, with its defaults. */
export function toCodeColumns(promotionId: string, input: PromoCodeFields) {
  return {
    promotion_id: promotionId,
    code: visibleCode(input.code),
    code_key: normalizeCode(input.code),
    status: input.status ?? DEFAULT_STATUS,
    starts_at: toDate(input.startsAt),
    ends_at: toDate(input.endsAt),
    max_redemptions: input.maxRedemptions ?? null,
    max_redemptions_per_customer: input.maxRedemptionsPerCustomer ?? null,
    customer_id: input.customerId ?? null,
    metadata: input.metadata ?? null,
    batch: input.batch ?? null,
  };
}

/** Returns the code of a row and how often it is used. */
export function toPromoCode(row: PromoCodeRow, redemptions: number): PromoCode {
  return resourceOf(row, {
    promotionId: row.promotion_id,
    code: row.code,
    status: row.status,
    startsAt: toInstant(row.starts_at),
    endsAt: toInstant(row.ends_at),
    maxRedemptions: row.max_redemptions,
    maxRedemptionsPerCustomer: row.max_redemptions_per_customer,
    customerId: row.customer_id,
    metadata: row.metadata,
    batch: row.batch,
    redemptions,
  });
}

function codeAt(promotionId: string, address: ResourceRef): Record<string, string> {
  return 'id' in address
    ? { 'code.promotion_id': promotionId, 'code.id': address.id }
    : { 'code.promotion_id': promotionId, 'code.code_key': normalizeCode(address.key) };
}

function countedCodes(db: Knex, providerId: string): Knex.QueryBuilder {
  return db
    .with('expired', db.raw(EXPIRED_USES, { providerId }))
    .from('promo_codes as code')
    .leftJoin('usage_counters as counter', (on) =>
      on
        .on('counter.provider_id', 'code.provider_id')
        .andOn('counter.subject', 'code.id')
        .andOnVal('counter.kind', 'code')
        .andOnVal('counter.customer_id', '')
        .andOnVal('counter.currency', ''),
    )
    .leftJoin('expired', (on) => on.on('expired.subject', 'code.id').andOnVal('expired.kind', 'code'))
    .where('code.provider_id', providerId)
    .select(
      'code.*',
      db.raw('cast(greatest(coalesce(counter.used, 0) - coalesce(expired.amount, 0), 0) as bigint) as redemptions'),
    );
}
