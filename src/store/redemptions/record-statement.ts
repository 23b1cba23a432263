import type { Knex } from 'knex';
import type { Instant } from '../../engine/time/instant';
import { newId } from '../database/id';
import { execute, type Prepared, preparedStatement } from '../database/prepared-statement';
import { KEY, LOCKING_ORDER, qualified } from './counters';
import { NEW_ORDER, recordedEvents } from './recorded-events';
import {
  HAS_EXPIRED,
  HOLDS_ORDER,
  REDEMPTION_COLUMNS,
  type RedemptionEntry,
  type RedemptionRow,
} from './redemption-rows';

/** What the statement made of the entries: all of them are written, or none. */
export interface Recorded {
  /** When the written holds end, by redemption id. */
  readonly expiries: Readonly<Record<string, string>>;
  /** Whether the provider has expired holds whose uses are still to be given back. */
  readonly expired: boolean;
  /** What stood in the way; absent where all are written. */
  readonly standing: Obstacles | null;
}

/** What the locked counters, the orders and the rules say. */
export interface Obstacles {
  readonly counters: readonly CounterStanding[];
  readonly orders: readonly RedemptionRow[];
  /** The promotions, codes, global discounts, grants and ways of counting customers that still have the version that they were judged by. */
  readonly rules: readonly { readonly id: string; readonly version: number }[];
}

/** How much of a limit is used; a counter that is missing has not been used. */
export interface CounterStanding {
  readonly kind: string;
  readonly subject: string;
  readonly customer: string;
  readonly currency: string;
  readonly used: string;
}

/** The columns of a list of rows that the statement takes, with their types. */
type Columns<Row> = { readonly [Name in keyof Row]: string };

interface EntryRow {
  id: string;
  order_id: string;
  customer_id: string | null;
  hold: number | null;
  request_hash: string;
  request: string;
  quote: string;
  metadata: string | null;
  facts: string;
  at: string;
}

interface UseRow {
  redemption_id: string;
  kind: string;
  subject: string;
  customer_id: string;
  currency: string;
  amount: string;
  most: string | null;
}

interface RuleRow {
  id: string;
  version: number;
}

interface DiscountRow {
  id: string;
}

interface GrantRow {
  id: string;
  customer_id: string;
  discount_id: string;
  redemption_id: string;
  starts_at: string;
  ends_at: string | null;
  service_id: string | null;
  payments: number | null;
  balance: string | null;
  terms: string;
  created_at: string;
}

const ENTRY: Columns<EntryRow> = {
  id: 'text',
  order_id: 'text',
  customer_id: 'text',
  hold: 'double precision',
  request_hash: 'text',
  request: 'jsonb',
  quote: 'text',
  metadata: 'jsonb',
  facts: 'jsonb',
  at: 'timestamptz',
};
const USE: Columns<UseRow> = {
  redemption_id: 'text',
  kind: 'text',
  subject: 'text',
  customer_id: 'text',
  currency: 'text',
  amount: 'numeric',
  most: 'numeric',
};
const RULE: Columns<RuleRow> = { id: 'text', version: 'integer' };
const DISCOUNT: Columns<DiscountRow> = { id: 'text' };
const GRANT: Columns<GrantRow> = {
  id: 'text',
  customer_id: 'text',
  discount_id: 'text',
  redemption_id: 'text',
  starts_at: 'timestamptz',
  ends_at: 'timestamptz',
  service_id: 'text',
  payments: 'bigint',
  balance: 'jsonb',
  terms: 'jsonb',
  created_at: 'timestamptz',
};

/** The lists, in the order of their parameters; the provider is the first parameter. */
const LISTS = {
  entry: ENTRY,
  used: USE,
  promotion: RULE,
  code: RULE,
  discount: RULE,
  spent: RULE,
  counting: RULE,
  redeemed: DISCOUNT,
  granted: GRANT,
};
const LIST_NAMES = Object.keys(LISTS) as (keyof typeof LISTS)[];

