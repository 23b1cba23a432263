import type { Knex } from 'knex';
import type { GrantToRecord, Use } from '../engine/facts';
import { parseMoney } from '../engine/money';
import { retryContention } from './contention';
import { newId } from './id';
import { REDEMPTION_COLUMNS, type RedemptionRow } from './redemption-rows';

/** A redemption that was judged and is to be counted. */
export interface RedemptionEntry {
  readonly providerId: string;
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string | undefined;
  /** Seconds for which the uses are only held; absent: the redemption is confirmed at once. */
  readonly holdSeconds: number | undefined;
  readonly requestHash: string;
  /** The request and the answered quote, as JSON. */
  readonly request: string;
  readonly quote: string;
  readonly uses: readonly Use[];
  readonly grants: readonly GrantToRecord[];
  /** The catalog version that it was judged by. */
  readonly catalogVersion: number;
  readonly at: Date;
}

/** What became of an entry. */
export type RecordOutcome =
  | { readonly kind: 'recorded'; readonly row: RedemptionRow }
  /** The order has a redemption already. */
  | { readonly kind: 'exists'; readonly row: RedemptionRow }
  /** A limit has been reached since it was judged; `expiredHolds`: uses of expired holds are still to be given back. */
  | { readonly kind: 'refused'; readonly expiredHolds: boolean }
  /** The rules have been written since it was judged. */
  | { readonly kind: 'stale' }
  /** Another entry of the same batch has the same order. */
  | { readonly kind: 'again' };

/** Another process recorded one of the orders between the look and the write. */
class OrderTaken extends Error {}

/**
 * Counts redemptions, all in one transaction: their counters are locked in one fixed order, each entry is decided in
 * turn on what the ones before it left, and what is accepted is written at once. An entry counts wholly or not at all.
 */
export async function recordRedemptions(db: Knex, entries: readonly RedemptionEntry[]): Promise<RecordOutcome[]> {
  for (;;) {
    try {
      return await retryContention(() => db.transaction((trx) => record(trx, entries)));
    } catch (error) {
      if (!(error instanceof OrderTaken)) throw error;
    }
  }
}

async function record(trx: Knex.Transaction, entries: readonly RedemptionEntry[]): Promise<RecordOutcome[]> {
  const keys = counterKeys(entries);
  await trx.raw(MISSING_COUNTERS, keys);
  const { rows } = await trx.raw<{ rows: [Standing] }>(STANDING, [
    ...keys,
    [...new Set(entries.map(({ providerId }) => providerId))],
    entries.map(({ providerId }) => providerId),
    entries.map(({ orderId }) => orderId),
  ]);
  const decided = decide(entries, rows[0]);
  const accepted = entries.filter((_, index) => decided[index] === 'accepted');
  const written = accepted.length > 0 ? await writeEntries(trx, accepted) : new Map<string, RedemptionRow>();
  return entries.map((entry, index): RecordOutcome => {
    const outcome = decided[index];
    if (outcome !== 'accepted' && outcome !== undefined) return outcome;
    const row = written.get(entry.id);
    if (row === undefined) throw new OrderTaken();
    return { kind: 'recorded', row };
  });
}

/** What the locked counters, the orders and the catalogs say. */
interface Standing {
  counters: { provider: string; kind: string; subject: string; customer: string; currency: string; used: string }[];
  orders: RedemptionRow[];
  versions: Record<string, number>;
  expired: string[];
}

/** Counters come into being before any is locked, so that nobody who holds one waits for a new one. */
const MISSING_COUNTERS = `
  insert into usage_counters (provider_id, kind, subject, customer_id, currency)
  select distinct * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) as wanted
  order by 1, 2, 3, 4, 5
  on conflict do nothing`;

