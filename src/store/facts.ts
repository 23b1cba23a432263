import type { Knex } from 'knex';
import { type CodeFact, type Facts, type FactsNeeded, type GrantFact, NO_FACTS, type Usage } from '../engine/facts';
import type { Status } from '../engine/resource';
import { formatInstant } from '../engine/time';
import { prepared, run } from './prepared';
import { present } from './rows';
import { EXPIRED_USES } from './usage';

/** What the one statement answers; instants are milliseconds since the epoch, money is text. */
interface Found {
  codes: {
    code: string;
    id: string;
    promotionId: string;
    version: number;
    status: Status;
    startsAt: number | null;
    endsAt: number | null;
    maxRedemptions: number | null;
    maxRedemptionsPerCustomer: number | null;
    customerId: string | null;
    redemptions: number;
    customerRedemptions: number;
  }[];
  usage: { kind: 'promotion' | 'promotion_customer' | 'budget'; subject: string; currency: string; used: string }[];
  grants: { discountId: string; startsAt: number; endsAt: number }[];
  catalogVersion: number | null;
}

/**
 * Codes with their uses, usage of rules and the customer's grants, at one moment. The input stands apart, so that the
 * planner does not guess from its values: of a provider that is new it would expect next to nothing.
 */
const FACTS = prepared(`
  with input as materialized (
    select cast(? as text) as provider_id, cast(? as text[]) as codes, cast(? as text[]) as rules,
      cast(? as text) as customer_id
  ),
  expired as materialized (${EXPIRED_USES.replace('?', '(select provider_id from input)')}),
  code as materialized (
    select promo_codes.* from input cross join unnest(input.codes) as entered (code_key)
    join promo_codes on promo_codes.provider_id = input.provider_id and promo_codes.code_key = entered.code_key
  ),
  rule (id) as (
    select unnest(rules) from input union select promotion_id from code
  ),
  wanted (kind, subject, customer_id) as (
    select 'promotion', id, '' from rule union all
    select 'budget', id, '' from rule union all
    select 'promotion_customer', id, input.customer_id from rule, input union all
    select 'code', id, '' from code union all
    select 'code_customer', id, input.customer_id from code, input
  ),
  used as materialized (
    select counter.kind, counter.subject, counter.currency,
      greatest(counter.used - coalesce(expired.amount, 0), 0) as used
    from input cross join wanted
    join usage_counters counter on counter.provider_id = input.provider_id and counter.kind = wanted.kind
      and counter.subject = wanted.subject and counter.customer_id = wanted.customer_id
    left join expired on expired.kind = counter.kind and expired.subject = counter.subject
      and expired.customer_id = counter.customer_id and expired.currency = counter.currency
  )
  select
    (select coalesce(json_agg(json_build_object(
      'code', code_key, 'id', id, 'version', version, 'promotionId', promotion_id, 'status', status,
      'startsAt', extract(epoch from starts_at) * 1000, 'endsAt', extract(epoch from ends_at) * 1000,
      'maxRedemptions', max_redemptions, 'maxRedemptionsPerCustomer', max_redemptions_per_customer,
      'customerId', customer_id,
      'redemptions', coalesce((select used.used from used where kind = 'code' and subject = code.id), 0),
      'customerRedemptions', coalesce((select used.used from used where kind = 'code_customer' and subject = code.id), 0)
    )), '[]') from code) as codes,
    (select coalesce(json_agg(json_build_object(
      'kind', kind, 'subject', subject, 'currency', currency, 'used', used::text
    )), '[]') from used where kind not in ('code', 'code_customer')) as usage,
    (select coalesce(json_agg(json_build_object(
      'discountId', g.discount_id,
      'startsAt', extract(epoch from g.starts_at) * 1000, 'endsAt', extract(epoch from g.ends_at) * 1000
    ) order by g.id), '[]')
    from input join grants g on g.provider_id = input.provider_id and g.customer_id = input.customer_id
    join redemptions r on r.provider_id = g.provider_id and r.id = g.redemption_id
    where r.status = 'confirmed' or r.status = 'held' and r.expires_at > now()) as grants,
    (select catalog_version from providers, input where id = input.provider_id) as "catalogVersion"`);

/** Facts whose codes carry the version that they were read in. */
export interface StoredFacts extends Facts {
  codes: ReadonlyMap<string, CodeFact & { version: number }>;
  /** The version of the rules at the same moment; absent where nothing had to be read. */
  catalogVersion?: number;
}

/** Reads what a quote needs beside the catalog in one statement; in none where it needs nothing. */
export async function loadFacts(db: Knex, providerId: string, needed: FactsNeeded): Promise<StoredFacts> {
  const { codes, rules, customerId } = needed;
  if (codes.length === 0 && rules.length === 0 && customerId === undefined) return { ...NO_FACTS, codes: new Map() };
  // No customer has the empty id.
  const bindings = [providerId, [...codes], [...rules], customerId ?? ''];
  const [found] = (await run<Found>(db, FACTS, bindings)) as [Found];
  return {
    codes: new Map(found.codes.map((code) => [code.code, toCodeFact(code)])),
    usage: toUsage(found.usage),
    grants: found.grants.map(toGrantFact),
    redeeming: false,
    ...(found.catalogVersion !== null && { catalogVersion: found.catalogVersion }),
  };
}

function toCodeFact({ startsAt, endsAt, ...code }: Found['codes'][number]): CodeFact & { version: number } {
  return present({
    ...code,
    startsAt: startsAt === null ? null : formatInstant(startsAt),
    endsAt: endsAt === null ? null : formatInstant(endsAt),
  });
}

function toUsage(counters: Found['usage']): Map<string, Usage> {
  const usage = new Map<string, { total: number; customer: number; spent: Record<string, string> }>();
  for (const { kind, subject, currency, used } of counters) {
    const entry = usage.get(subject) ?? { total: 0, customer: 0, spent: {} };
    usage.set(subject, entry);
    if (kind === 'promotion') entry.total = Number(used);
    else if (kind === 'promotion_customer') entry.customer = Number(used);
    else entry.spent[currency] = used;
  }
  return usage;
}

function toGrantFact({ discountId, startsAt, endsAt }: Found['grants'][number]): GrantFact {
  return { discountId, startsAt: formatInstant(startsAt), endsAt: formatInstant(endsAt) };
}
