import type { Knex } from 'knex';
import type { Use } from '../../engine/judging/facts';
import { execute, hotStatement } from '../database/prepared-statement';
import { HOLDS_ORDER, REDEMPTION_COLUMNS, type RedemptionEntry, type RedemptionRow } from './redemption-rows';

/** What the counters, the orders and the rules of redemptions say at one moment. */
export interface Obstacles {
  readonly counters: readonly CounterStanding[];
  readonly orders: readonly RedemptionRow[];
  /** The promotions, codes, global discounts, grants and ways of counting customers, as they are now. */
  readonly rules: readonly { readonly id: string; readonly version: number }[];
  /** The version of the provider's rules; null: there is no such provider. */
  readonly catalogVersion: number | null;
}

/** How much of a limit is used; a counter that is missing has not been used. */
export type CounterStanding = Omit<Use, 'amount' | 'limit'> & { readonly used: string };

const RULES = ['promotions', 'promo_codes', 'discounts', 'grants'];

const OBSTACLES = hotStatement(
  `select
    (select coalesce(json_agg(json_build_object(
      'kind', counter.kind, 'subject', counter.subject, 'customerId', counter.customer_id,
      'currency', counter.currency, 'used', counter.used::text
    )), '[]')
    from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as wanted (kind, subject, customer_id, currency)
    join usage_counters counter on counter.provider_id = $1 and counter.kind = wanted.kind
      and counter.subject = wanted.subject and counter.customer_id = wanted.customer_id
      and counter.currency = wanted.currency) as counters,
    (select coalesce(json_agg(json_build_object(${REDEMPTION_COLUMNS})), '[]') from redemptions
    where provider_id = $1 and order_id = any($6::text[]) and ${HOLDS_ORDER}) as orders,
    (select coalesce(json_agg(json_build_object('id', id, 'version', version)), '[]') from (
      select provider_id as id, version from customer_keys where provider_id = $1
      ${RULES.map((table) => `union all select id, version from ${table} where provider_id = $1 and id = any($7::text[])`).join('\n      ')}
    ) rule) as rules,
    (select catalog_version from providers where id = $1) as "catalogVersion"`,
  'obstacles',
);

/** Reads what stands in the way of entries, which are one provider's. */
export async function readObstacles(
  db: Knex,
  providerId: string,
  entries: readonly RedemptionEntry[],
): Promise<Obstacles> {
  const uses = entries.flatMap((entry) => entry.uses);
  const [found] = await execute<Obstacles>(db, OBSTACLES, [
    providerId,
    uses.map(({ kind }) => kind),
    uses.map(({ subject }) => subject),
    uses.map(({ customerId }) => customerId ?? ''),
    uses.map(({ currency }) => currency ?? ''),
    entries.map(({ orderId }) => orderId),
    entries.flatMap((entry) => judgedRules(entry).map(([id]) => id)),
  ]);
  return found as Obstacles;
}

/** Returns what an entry was judged by, with the versions that it had. */
export function judgedRules({ promotions, codes, discounts, spent, counting }: RedemptionEntry): [string, number][] {
  return [...promotions, ...codes, ...discounts, ...spent, ...counting];
}
