import type { Knex } from 'knex';
import type { Use } from '../engine/facts';
import { retryContention } from './contention';

/**
 * Marks holds that have expired and gives their uses back; anybody may, nobody must: an expired hold is free at once.
 * Where this is part of a larger transaction that goes on to count `uses`, their counters are locked with the others,
 * so that all of them are locked in one order.
 */
export async function releaseExpiredHolds(db: Knex, providerId: string, uses: readonly Use[] = []): Promise<void> {
  await retryContention(() => db.transaction((trx) => release(trx, providerId, uses)));
}

/** Waits for who is at one of the holds, such as a late confirmation: afterwards its row tells what became of it. */
async function release(trx: Knex.Transaction, providerId: string, uses: readonly Use[]): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `with due as materialized (
       select id from redemptions
       where provider_id = :providerId and status = 'held' and expires_at <= clock_timestamp()
         and id = any(array(
           select id from redemptions
           where provider_id = :providerId and status = 'held' and expires_at <= clock_timestamp()
           order by expires_at limit 1000
         ))
       order by id for update
     )
     update redemptions r set status = 'expired', version = version + 1, updated_at = expires_at
     from due where r.provider_id = :providerId and r.id = due.id
     returning r.id`,
    { providerId },
  );
  await giveBack(
    trx,
    providerId,
    rows.map(({ id }) => id),
    uses,
  );
}

/** A use was not given back; the transaction is void, and runs again as after any other contention. */
class UsesKept extends Error {
  readonly code = '40001';
}

/** Takes the uses of redemptions out of the counters; the rows of the redemptions are locked, and their status changed once. */
export async function giveBack(
  trx: Knex.Transaction,
  providerId: string,
  ids: readonly string[],
  alsoLocked: readonly Use[] = [],
): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await trx.raw<{ rows: { owed: number; given: number }[] }>(
    // What is locked is listed first: a recheck after waiting for a row sees through a list, but not through a union.
    `with given as materialized (
       select kind, subject, customer_id, currency, sum(amount) as amount from redemption_uses
       where provider_id = :providerId and redemption_id = any(:ids)
       group by kind, subject, customer_id, currency
     ), wanted as materialized (
       select kind, subject, customer_id, currency from given union
       select * from unnest(:kinds::text[], :subjects::text[], :customers::text[], :currencies::text[])
     ), locked as materialized (
       select kind, subject, customer_id, currency from usage_counters
       where provider_id = :providerId
         and (kind, subject, customer_id, currency) in (select kind, subject, customer_id, currency from wanted)
       order by kind, subject, customer_id, currency
       for update
     ), counted as (
       update usage_counters counter set used = counter.used - given.amount
       from given
       where (select count(*) from locked) >= 0
         and counter.provider_id = :providerId
         and (counter.kind, counter.subject, counter.customer_id, counter.currency)
           = (given.kind, given.subject, given.customer_id, given.currency)
       returning 1
     )
     select (select count(*) from given) as owed, (select count(*) from counted) as given`,
    {
      providerId,
      ids: [...ids],
      kinds: alsoLocked.map(({ kind }) => kind),
      subjects: alsoLocked.map(({ subject }) => subject),
      customers: alsoLocked.map(({ customerId }) => customerId ?? ''),
      currencies: alsoLocked.map(({ currency }) => currency ?? ''),
    },
  );
  const [counts] = rows;
  if (counts?.owed !== counts?.given) throw new UsesKept();
}
