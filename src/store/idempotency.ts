import type { Knex } from 'knex';
import { nodeOf } from './database/nodes';

/** How long an answer is repeated, by the database's clock: those of the processes differ. */
const KEPT = "interval '24 hours'";
const REMOVED_AT_ONCE = 500;

/** A request that carries an Idempotency-Key. */
export interface Claim {
  /** The provider's id, or empty. */
  scope: string;
  path: string;
  /** The id of the API key, or nothing, and behind a slash the Idempotency-Key: nobody is told what another key was answered. */
  key: string;
  /** Of the body; empty as long as that is being read. */
  hash: string;
}

/** What the first request was answered with. */
export interface RecordedAnswer {
  hash: string;
  status: number;
  headers: Record<string, string>;
  /** Empty: it was about a customer who has been erased. */
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
 * transaction holds the key: the primary key makes the later insert wait for the earlier one's end.
 */
export async function claimKey(trx: Knex.Transaction, claim: Claim): Promise<RecordedAnswer | undefined> {
  const { rowCount } = await trx.raw(
    `insert into idempotency_keys as kept (provider_id, path, key, request_hash)
     values (:scope, :path, :key, :hash)
     on conflict (provider_id, path, key) do update
     set request_hash = excluded.request_hash, created_at = excluded.created_at, status = null, headers = '{}', body = null, customer_id = null
     where excluded.created_at - kept.created_at >= ${KEPT}`,
    { ...claim },
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
  answer: Omit<RecordedAnswer, 'hash'> & { customerId: string | undefined },
): Promise<void> {
  await trx('idempotency_keys')
    .where({ provider_id: claim.scope, path: claim.path, key: claim.key })
    .update({
      request_hash: claim.hash,
      status: answer.status,
      headers: JSON.stringify(answer.headers),
      body: answer.body,
      customer_id: answer.customerId ?? null,
    });
}

/** Removes the answers that nobody is told any more, a batch at a time, so that nobody waits for it; returns how many. */
export async function removeOldAnswers(db: Knex): Promise<number> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select distinct provider_id as id from (
       select provider_id from idempotency_keys where created_at <= now() - ${KEPT} order by created_at limit :most
     ) old`,
    { most: REMOVED_AT_ONCE },
  );
  let removed = 0;
  for (const { id } of rows) removed += await removeOldAnswersOf(nodeOf(db, id), id);
  return rows.length > 0 && removed > 0 ? removed + (await removeOldAnswers(db)) : removed;
}

async function removeOldAnswersOf(db: Knex, providerId: string): Promise<number> {
  const { rowCount } = await db.raw(
    `delete from idempotency_keys where provider_id = :providerId and ctid = any (array(
       select ctid from idempotency_keys where provider_id = :providerId and created_at <= now() - ${KEPT}
       order by created_at limit :most for update skip locked))`,
    { providerId, most: REMOVED_AT_ONCE },
  );
  return rowCount;
}
