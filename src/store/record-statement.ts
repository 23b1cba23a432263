import type { Knex } from 'knex';
import type { Instant } from '../engine/time';
import { KEY, LOCKING_ORDER } from './counters';
import { newId } from './id';
import { prepared, run } from './prepared';
import { REDEMPTION_COLUMNS, type RedemptionEntry, type RedemptionRow } from './redemption-rows';

/** What the statement made of the entries: all of them are written, or none. */
export interface Recorded {
  /** When the written holds end, by redemption id. */
  readonly expiries: Readonly<Record<string, string | null>> | null;
  /** Of the providers of the entries those with expired holds whose uses are still to be given back. */
  readonly expired: readonly string[];
  /** What stood in the way; absent where all are written. */
  readonly standing: Standing | null;
}

/** What the locked counters, the orders and the rules say. */
export interface Standing {
  readonly counters: readonly CounterStanding[];
  readonly orders: readonly RedemptionRow[];
  /** The promotions and codes that still have the version that they were judged by. */
  readonly rules: readonly { readonly provider: string; readonly id: string; readonly version: number }[];
}

/** How much of a limit is used; a counter that is missing has not been used. */
export interface CounterStanding {
  readonly provider: string;
  readonly kind: string;
  readonly subject: string;
  readonly customer: string;
  readonly currency: string;
  readonly used: string;
}

/** The columns of a list of rows that the statement takes, with their types. */
type Columns<Row> = { readonly [Name in keyof Row]: string };

interface EntryRow {
  provider_id: string;
  id: string;
  order_id: string;
  customer_id: string | null;
  hold: number | null;
  request_hash: string;
  request: string;
  quote: string;
  at: string;
}

interface UseRow {
  provider_id: string;
  redemption_id: string;
  kind: string;
  subject: string;
  customer_id: string;
  currency: string;
  amount: string;
  most: string | null;
}

interface RuleRow {
  provider_id: string;
  id: string;
  version: number;
}

interface GrantRow {
  provider_id: string;
  id: string;
  customer_id: string;
  discount_id: string;
  redemption_id: string;
  starts_at: string;
  ends_at: string;
}

const ENTRY: Columns<EntryRow> = {
  provider_id: 'text',
  id: 'text',
  order_id: 'text',
  customer_id: 'text',
  hold: 'double precision',
  request_hash: 'text',
  request: 'jsonb',
  quote: 'text',
  at: 'timestamptz',
};
const USE: Columns<UseRow> = {
  provider_id: 'text',
  redemption_id: 'text',
  kind: 'text',
  subject: 'text',
  customer_id: 'text',
  currency: 'text',
  amount: 'numeric',
  most: 'numeric',
};
const RULE: Columns<RuleRow> = { provider_id: 'text', id: 'text', version: 'integer' };
const GRANT: Columns<GrantRow> = {
  provider_id: 'text',
  id: 'text',
  customer_id: 'text',
  discount_id: 'text',
  redemption_id: 'text',
  starts_at: 'timestamptz',
  ends_at: 'timestamptz',
};

/** Apart from the lists, so that the planner takes them for of the same length always, and one plan serves them all. */
const INPUT = `input as materialized (select ${[
  input('entry', ENTRY),
  input('used', USE),
  input('promotion', RULE),
  input('code', RULE),
  input('granted', GRANT),
].join(', ')})`;

/**
 * Locks the counters in one fixed order, then the promotions and the codes, and writes everything where everything
 * fits. A locked row is read as it is, whatever was written while we waited for it; a counter that comes into being
 * meanwhile is a duplicate key, which fails the statement as a whole.
 */
