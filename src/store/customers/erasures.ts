import type { Knex } from 'knex';
import type { Author } from '../audit-log';
import { hashOfCustomer } from '../customer-hash';
import type { ErasedCustomer } from './erased-rows';

/** A customer whose erasure was asked for and is not finished. */
export interface OpenErasure extends ErasedCustomer {
  author: Author;
}

/** Notes that a customer is to be erased, so that a crash does not end it. */
export async function beginErasure(
  db: Knex,
  { providerId, customerId }: ErasedCustomer,
  author: Author,
): Promise<void> {
  await db('customer_erasures')
    .insert({
      provider_id: providerId,
      customer_id: customerId,
      actor: author.actor,
      key_kind: author.keyKind,
      request_id: author.requestId,
    })
    .onConflict(['provider_id', 'customer_id'])
    .ignore();
}

/** Notes that nothing names the customer any more; returns the hash, or nothing where somebody else has noted it. */
export async function endErasure(
  trx: Knex.Transaction,
  { providerId, customerId }: ErasedCustomer,
): Promise<string | undefined> {
  const ended = await trx('customer_erasures').where({ provider_id: providerId, customer_id: customerId }).delete();
  if (ended === 0) return undefined;
  const [erased] = await trx('customer_keys as key')
    .where('provider_id', providerId)
    .select<{ hash: string }[]>(trx.raw(`${hashOfCustomer('key', '?::text')} as hash`, [customerId]));
  return erased?.hash;
}

/** Returns the erasures that have been open for so long that their process has ended, or is busy with a very large one. */
export async function openErasures(db: Knex): Promise<OpenErasure[]> {
  const { rows } = await db.raw<{
    rows: {
      provider_id: string;
      customer_id: string;
      actor: string;
      key_kind: 'admin' | 'secret';
      request_id: string;
    }[];
  }>(
    `select * from customer_erasures where requested_at < now() - interval '1 minute' order by requested_at limit 100`,
  );
  return rows.map((row) => ({
    providerId: row.provider_id,
    customerId: row.customer_id,
    author: { at: new Date(), actor: row.actor, keyKind: row.key_kind, requestId: row.request_id },
  }));
}
