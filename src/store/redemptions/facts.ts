import type { Knex } from 'knex';
import {
  type CodeFact,
  type Facts,
  type FactsNeeded,
  type GrantFact,
  NO_FACTS,
  type Usage,
} from '../../engine/judging/facts';
import type { Amounts } from '../../engine/money/money';
import type { GrantTerms } from '../../engine/rulebook/terms';
import { formatInstant } from '../../engine/time/instant';
import { groupBy } from '../../engine/vocabulary/lists';
import { RequestRefused } from '../../engine/vocabulary/problem';
import type { Status } from '../../engine/vocabulary/resource';
import { countedCustomer, hashOfCustomer } from '../customer-hash';
import { execute, preparedStatement } from '../database/prepared-statement';
import { withoutNulls } from '../database/rows';
import { amountsLeft } from './grant-amounts';
import { EXPIRED_USES } from './usage';

/** The result of the one statement; instants are milliseconds since the epoch, money is text. */
interface Found {
  codes: CodeFound[];
  used: { kind: string; subject: string; customer: string; currency: string; used: string }[];
  grants: GrantFound[];
  /** Under what name each customer's uses are counted. */
  countedAs: { [customer: string]: string };
  customersVersion: number | null;
  catalogVersion: number | null;
}

interface CodeFound {
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
}

interface GrantFound {
  customer: string;
  id: string;
  version: number;
  discountId: string;
  serviceId: string | null;
  startsAt: number;
  endsAt: number | null;
  isRevoked: boolean;
  isByHand: boolean;
  payments: number | null;
  credit: Amounts | null;
  terms: GrantTerms | null;
  /** What was spent of it, by currency; without one: payments. */
  spent: { [currency: string]: string } | null;
}

/**
 * Codes, usage of rules and codes, and customers' grants, at one moment: each is asked for, and answered, once, however
 * many requests need it. The input stands apart, so that the planner does not guess from its values: of a provider that
 * is new it would expect next to nothing.
 */
const facts = ({ free, isSetAside }: { free: string; isSetAside: string }) => `
  with input as materialized (
    select $1::text as provider_id, $2::text[] as codes, $3::text[] as rules, $4::text[] as customers,
      $5::text[] as codes_of_customers, $6::text[] as customers_of_codes,
      $7::text[] as rules_of_customers, $8::text[] as customers_of_rules
  ),
  ${free},
  code as materialized (
    select promo_codes.* from input cross join unnest(input.codes) as entered (code_key)
    join promo_codes on promo_codes.provider_id = input.provider_id and promo_codes.code_key = entered.code_key
  ),
  customer as materialized (
    select asked.customer_id, hashed.hash, coalesce(known.customer_hash, asked.customer_id) as counted_as
    from input cross join unnest(input.customers) as asked (customer_id)
    join customer_keys key on key.provider_id = input.provider_id
    cross join lateral (select ${hashOfCustomer('key', 'asked.customer_id')} as hash) hashed
    left join hashed_customers known on known.provider_id = input.provider_id and known.customer_hash = hashed.hash
  ),
  rule (id) as (
    select unnest(rules) from input union select promotion_id from code
  ),
  wanted (kind, subject, customer_id, customer) as (
    select 'promotion', id, '', '' from rule union all
    select 'budget', id, '', '' from rule union all
    select 'code', id, '', '' from code union all
    select 'promotion_customer', asked.id, customer.counted_as, asked.customer_id
    from input cross join unnest(rules_of_customers, customers_of_rules) as asked (id, customer_id)
    join customer on customer.customer_id = asked.customer_id union all
    select counted.kind, counted.subject, customer.counted_as, asked.customer_id
    from input cross join unnest(codes_of_customers, customers_of_codes) as asked (code_key, customer_id)
    join customer on customer.customer_id = asked.customer_id
    join code on code.code_key = asked.code_key
    cross join lateral (values ('code_customer', code.id), ('promotion_customer', code.promotion_id)) as counted (kind, subject)
  )
  select
    (select coalesce(json_agg(json_build_object(
      'code', code_key, 'id', id, 'version', version, 'promotionId', promotion_id, 'status', status,
      'startsAt', extract(epoch from starts_at) * 1000, 'endsAt', extract(epoch from ends_at) * 1000,
      'maxRedemptions', max_redemptions, 'maxRedemptionsPerCustomer', max_redemptions_per_customer,
      'customerId', case when customer_id is not null or customer_hash is null then customer_id
        else coalesce((select customer.customer_id from customer where customer.hash = code.customer_hash), '') end
    )), '[]') from code) as codes,
    (select coalesce(json_agg(json_build_object(
      'kind', counter.kind, 'subject', counter.subject, 'customer', wanted.customer, 'currency', counter.currency,
      'used', greatest(counter.used - coalesce(expired.amount, 0), 0)::text
    )), '[]')
    from input cross join wanted
    join usage_counters counter on counter.provider_id = input.provider_id and counter.kind = wanted.kind
      and counter.subject = wanted.subject and counter.customer_id = wanted.customer_id
    left join expired on expired.kind = counter.kind and expired.subject = counter.subject
      and expired.customer_id = counter.customer_id and expired.currency = counter.currency) as used,
    (select coalesce(json_agg(json_build_object(
      'customer', customer.customer_id, 'id', g.id, 'version', g.version, 'discountId', g.discount_id,
      'serviceId', g.service_id, 'startsAt', extract(epoch from g.starts_at) * 1000,
      'endsAt', extract(epoch from g.ends_at) * 1000, 'isRevoked', g.revoked_at is not null,
      'isByHand', g.redemption_id is null, 'payments', g.payments, 'credit', g.balance, 'terms', g.terms,
      'spent', case when g.payments is not null or g.balance is not null then (
        select json_object_agg(counter.currency, greatest(counter.used - coalesce(expired.amount, 0), 0)::text)
        from usage_counters counter
        left join expired on expired.kind = counter.kind and expired.subject = counter.subject
          and expired.customer_id = counter.customer_id and expired.currency = counter.currency
        where counter.provider_id = g.provider_id and counter.kind = 'grant' and counter.subject = g.id
          and counter.customer_id = ''
      ) end
    ) order by g.id), '[]')
    from input cross join customer
    join grants g on g.provider_id = input.provider_id and g.customer_id = any(array[customer.customer_id, customer.hash])
    left join redemptions r on r.provider_id = g.provider_id and r.id = g.redemption_id
    where (r.id is null or r.status = 'confirmed' or r.status = 'held' and r.expires_at > now())
      and g.replaced_at is null and not ${isSetAside}) as grants,
    (select coalesce(json_object_agg(customer_id, counted_as), '{}') from customer) as "countedAs",
    (select version from customer_keys, input where customer_keys.provider_id = input.provider_id) as "customersVersion",
    (select catalog_version from providers, input where id = input.provider_id) as "catalogVersion"`;