const RECORD = prepared(`
  with ${INPUT},
  ${list('entry', ENTRY)},
  ${list('used', USE)},
  ${list('promotion', RULE)},
  ${list('code', RULE)},
  ${list('granted', GRANT)},
  wanted as materialized (
    select ${KEY}, sum(amount) as amount, min(most) as most from used group by ${KEY}
  ),
  locked as materialized (
    select held.* from (select * from wanted order by ${LOCKING_ORDER}) wanted cross join lateral (
      select ${KEY}, used from usage_counters counter
      where (${qualified('counter')}) = (${qualified('wanted')}) for update
    ) held
  ),
  counter as materialized (select * from wanted left join locked using (${KEY})),
  fits (yes) as materialized (
    select coalesce(bool_and(coalesce(used, 0) + amount <= most or most is null), true) from counter
  ),
  held_promotion as materialized (
    select held.* from (
      select * from promotion where (select yes is not null from fits) order by provider_id, id
    ) wanted cross join lateral (
      select p.provider_id, p.id, p.version from promotions p
      where p.provider_id = wanted.provider_id and p.id = wanted.id and p.version = wanted.version for share
    ) held
  ),
  held_code as materialized (
    select held.* from (
      select * from code where (select count(*) from held_promotion) >= 0 order by provider_id, id
    ) wanted cross join lateral (
      select c.provider_id, c.id, c.version from promo_codes c
      where c.provider_id = wanted.provider_id and c.id = wanted.id and c.version = wanted.version for share
    ) held
  ),
  taken as materialized (
    select json_build_object(${REDEMPTION_COLUMNS}) as redemption from redemptions
    where (provider_id, order_id) in (select provider_id, order_id from entry)
  ),
  verdict (yes) as materialized (
    select (select yes from fits)
      and (select count(*) from held_promotion) = (select count(*) from promotion)
      and (select count(*) from held_code) = (select count(*) from code)
      and not exists (select from taken)
  ),
  created as (
    insert into usage_counters (${KEY}, used)
    select ${KEY}, amount from counter where used is null and (select yes from verdict) order by ${LOCKING_ORDER}
    returning 1
  ),
  counted as (
    insert into usage_counters as stored (${KEY}, used)
    select ${KEY}, amount from counter where used is not null and (select yes from verdict)
    on conflict (${KEY}) do update set used = stored.used + excluded.used
  ),
  written as (
    insert into redemptions (
      provider_id, id, order_id, status, customer_id, expires_at, request_hash, request, quote, created_at, updated_at
    )
    select provider_id, id, order_id, case when hold is null then 'confirmed' else 'held' end, customer_id,
      date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => hold), request_hash, request, quote, at, at
    from entry
    where (select yes from verdict) and (select count(*) from created) >= 0
    order by provider_id, order_id
    returning id, expires_at
  ),
  listed as (
    insert into redemption_uses (provider_id, redemption_id, kind, subject, customer_id, currency, amount)
    select provider_id, redemption_id, kind, subject, customer_id, currency, amount from used
    where (select yes from verdict)
  ),
  kept as (
    insert into grants (provider_id, id, customer_id, discount_id, redemption_id, starts_at, ends_at)
    select * from granted where (select yes from verdict)
  )
  select
    (select json_object_agg(id, expires_at) from written) as expiries,
    array(select provider_id from (select distinct provider_id from entry) as provider where exists (
      select from redemptions r
      where r.provider_id = provider.provider_id and r.status = 'held' and r.expires_at <= clock_timestamp()
    )) as expired,
    case when not yes then json_build_object(
      'counters', (select coalesce(json_agg(json_build_object(
        'provider', provider_id, 'kind', kind, 'subject', subject, 'customer', customer_id, 'currency', currency,
        'used', used::text
      )), '[]') from locked),
      'orders', (select coalesce(json_agg(redemption), '[]') from taken),
      'rules', (select coalesce(json_agg(json_build_object('provider', provider_id, 'id', id, 'version', version)), '[]')
        from (select * from held_promotion union all select * from held_code) held)
    ) end as standing
  from verdict`);

/** Writes all of the entries with their counters, uses and grants, or none. */
export async function record(db: Knex, entries: readonly RedemptionEntry[]): Promise<Recorded> {
  const bindings = [
    ...columns(ENTRY, entries.map(toEntryRow)),
    ...columns(USE, entries.flatMap(toUseRows)),
    ...columns(
      RULE,
      toRuleRows(entries, ({ promotions }) => promotions),
    ),
    ...columns(
      RULE,
      toRuleRows(entries, ({ codes }) => codes),
    ),
    ...columns(GRANT, entries.flatMap(toGrantRows)),
  ];
  const [recorded] = await run<Recorded>(db, RECORD, bindings);
  return recorded as Recorded;
}

function input(name: string, columnTypes: object): string {
  return Object.entries(columnTypes)
    .map(([column, type]) => `?::${type}[] as ${name}_${column}`)
    .join(', ');
}

function list(name: string, columnTypes: object): string {
  const names = Object.keys(columnTypes);
  const arrays = names.map((column) => `${name}_${column}`).join(', ');
  return `${name} as materialized (
    select ${name}.* from input, unnest(${arrays}) as ${name} (${names.join(', ')})
  )`;
}

function qualified(table: string): string {
  return KEY.replace(/\w+/g, `${table}.$&`);
}

function columns<Row extends object>(types: Columns<Row>, rows: readonly Row[]): Knex.RawBinding[] {
  return Object.keys(types).map((name) => rows.map((row) => row[name as keyof Row])) as never;
}

function toEntryRow(entry: RedemptionEntry): EntryRow {
  return {
    provider_id: entry.providerId,
    id: entry.id,
    order_id: entry.orderId,
    customer_id: entry.customerId ?? null,
    hold: entry.holdSeconds ?? null,
    request_hash: entry.requestHash,
    request: entry.request,
    quote: entry.quote,
    at: entry.at.toISOString(),
  };
}

function toUseRows({ providerId, id, uses }: RedemptionEntry): UseRow[] {
  return uses.map(({ kind, subject, customerId, currency, amount, limit }) => ({
    provider_id: providerId,
    redemption_id: id,
    kind,
    subject,
    customer_id: customerId ?? '',
    currency: currency ?? '',
    amount,
    most: limit ?? null,
  }));
}

/** Each rule once with each version that it was judged by: where these are two, one of them is old. */
function toRuleRows(
  entries: readonly RedemptionEntry[],
  versionsOf: (entry: RedemptionEntry) => ReadonlyMap<string, number>,
): RuleRow[] {
  const rules = new Map<string, RuleRow>();
  for (const entry of entries) {
    for (const [id, version] of versionsOf(entry)) {
      rules.set(JSON.stringify([entry.providerId, id, version]), { provider_id: entry.providerId, id, version });
    }
  }
  return [...rules.values()];
}

function toGrantRows({ providerId, id, grants }: RedemptionEntry): GrantRow[] {
  return grants.map(({ customerId, discountId, startsAt, endsAt }) => ({
    provider_id: providerId,
    id: newId(),
    customer_id: customerId,
    discount_id: discountId,
    redemption_id: id,
    starts_at: timestamp(startsAt),
    ends_at: timestamp(endsAt),
  }));
}

/** A year beyond 9999 as PostgreSQL reads it: `12026`, not `+012026`. */
function timestamp(instant: Instant): string {
  return instant.replace(/^\+0*/, '');
}
