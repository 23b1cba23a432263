import type { Knex } from 'knex';
import { hashOfCustomer } from '../customer-hash';
import { KEY, LOCKING_ORDER } from '../redemptions/counters';

/**
 * Counts the uses of customers under the hashes of their ids from now on. A redemption that was judged before waits, and
 * is judged again, so that no limit is exceeded in between.
 */
export async function hashCustomers(
  trx: Knex.Transaction,
  providerId: string,
  customers: readonly string[],
): Promise<void> {
  await trx('customer_keys').where('provider_id', providerId).increment('version');
  await trx.raw(
    `insert into hashed_customers (provider_id, customer_hash)
     select key.provider_id, ${hashOfCustomer('key', 'customer.id')}
     from customer_keys key cross join unnest(:customers::text[]) as customer (id)
     where key.provider_id = :providerId
     on conflict do nothing`,
    { providerId, customers: [...customers] },
  );
  await trx.raw(
    `with moved as (
       delete from usage_counters where provider_id = :providerId and customer_id = any(:customers) returning *
     )
     insert into usage_counters as stored (${KEY}, used)
     select * from (
       select moved.provider_id, kind, subject, ${hashOfCustomer('key', 'customer_id')} as customer_id, currency, used
       from moved join customer_keys key on key.provider_id = moved.provider_id
     ) hashed
     order by ${LOCKING_ORDER}
     on conflict (${KEY}) do update set used = stored.used + excluded.used`,
    { providerId, customers: [...customers] },
  );
}

/** Those of the customers whose uses are counted under their ids. */
export async function notYetHashed(db: Knex, providerId: string, customers: readonly string[]): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select customer.id from unnest(:customers::text[]) as customer (id)
     join customer_keys key on key.provider_id = :providerId
     where not exists (
       select from hashed_customers known
       where known.provider_id = :providerId and known.customer_hash = ${hashOfCustomer('key', 'customer.id')}
     )`,
    { providerId, customers: [...customers] },
  );
  return rows.map(({ id }) => id);
}