/** Apart from the lists, so that the planner takes them for of the same length always, and one plan serves them all. */
const INPUT = `input as materialized (select ${['$1::text as provider_id', ...arrays()].join(', ')})`;

/**
 * Locks the way in which customers are counted, so that no erasure comes between, then the counters in one fixed order, then the promotions, the codes, the global discounts and the grants, and writes all
 * where everything fits. A locked row is read as it is, whatever was written while we waited for it; a counter that comes into being
 * meanwhile is a duplicate key, which fails the statement as a whole. So does a counter that was wanted and not
 * written, by a division by zero: otherwise somebody's use would be lost.
 */
const recording = ({ taken, written, type }: Writing) => `
  with ${INPUT},
  ${LIST_NAMES.map(list).join(', ')},
  wanted as materialized (
    select ${KEY}, sum(amount) as amount, min(most) as most from used group by ${KEY}
  ),
  held_key as materialized (
    select held.* from (select * from counting order by id) wanted cross join lateral (
      select k.provider_id as id, k.version from customer_keys k
      where k.provider_id = wanted.id and k.version = wanted.version for share
    ) held
  ),
  locked as materialized (
    select held.* from (
      select * from wanted where (select count(*) from held_key) >= 0 order by ${LOCKING_ORDER}
    ) wanted cross join lateral (
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
      select * from promotion where (select yes is not null from fits) order by id
    ) wanted cross join lateral (
      select p.id, p.version from promotions p
      where p.provider_id = wanted.provider_id and p.id = wanted.id and p.version = wanted.version for share
    ) held
  ),
  held_code as materialized (
    select held.* from (
      select * from code where (select count(*) from held_promotion) >= 0 order by id
    ) wanted cross join lateral (
      select c.id, c.version from promo_codes c
      where c.provider_id = wanted.provider_id and c.id = wanted.id and c.version = wanted.version for share
    ) held
  ),
  held_discount as materialized (
    select held.* from (
      select * from discount where (select count(*) from held_code) >= 0 order by id
    ) wanted cross join lateral (
      select d.id, d.version from discounts d
      where d.provider_id = wanted.provider_id and d.id = wanted.id and d.version = wanted.version for share
    ) held
  ),
  held_grant as materialized (
    select held.* from (
      select * from spent where (select count(*) from held_discount) >= 0 order by id
    ) wanted cross join lateral (
      select g.id, g.version from grants g
      where g.provider_id = wanted.provider_id and g.id = wanted.id and g.version = wanted.version for share
    ) held
  ),
  taken as materialized (
    select json_build_object(${REDEMPTION_COLUMNS}) as redemption from redemptions
    where ${taken}
  ),
  verdict (yes) as materialized (
    select (select yes from fits)
      and (select count(*) from held_key) = (select count(*) from counting)
      and (select count(*) from held_promotion) = (select count(*) from promotion)
      and (select count(*) from held_code) = (select count(*) from code)
      and (select count(*) from held_discount) = (select count(*) from discount)
      and (select count(*) from held_grant) = (select count(*) from spent)
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
    returning 1
  ),
  named as (
    insert into redeemed_discounts (provider_id, discount_id)
    select distinct provider_id, id from redeemed
    where (select yes from verdict) and (select count(*) from created) >= 0
      and not exists (
        select from redeemed_discounts known
        where known.provider_id = redeemed.provider_id and known.discount_id = redeemed.id
      )
    order by provider_id, id
    on conflict do nothing
    returning 1
  ),
  written as (
    ${written}
  ),
  listed as (
    insert into redemption_uses (provider_id, redemption_id, kind, subject, customer_id, currency, amount)
    select provider_id, redemption_id, kind, subject, customer_id, currency, amount from used
    where (select yes from verdict)
    on conflict (provider_id, redemption_id, kind, subject, customer_id, currency) do update set amount = excluded.amount
  ),
  kept as (
    insert into grants (
      provider_id, id, customer_id, discount_id, redemption_id, starts_at, ends_at, service_id, payments, balance, terms,
      created_at, updated_at
    )
    select granted.*, granted.created_at from granted where (select yes from verdict)
    returning *
  ),
  ${recordedEvents(type)},
  missing (counters) as (
    select (select count(*) from wanted) - (select count(*) from created) - (select count(*) from counted)
  )
  select
    (select coalesce(json_object_agg(id, expires_at), '{}') from written where expires_at is not null) as expiries,
    exists (
      select from input join redemptions using (provider_id) where ${HAS_EXPIRED}
    ) as expired,
    case when not yes then json_build_object(
      'counters', (select coalesce(json_agg(json_build_object(
        'kind', kind, 'subject', subject, 'customer', customer_id, 'currency', currency, 'used', used::text
      )), '[]') from locked),
      'orders', (select coalesce(json_agg(redemption), '[]') from taken),
      'rules', (select coalesce(json_agg(json_build_object('id', id, 'version', version)), '[]')
        from (
          select * from held_promotion union all select * from held_code union all select * from held_discount
          union all select * from held_grant union all select * from held_key
        ) held)
    ) end as standing
  from verdict, missing
  where 1 / (case when not yes or counters = 0 then 1 else 0 end) = 1`;