const STANDING = `
  with locked as materialized (
    select provider_id, kind, subject, customer_id, currency, used
    from usage_counters
    where (provider_id, kind, subject, customer_id, currency) in (
      select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
    )
    order by provider_id, kind, subject, customer_id, currency
    for update
  ), provider as (select unnest(?::text[]) as id)
  select
    (select coalesce(json_agg(json_build_object(
      'provider', provider_id, 'kind', kind, 'subject', subject, 'customer', customer_id, 'currency', currency,
      'used', used::text
    )), '[]') from locked) as counters,
    (select coalesce(json_agg(json_build_object(${REDEMPTION_COLUMNS})), '[]') from redemptions
      where (provider_id, order_id) in (select * from unnest(?::text[], ?::text[]))) as orders,
    (select json_object_agg(p.id, p.catalog_version) from providers p join provider using (id)) as versions,
    (select coalesce(json_agg(distinct r.provider_id), '[]') from redemptions r join provider on r.provider_id = provider.id
      where r.status = 'held' and r.expires_at <= clock_timestamp()) as expired`;

type CounterKey = readonly [provider: string, kind: string, subject: string, customer: string, currency: string];

function keyOf(entry: RedemptionEntry, { kind, subject, customerId, currency }: Use): CounterKey {
  return [entry.providerId, kind, subject, customerId ?? '', currency ?? ''];
}

/** The keys of all counters of the entries, by column. */
function counterKeys(entries: readonly RedemptionEntry[]): string[][] {
  const keys = entries.flatMap((entry) => entry.uses.map((use) => keyOf(entry, use)));
  return [0, 1, 2, 3, 4].map((column) => keys.map((key) => key[column] ?? ''));
}

/** Decides each entry in turn on what the accepted ones before it left. */
function decide(
  entries: readonly RedemptionEntry[],
  { counters, orders, versions, expired }: Standing,
): ('accepted' | RecordOutcome)[] {
  const used = new Map(
    counters.map((counter) => [
      JSON.stringify([counter.provider, counter.kind, counter.subject, counter.customer, counter.currency]),
      parseMoney(counter.used),
    ]),
  );
  const existing = new Map(orders.map((row) => [JSON.stringify([row.provider_id, row.order_id]), row]));
  const taken = new Set<string>();
  return entries.map((entry) => {
    const order = JSON.stringify([entry.providerId, entry.orderId]);
    const row = existing.get(order);
    if (row !== undefined) return { kind: 'exists', row };
    if (taken.has(order)) return { kind: 'again' };
    if (versions[entry.providerId] !== entry.catalogVersion) return { kind: 'stale' };
    const uses = entry.uses.map((use) => {
      const key = JSON.stringify(keyOf(entry, use));
      return { key, after: (used.get(key) ?? 0n) + parseMoney(use.amount), limit: use.limit };
    });
    if (uses.some(({ after, limit }) => limit !== undefined && after > parseMoney(limit))) {
      return { kind: 'refused', expiredHolds: expired.includes(entry.providerId) };
    }
    for (const { key, after } of uses) used.set(key, after);
    taken.add(order);
    return 'accepted';
  });
}

const WRITE = `
  with entry as (
    select * from jsonb_to_recordset(?::jsonb) as entry (
      provider_id text, id text, order_id text, customer_id text, hold double precision, request_hash text,
      request jsonb, quote text, at timestamptz
    )
  ), used as (
    select * from jsonb_to_recordset(?::jsonb) as used (
      provider_id text, redemption_id text, kind text, subject text, customer_id text, currency text, amount numeric
    )
  ), written as (
    insert into redemptions (
      provider_id, id, order_id, status, customer_id, expires_at, request_hash, request, quote, created_at, updated_at
    )
    select provider_id, id, order_id, case when hold is null then 'confirmed' else 'held' end, customer_id,
      date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => hold), request_hash, request, quote, at, at
    from entry
    on conflict (provider_id, order_id) do nothing
    returning *
  ), counted as (
    update usage_counters counter set used = counter.used + delta.amount
    from (
      select provider_id, kind, subject, customer_id, currency, sum(amount) as amount from used group by 1, 2, 3, 4, 5
    ) delta
    where (counter.provider_id, counter.kind, counter.subject, counter.customer_id, counter.currency)
      = (delta.provider_id, delta.kind, delta.subject, delta.customer_id, delta.currency)
  ), listed as (
    insert into redemption_uses select * from used
  ), granted as (
    insert into grants (provider_id, id, customer_id, discount_id, redemption_id, starts_at, ends_at)
    select * from jsonb_to_recordset(?::jsonb) as granted (
      provider_id text, id text, customer_id text, discount_id text, redemption_id text, starts_at timestamptz,
      ends_at timestamptz
    )
  )
  select json_build_object(${REDEMPTION_COLUMNS}) as row from written`;