const EXPIRED = EXPIRED_USES.replace('?', '(select provider_id from input)');
const FACTS = preparedStatement(facts({ free: `expired as materialized (${EXPIRED})`, isSetAside: 'false' }), 'facts');

/** The same as if one redemption were not there, while it counts. */
const FACTS_WITHOUT = preparedStatement(
  facts({
    free: `
  set_aside as materialized (
    select r.provider_id, r.id from input
    join redemptions r on r.provider_id = input.provider_id and r.id = $9::text
    where r.status = 'confirmed' or r.status = 'held' and r.expires_at > now()
  ),
  expired as materialized (
    select kind, subject, customer_id, currency, sum(amount) as amount from (
      ${EXPIRED}
      union all
      select u.kind, u.subject, ${countedCustomer('u')}, u.currency, u.amount
      from set_aside join redemption_uses u on u.provider_id = set_aside.provider_id and u.redemption_id = set_aside.id
    ) free
    group by kind, subject, customer_id, currency
  )`,
    isSetAside: 'exists (select from set_aside where set_aside.id = g.redemption_id)',
  }),
  'facts',
);

/** Facts whose codes carry the version that they were read in. */
export interface StoredFacts extends Facts {
  codes: ReadonlyMap<string, CodeFact & { version: number }>;
  /** Under what name the customer's uses are counted, and the version of `customer_keys` that says so; absent: no customer. */
  counting?: { readonly customer: string; readonly version: number };
  /** The version of the rules at the same moment; absent where nothing had to be read. */
  catalogVersion?: number;
}

/** Reads what a quote needs beside the catalog in one statement; in none where it needs nothing. */
export async function loadFacts(db: Knex, providerId: string, needed: FactsNeeded): Promise<StoredFacts> {
  const { setAside } = needed;
  if (setAside === undefined) return (await loadFactsOfMany(db, providerId, [needed]))[0] as StoredFacts;
  await assertRedemption(db, providerId, setAside);
  const found = await execute<Found>(db, FACTS_WITHOUT, [providerId, ...asked([needed]), setAside]);
  return factsOf(needed, lookupIn(found[0] as Found));
}

async function assertRedemption(db: Knex, providerId: string, id: string): Promise<void> {
  if ((await db('redemptions').where({ provider_id: providerId, id }).first('id')) !== undefined) return;
  const detail = 'is no redemption of this provider';
  throw new RequestRefused('invalid_request', [{ pointer: '/redemptionId', code: 'unknown_redemption', detail }]);
}

/** Returns the same for several requests to one provider, in one statement altogether. */
export async function loadFactsOfMany(
  db: Knex,
  providerId: string,
  requests: readonly FactsNeeded[],
): Promise<StoredFacts[]> {
  if (requests.every(needsNothing)) return requests.map(() => ({ ...NO_FACTS, codes: new Map() }));
  const [found] = (await execute<Found>(db, FACTS, [providerId, ...asked(requests)])) as [Found];
  const lookup = lookupIn(found);
  return requests.map((needed) => factsOf(needed, lookup));
}