/** What the statement does with the rows of redemptions. */
interface Writing {
  /** Which of them stand in the way. */
  readonly taken: string;
  /** Writes the entries. */
  readonly written: string;
  /** The type of their events. */
  readonly type: string;
}

const RECORD = preparedStatement(
  recording({
    taken: `(provider_id, order_id) in (select provider_id, order_id from entry) and ${HOLDS_ORDER}`,
    written: `
    insert into redemptions (
      provider_id, id, order_id, status, customer_id, expires_at, request_hash, request, quote, metadata, created_at,
      updated_at
    )
    select provider_id, id, order_id, case when hold is null then 'confirmed' else 'held' end, customer_id,
      date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => hold), request_hash, request, quote, metadata,
      at, at
    from entry
    where (select yes from verdict) and (select count(*) from named) >= 0
    order by order_id
    returning id, expires_at`,
    type: NEW_ORDER,
  }),
  'record',
);

/** The same for orders that are redeemed already: what they are now takes the place of what they were. */
const RECORD_AGAIN = preparedStatement(
  recording({
    taken: 'false',
    written: `
    update redemptions r set customer_id = entry.customer_id, request = entry.request, quote = entry.quote,
      replaced_at = entry.at, erased_at = null, updated_at = entry.at, version = r.version + 1
    from entry
    where r.provider_id = entry.provider_id and r.id = entry.id
      and (select yes from verdict) and (select count(*) from named) >= 0
    returning r.id, r.expires_at`,
    type: "'redemption.replaced'",
  }),
  'record',
);

/** Returns whether the statement failed because a counter was not written; the same again may succeed. */
export function hasLostCounter(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '22012';
}

/** Writes all of the entries, which are one provider's, with their counters, uses and grants, or none. */
export async function record(db: Knex, providerId: string, entries: readonly RedemptionEntry[]): Promise<Recorded> {
  return run(db, RECORD, providerId, entries);
}

/** Writes an entry in the place of a redemption, which is locked, whose uses were given back, and whose id it has. */
export async function recordAgain(db: Knex, entry: RedemptionEntry): Promise<Recorded> {
  return run(db, RECORD_AGAIN, entry.providerId, [entry]);
}

