import type { Knex } from 'knex';
import { hashOfCustomer } from '../customer-hash';
import { KEY, qualified } from '../redemptions/counters';

/** What one counter is about. */
export interface CounterName {
  readonly provider: string;
  readonly kind: string;
  readonly subject: string;
  readonly customer: string;
  readonly currency: string;
}

/** A counter that does not agree with the redemptions. */
export interface Difference extends CounterName {
  /** What the counter says. */
  readonly counted: string;
  /** What the held and confirmed redemptions used. */
  readonly used: string;
}

/** A limit with more uses than it allows. */
export interface Excess extends CounterName {
  readonly used: string;
  readonly limit: string;
  /** Whether the rule was written after its last use, so that the limit may have been lowered since. */
  readonly maybeLowered: boolean;
}

/** What a check of the ledger found. */
export interface Reconciliation {
  readonly redemptions: number;
  readonly counters: number;
  readonly differences: readonly Difference[];
  readonly excesses: readonly Excess[];
}

const SIZES = `
  select (select count(*) from redemptions) as redemptions, (select count(*) from usage_counters) as counters`;

const NAME = 'provider_id as provider, kind, subject, customer_id as customer, currency';

/**
 * The uses under the names that they are counted by: where an erasure is under way, or old redemptions were erased, those
 * of a customer are still written down under the id, and count under its hash.
 */
const USES = `
  hashed as materialized (
    select named.provider_id, named.customer_id, known.customer_hash
    from (select distinct provider_id, customer_id from redemption_uses where customer_id <> '') named
    join customer_keys key on key.provider_id = named.provider_id
    join hashed_customers known on known.provider_id = named.provider_id
      and known.customer_hash = ${hashOfCustomer('key', 'named.customer_id')}
  ),
  uses as (
    select u.provider_id, u.redemption_id, u.kind, u.subject, coalesce(hashed.customer_hash, u.customer_id) as customer_id,
      u.currency, u.amount
    from redemption_uses u
    left join hashed on hashed.provider_id = u.provider_id and hashed.customer_id = u.customer_id
  )`;

/** A hold counts until it is marked as expired, whatever the time is. */
const DIFFERENCES = `
  with ${USES}, owed as (
    select ${qualified('u')}, sum(u.amount) as used
    from uses u join redemptions r on r.provider_id = u.provider_id and r.id = u.redemption_id
    where r.status in ('held', 'confirmed')
    group by ${qualified('u')}
  )
  select ${NAME}, coalesce(counter.used, 0)::text as counted, coalesce(owed.used, 0)::text as used
  from usage_counters counter full join owed using (${KEY})
  where coalesce(counter.used, 0) <> coalesce(owed.used, 0)
  order by ${KEY}`;

/** Judged without the holds that have expired: what they still have in the counters is free. */
const EXCESSES = `
  with ${USES}, live as (
    select ${qualified('u')}, sum(u.amount) as used, max(r.created_at) as last_use
    from uses u join redemptions r on r.provider_id = u.provider_id and r.id = u.redemption_id
    where r.status = 'confirmed' or r.status = 'held' and r.expires_at > now()
    group by ${qualified('u')}
  ), limited as (
    select live.*, p.updated_at as written_at, case live.kind
      when 'promotion' then p.limit_total
      when 'promotion_customer' then p.limit_per_customer
      else cast(p.budget ->> live.currency as numeric)
    end as most
    from live join promotions p on p.provider_id = live.provider_id and p.id = live.subject
    where live.kind in ('promotion', 'promotion_customer', 'budget')
    union all
    select live.*, c.updated_at, case live.kind
      when 'code' then c.max_redemptions
      else c.max_redemptions_per_customer
    end
    from live join promo_codes c on c.provider_id = live.provider_id and c.id = live.subject
    where live.kind in ('code', 'code_customer')
    union all
    select live.*, g.updated_at, case live.currency
      when '' then g.payments
      else coalesce(cast(g.balance ->> live.currency as numeric), 0)
    end
    from live join grants g on g.provider_id = live.provider_id and g.id = live.subject
    where live.kind = 'grant'
  )
  select ${NAME}, used::text, most::text as "limit", written_at > last_use as "maybeLowered"
  from limited where used > most
  order by ${KEY}`;

/** Compares the counters with the redemptions, and these with the limits, in one snapshot; changes nothing. */
export async function reconcile(db: Knex): Promise<Reconciliation> {
  return db.transaction(
    async (trx) => {
      const sizes = await trx.raw<{ rows: [{ redemptions: number; counters: number }] }>(SIZES);
      const differences = await trx.raw<{ rows: Difference[] }>(DIFFERENCES);
      const excesses = await trx.raw<{ rows: Excess[] }>(EXCESSES);
      return { ...sizes.rows[0], differences: differences.rows, excesses: excesses.rows };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}