/** Writes accepted entries, their uses, counters and grants in one statement; the written rows by id. */
async function writeEntries(
  trx: Knex.Transaction,
  entries: readonly RedemptionEntry[],
): Promise<Map<string, RedemptionRow>> {
  const redemptions = entries.map((entry) => ({
    provider_id: entry.providerId,
    id: entry.id,
    order_id: entry.orderId,
    customer_id: entry.customerId,
    hold: entry.holdSeconds,
    request_hash: entry.requestHash,
    request: JSON.parse(entry.request),
    quote: entry.quote,
    at: entry.at,
  }));
  const uses = entries.flatMap((entry) =>
    entry.uses.map((use) => {
      const [provider_id, kind, subject, customer_id, currency] = keyOf(entry, use);
      return { provider_id, redemption_id: entry.id, kind, subject, customer_id, currency, amount: use.amount };
    }),
  );
  const grants = entries.flatMap((entry) =>
    entry.grants.map(({ customerId, discountId, startsAt, endsAt }) => ({
      provider_id: entry.providerId,
      id: newId(),
      customer_id: customerId,
      discount_id: discountId,
      redemption_id: entry.id,
      starts_at: startsAt,
      ends_at: endsAt,
    })),
  );
  const { rows } = await trx.raw<{ rows: { row: RedemptionRow }[] }>(
    WRITE,
    [redemptions, uses, grants].map((list) => JSON.stringify(list)),
  );
  return new Map(rows.map(({ row }) => [row.id, row]));
}

/** Marks holds that have expired and gives their uses back; anybody may, nobody must: an expired hold is free at once. */
export async function releaseExpiredHolds(db: Knex, providerId: string): Promise<void> {
  await retryContention(() => db.transaction((trx) => release(trx, providerId)));
}

async function release(trx: Knex.Transaction, providerId: string): Promise<void> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `with due as (
         select id from redemptions
         where provider_id = :providerId and status = 'held' and expires_at <= clock_timestamp()
         order by id limit 1000 for update skip locked
       )
       update redemptions r set status = 'expired', version = version + 1, updated_at = now()
       from due where r.provider_id = :providerId and r.id = due.id
       returning r.id`,
    { providerId },
  );
  await giveBack(
    trx,
    providerId,
    rows.map(({ id }) => id),
  );
}

/** Takes the uses of redemptions out of the counters; the rows of the redemptions are locked, and their status changed once. */
export async function giveBack(trx: Knex.Transaction, providerId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx.raw(
    `with given as (
       select kind, subject, customer_id, currency, sum(amount) as amount from redemption_uses
       where provider_id = :providerId and redemption_id = any(:ids)
       group by kind, subject, customer_id, currency
     ), locked as materialized (
       select counter.* from usage_counters counter
       where counter.provider_id = :providerId
         and (counter.kind, counter.subject, counter.customer_id, counter.currency)
           in (select kind, subject, customer_id, currency from given)
       order by kind, subject, customer_id, currency
       for update
     )
     update usage_counters counter set used = counter.used - given.amount
     from given join locked using (kind, subject, customer_id, currency)
     where counter.provider_id = :providerId
       and (counter.kind, counter.subject, counter.customer_id, counter.currency)
         = (given.kind, given.subject, given.customer_id, given.currency)`,
    { providerId, ids: [...ids] },
  );
}
