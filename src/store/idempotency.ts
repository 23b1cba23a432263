import type { Knex } from 'knex';

const KEPT_MS = 24 * 60 * 60 * 1000;
/** Few enough that no request notices, more than one so that the table shrinks. */
const CLEANED_PER_CLAIM = 10;

/** A request that carries an Idempotency-Key. */
export interface Claim {
  /** The provider's id, or empty. */
  scope: string;
  path: string;
  key: string;
  /** Of the body. */
  hash: string;
  at: Date;
}

/** What the first request was answered with. */
export interface RecordedAnswer {
  hash: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface Row {
  provider_id: string;
  path: string;
  key: string;
  request_hash: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Takes the key for this transaction, or answers what was recorded under it in the last 24 hours. Waits while another
 * transaction holds the key: the primary key makes the later insert wait for the earlier one's end. A few old keys of
 * anybody are removed on the way.
 */
export async function claimKey(trx: Knex.Transaction, claim: Claim): Promise<RecordedAnswer | undefined> {
  const expired = new Date(claim.at.getTime() - KEPT_MS);
  const old = new Date(claim.at.getTime() - 2 * KEPT_MS);
  const { rowCount } = await trx.raw(
    `with removed as (
       delete from idempotency_keys where (provider_id, path, key) in (
         select provider_id, path, key from idempotency_keys
         where created_at < :old and (provider_id, path, key) <> (:scope, :path, :key)
         order by created_at limit :most for update skip locked)
     )
     insert into idempotency_keys as kept (provider_id, path, key, request_hash, created_at)
     values (:scope, :path, :key, :hash, :at)
     on conflict (provider_id, path, key) do update
     set request_hash = excluded.request_hash, created_at = excluded.created_at, status = null, headers = '{}', body = null
     where kept.created_at <= :expired`,
    { ...claim, expired, old, most: CLEANED_PER_CLAIM },
  );
  if (rowCount === 1) return undefined;
  const row = await trx<Row>('idempotency_keys')
    .where({ provider_id: claim.scope, path: claim.path, key: claim.key })
    .first('request_hash', 'status', 'headers', 'body');
  // Removed as too old in between, so it is free again.
  if (row === undefined) return claimKey(trx, claim);
  return { hash: row.request_hash, status: row.status, headers: row.headers, body: row.body };
}

/** Records the answer beside its effect. */
export async function recordAnswer(
  trx: Knex.Transaction,
  claim: Claim,
  answer: Omit<RecordedAnswer, 'hash'>,
): Promise<void> {
  await trx('idempotency_keys')
    .where({ provider_id: claim.scope, path: claim.path, key: claim.key })
    .update({ status: answer.status, headers: JSON.stringify(answer.headers), body: answer.body });
}
