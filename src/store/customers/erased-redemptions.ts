import type { Knex } from 'knex';
import type { Quote } from '../../engine/quote/answer';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import { hashOfCustomer } from '../customer-hash';
import { ERASED } from '../redemptions/redemption-rows';

/** What of a redemption is erased. */
export interface NamedRedemption {
  id: string;
  customer_id: string | null;
  request: QuoteRequest;
  quote: string;
}

/** What is left of it. */
export interface ErasedRedemption {
  id: string;
  request: QuoteRequest;
  quote: Quote;
}

/** Few enough that a request waiting for one of them does not notice. */
const BATCH = 200;

/** Returns the next redemptions that name a customer, held until the transaction ends. */
export async function lockRedemptionsOf(
  trx: Knex.Transaction,
  providerId: string,
  customerId: string,
): Promise<NamedRedemption[]> {
  return trx('redemptions')
    .where({ provider_id: providerId, customer_id: customerId })
    .orderBy('id')
    .limit(BATCH)
    .forUpdate()
    .select<NamedRedemption[]>('id', 'customer_id', 'request', 'quote');
}

/** Erases the customers from locked redemptions; the uses stay, under the hash. */
export async function eraseRedemptions(
  trx: Knex.Transaction,
  providerId: string,
  erased: readonly ErasedRedemption[],
): Promise<void> {
  const ids = erased.map(({ id }) => id);
  await trx.raw(
    `with named as materialized (
       select r.id, r.customer_id, ${hashOfCustomer('key', 'r.customer_id')} as hash
       from redemptions r join customer_keys key on key.provider_id = r.provider_id
       where r.provider_id = :providerId and r.id = any(:ids)
     )
     update redemption_uses u set customer_id = named.hash
     from named where u.provider_id = :providerId and u.redemption_id = named.id and u.customer_id = named.customer_id`,
    { providerId, ids },
  );
  await trx.raw(
    `with hashed as materialized (
       select old.id, case when starts_with(old.request_hash, '${ERASED}') then old.request_hash
         else '${ERASED}' || ${hashOfCustomer('key', 'old.request_hash')} end as request_hash
       from redemptions old join customer_keys key on key.provider_id = old.provider_id
       where old.provider_id = :providerId and old.id = any(:ids)
     )
     update redemptions r
     set customer_id = null, request = erased.request, quote = erased.quote, metadata = null, erased_at = now(),
       request_hash = hashed.request_hash, version = r.version + 1, updated_at = now()
     from hashed join jsonb_to_recordset(:erased::jsonb) as erased (id text, request jsonb, quote text) using (id)
     where r.provider_id = :providerId and r.id = hashed.id`,
    {
      providerId,
      ids,
      erased: JSON.stringify(erased.map((row) => ({ ...row, quote: JSON.stringify(row.quote) }))),
    },
  );
}

/** Where a sweep over a provider's redemptions is, by their creation. */
export interface SweepPlace {
  at: string;
  id: string;
}

const SWEPT_AT_ONCE = 1_000;

/**
 * Returns the next redemptions older than so many days that name a customer or may, held until the transaction ends,
 * and the place behind those that were looked at; without one, all were.
 */
export async function lockOldRedemptions(
  trx: Knex.Transaction,
  providerId: string,
  days: number,
  after: SweepPlace | undefined,
): Promise<{ rows: NamedRedemption[]; place: SweepPlace | undefined }> {
  const { rows: looked } = await trx.raw<{ rows: (SweepPlace & { erased: boolean })[] }>(
    `select id, created_at::text as at, erased_at is not null as erased from redemptions
     where provider_id = :providerId and created_at < now() - make_interval(days => :days)
       and (created_at, id) > (coalesce(:at, '-infinity')::timestamptz, :id)
     order by created_at, id limit ${SWEPT_AT_ONCE}`,
    { providerId, days, at: after?.at ?? null, id: after?.id ?? '' },
  );
  const ids = looked.filter(({ erased }) => !erased).slice(0, BATCH);
  const rows = await trx('redemptions')
    .where('provider_id', providerId)
    .whereNull('erased_at')
    .whereRaw('id = any(?)', [ids.map(({ id }) => id)])
    .orderBy('id')
    .forUpdate()
    .skipLocked()
    .select<NamedRedemption[]>('id', 'customer_id', 'request', 'quote');
  const last = ids.length === BATCH ? ids.at(-1) : looked.length === SWEPT_AT_ONCE ? looked.at(-1) : undefined;
  return { rows, place: last && { at: last.at, id: last.id } };
}