async function run(
  db: Knex,
  statement: Prepared,
  providerId: string,
  entries: readonly RedemptionEntry[],
): Promise<Recorded> {
  const rows = {
    entry: entries.map(toEntryRow),
    used: entries.flatMap(toUseRows),
    promotion: toRuleRows(entries.map(({ promotions }) => promotions)),
    code: toRuleRows(entries.map(({ codes }) => codes)),
    discount: toRuleRows(entries.map(({ discounts }) => discounts)),
    spent: toRuleRows(entries.map(({ spent }) => spent)),
    counting: toRuleRows(entries.map(({ counting }) => counting)),
    redeemed: toDiscountRows(entries),
    granted: entries.flatMap(toGrantRows),
  };
  const values = LIST_NAMES.flatMap((name) => columns(LISTS[name], rows[name]));
  const [recorded] = await execute<Recorded>(db, statement, [providerId, ...values]);
  return recorded as Recorded;
}

/** Returns the arrays of all lists, each as a numbered parameter. */
function arrays(): string[] {
  const types = LIST_NAMES.flatMap((name) =>
    Object.entries(LISTS[name]).map(([column, type]) => ({ type, column: `${name}_${column}` })),
  );
  return types.map(({ type, column }, index) => `$${index + 2}::${type}[] as ${column}`);
}

function list(name: keyof typeof LISTS): string {
  const names = Object.keys(LISTS[name]);
  const columns = names.map((column) => `${name}_${column}`).join(', ');
  return `${name} as materialized (
    select input.provider_id, ${name}.* from input, unnest(${columns}) as ${name} (${names.join(', ')})
  )`;
}

/** Returns the rows of a list column by column, as the parameters are. */
function columns(types: object, rows: readonly object[]): unknown[][] {
  return Object.keys(types).map((name) => rows.map((row) => row[name as keyof typeof row]));
}

function toEntryRow(entry: RedemptionEntry): EntryRow {
  return {
    id: entry.id,
    order_id: entry.orderId,
    customer_id: entry.customerId ?? null,
    hold: entry.holdSeconds ?? null,
    request_hash: entry.requestHash,
    request: entry.request,
    quote: entry.quote,
    metadata: entry.metadata === undefined ? null : JSON.stringify(entry.metadata),
    facts: JSON.stringify(entry.facts),
    at: entry.at.toISOString(),
  };
}

function toUseRows({ id, uses }: RedemptionEntry): UseRow[] {
  return uses.map(({ kind, subject, customerId, currency, amount, limit }) => ({
    redemption_id: id,
    kind,
    subject,
    customer_id: customerId ?? '',
    currency: currency ?? '',
    amount,
    most: limit ?? null,
  }));
}

/** Returns each rule once with each version that it was judged by: where these are two, one of them is old. */
function toRuleRows(judged: readonly ReadonlyMap<string, number>[]): RuleRow[] {
  const rules = new Map<string, RuleRow>();
  for (const versions of judged) {
    for (const [id, version] of versions) rules.set(JSON.stringify([id, version]), { id, version });
  }
  return [...rules.values()];
}

/** Returns the discounts of all entries, each once. */
function toDiscountRows(entries: readonly RedemptionEntry[]): DiscountRow[] {
  return [...new Set(entries.flatMap(({ redeemed }) => redeemed))].map((id) => ({ id }));
}

function toGrantRows({ id, at, grants }: RedemptionEntry): GrantRow[] {
  return grants.map(({ customerId, discountId, serviceId, startsAt, endsAt, payments, balance, terms }) => ({
    id: newId(),
    customer_id: customerId,
    discount_id: discountId,
    redemption_id: id,
    starts_at: timestamp(startsAt),
    ends_at: endsAt === undefined ? null : timestamp(endsAt),
    service_id: serviceId ?? null,
    payments: payments ?? null,
    balance: balance === undefined ? null : JSON.stringify(balance),
    terms: JSON.stringify(terms),
    created_at: at.toISOString(),
  }));
}

/** Returns a year beyond 9999 as PostgreSQL reads it: `12026`, not `+012026`. */
function timestamp(instant: Instant): string {
  return instant.replace(/^\+0*/, '');
}
