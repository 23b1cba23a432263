import type { Knex } from 'knex';
import type { Use } from '../../engine/judging/facts';
import { countedCustomer } from '../customer-hash';
import { retryContention } from '../database/contention';
import { grantFactsSql, redemptionFactsSql } from '../events/facts';
import { KEY, LOCKING_ORDER } from './counters';
import { HAS_EXPIRED } from './redemption-rows';

/**
 * Marks holds that have expired and gives their uses back; optional housekeeping, because an expired hold is free at
 * once. Where this is part of a larger transaction that goes on to count `uses`, their counters are locked with the
 * others, so that all of them are locked in one order.
 */
export async function releaseExpiredHolds(db: Knex, providerId: string, uses: readonly Use[] = []): Promise<void> {
  await retryContention(() => db.transaction((trx) => release(trx, providerId, uses)));
}

/** Waits for concurrent writers of a hold, such as a late confirmation; its row then tells the outcome. */
async function release(trx: Knex.Transaction, providerId: string, uses: readonly Use[]): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `with due as materialized (
       select id from redemptions
       where provider_id = :providerId and ${HAS_EXPIRED}
         and id = any(array(
           select id from redemptions
           where provider_id = :providerId and ${HAS_EXPIRED}
           order by expires_at limit 1000
         ))
       order by id for update
     ),
     marked as (
       update redemptions r set status = 'expired', version = version + 1, updated_at = expires_at
       from due where r.provider_id = :providerId and r.id = due.id
       returning r.id, r.order_id, r.customer_id, r.quote, r.expires_at
     ),
     told as (
       insert into events (provider_id, type, data)
       select :providerId, 'redemption.expired', ${redemptionFactsSql('marked')} from marked order by expires_at, id
     )
     select id from marked`,
    { providerId },
  );
  const ids = rows.map(({ id }) => id);
  await releaseUses(trx, providerId, ids, uses);
  await revokeGrantsOf(trx, providerId, ids);
}

/** Takes back the grants that redemptions recorded, once their uses are given back; what was spent of them stays spent. */
export async function revokeGrantsOf(trx: Knex.Transaction, providerId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.raw(
    `with own as materialized (
       select id from grants where provider_id = :providerId and redemption_id = any(:ids) and revoked_at is null
       order by id for update
     ),
     revoked as (
       update grants g set revoked_at = statement_timestamp(), version = version + 1, updated_at = statement_timestamp()
       from own where g.provider_id = :providerId and g.id = own.id
       returning g.*
     )
     insert into events (provider_id, type, data)
     select :providerId, 'grant.revoked', ${grantFactsSql('revoked')} from revoked order by id`,
    { providerId, ids: [...ids] },
  );
}

/**
 * Takes the uses of redemptions out of the counters; the rows of the redemptions are locked, and their status is changed
 * once. The counters of `alsoLocked` are locked with them.
 */
export async function releaseUses(
  trx: Knex.Transaction,
  providerId: string,
  ids: readonly string[],
  alsoLocked: readonly Use[] = [],
): Promise<void> {
  if (ids.length === 0) return;
  // First: afterwards no erasure takes a counter away from under us.
  await trx('customer_keys').where('provider_id', providerId).forShare().select('version');
  await trx.raw(
    `insert into usage_counters as stored (${KEY}, used)
     select ${KEY}, sum(amount) from (
       select provider_id, kind, subject, ${countedCustomer('u', ':providerId')}, currency, amount
       from redemption_uses u where provider_id = :providerId and redemption_id = any(:ids)
       union all
       select :providerId, *, 0 from unnest(:kinds::text[], :subjects::text[], :customers::text[], :currencies::text[])
     ) given (${KEY}, amount)
     group by ${KEY}
     order by ${LOCKING_ORDER}
     on conflict (${KEY}) do update set used = stored.used - excluded.used`,
    {
      providerId,
      ids: [...ids],
      kinds: alsoLocked.map(({ kind }) => kind),
      subjects: alsoLocked.map(({ subject }) => subject),
      customers: alsoLocked.map(({ customerId }) => customerId ?? ''),
      currencies: alsoLocked.map(({ currency }) => currency ?? ''),
    },
  );
}