/** Returns whether a quote needs nothing beside the catalog. */
export function needsNothing({ codes, rules, customerId, setAside }: FactsNeeded): boolean {
  return codes.length === 0 && rules.length === 0 && customerId === undefined && setAside === undefined;
}

/** Returns what the requests need altogether, each once: codes, rules, customers, and which customers ask for which of them. */
function asked(requests: readonly FactsNeeded[]): string[][] {
  const codes = new Set<string>();
  const rules = new Set<string>();
  const customers = new Set<string>();
  const pairs = { code: new Map<string, [string, string]>(), rule: new Map<string, [string, string]>() };
  for (const needed of requests) {
    const { customerId } = needed;
    if (customerId !== undefined) customers.add(customerId);
    for (const code of needed.codes) {
      codes.add(code);
      if (customerId !== undefined) pairs.code.set(key(code, customerId), [code, customerId]);
    }
    for (const rule of needed.rules) {
      rules.add(rule);
      if (customerId !== undefined) pairs.rule.set(key(rule, customerId), [rule, customerId]);
    }
  }
  const [byCode, byRule] = [[...pairs.code.values()], [...pairs.rule.values()]];
  return [
    [...codes],
    [...rules],
    [...customers],
    ...[byCode, byRule].flatMap((list) => [list.map(([subject]) => subject), list.map(([, customer]) => customer)]),
  ];
}

/** What was found, by what it is looked up with. */
interface Lookup {
  readonly codes: ReadonlyMap<string, CodeFound>;
  readonly used: ReadonlyMap<string, Found['used']>;
  readonly grants: ReadonlyMap<string, Found['grants']>;
  readonly countedAs: Found['countedAs'];
  readonly customersVersion: number | null;
  readonly catalogVersion: number | null;
}

function lookupIn({ codes, used, grants, ...found }: Found): Lookup {
  return {
    ...found,
    codes: new Map(codes.map((code) => [code.code, code])),
    used: groupBy(used, ({ subject, customer }) => key(subject, customer)),
    grants: groupBy(grants, ({ customer }) => customer),
  };
}

function factsOf({ codes, rules, customerId }: FactsNeeded, found: Lookup): StoredFacts {
  const known = codes.flatMap((code) => found.codes.get(code) ?? []);
  const usedOf = (subject: string) => [
    ...(found.used.get(key(subject, '')) ?? []),
    ...(customerId === undefined ? [] : (found.used.get(key(subject, customerId)) ?? [])),
  ];
  const customer = customerId === undefined ? undefined : found.countedAs[customerId];
  const subjects = new Set([...rules, ...known.map(({ promotionId }) => promotionId)]);
  const usage = [...subjects].map((subject) => [subject, usedOf(subject)] as const);
  return {
    codes: new Map(known.map((code) => [code.code, toCodeFact(code, usedOf(code.id))])),
    usage: new Map(
      usage.filter(([, counters]) => counters.length > 0).map(([id, counters]) => [id, toUsage(counters)]),
    ),
    grants: customerId === undefined ? [] : (found.grants.get(customerId) ?? []).map(toGrantFact),
    redeeming: false,
    ...(customer !== undefined && { counting: { customer, version: found.customersVersion ?? 0 } }),
    ...(found.catalogVersion !== null && { catalogVersion: found.catalogVersion }),
  };
}

function toCodeFact({ startsAt, endsAt, ...code }: CodeFound, counters: Found['used']): CodeFact & { version: number } {
  const usedAs = (kind: string) => Number(counters.find((counter) => counter.kind === kind)?.used ?? 0);
  return withoutNulls({
    ...code,
    startsAt: startsAt === null ? null : formatInstant(startsAt),
    endsAt: endsAt === null ? null : formatInstant(endsAt),
    redemptions: usedAs('code'),
    customerRedemptions: usedAs('code_customer'),
  });
}

function toUsage(counters: Found['used']): Usage {
  const usage = { total: 0, customer: 0, spent: {} as Record<string, string> };
  for (const { kind, currency, used } of counters) {
    if (kind === 'promotion') usage.total = Number(used);
    else if (kind === 'promotion_customer') usage.customer = Number(used);
    else usage.spent[currency] = used;
  }
  return usage;
}

function toGrantFact({ customer: _customer, spent, startsAt, endsAt, ...grant }: GrantFound): GrantFact {
  const { payments, credit } = grant;
  return withoutNulls({
    ...grant,
    startsAt: formatInstant(startsAt),
    endsAt: endsAt === null ? null : formatInstant(endsAt),
    paymentsLeft: payments && Math.max(0, payments - Number(spent?.[''] ?? 0)),
    balance: credit && amountsLeft(credit, spent ?? {}),
  });
}

function key(subject: string, customerId: string): string {
  return JSON.stringify([subject, customerId]);
}
