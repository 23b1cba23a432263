import Big from 'big.js';
import type { Knex } from 'knex';
import type { Instant } from '../../engine/time/instant';
import { newId } from '../database/id';
import { execute, hotStatement } from '../database/prepared-statement';
import { byCounter, type CounterRow, counterOf, inBytes } from './counters';
import type { RedemptionEntry } from './redemption-rows';

/** What became of the entries: all of them are written, or none. */
export interface Recorded {
  readonly written: boolean;
  /** By the database's clock; holds run from here. */
  readonly at: string;
  /** Whether the provider has expired holds whose uses are still to be given back. */
  readonly expired: boolean;
}

/** Its migration has the text: a function runs its parts with plans that are kept, and only those that there is something to do for. */
const RECORD = hotStatement('select record_redemptions_2($1, $2, $3) as recorded', 'record');

/** Writes all of the entries, which are one provider's, with their counters, uses and grants, or none. */
export async function record(db: Knex, providerId: string, entries: readonly RedemptionEntry[]): Promise<Recorded> {
  return run(db, providerId, entries, false);
}

/** Writes an entry in the place of a redemption, which is locked, whose uses were given back, and whose id it has. */
export async function recordAgain(db: Knex, entry: RedemptionEntry): Promise<Recorded> {
  return run(db, entry.providerId, [entry], true);
}

async function run(
  db: Knex,
  providerId: string,
  entries: readonly RedemptionEntry[],
  replacing: boolean,
): Promise<Recorded> {
  const input = JSON.stringify(inputOf(entries));
  const [found] = await execute<{ recorded: Recorded }>(db, RECORD, [providerId, input, replacing]);
  return (found as { recorded: Recorded }).recorded;
}

/** Returns what the function takes; it does nothing for what is left out. */
function inputOf(entries: readonly RedemptionEntry[]): object {
  const counters = toCounters(entries);
  const promotions = versionsOf(entries.map((entry) => entry.promotions));
  const codes = versionsOf(entries.map((entry) => entry.codes));
  const catalog = Object.values(versionsOf(entries.map(catalogOf)) ?? {})[0];
  return {
    customers: Object.values(versionsOf(entries.map(({ counting }) => counting)) ?? {})[0],
    counters,
    limits: limitsOf(counters),
    promotions,
    codes,
    catalog,
    judged: sizeOf(promotions) + sizeOf(codes) + (catalog === undefined ? 0 : 1),
    discounts: versionsOf(entries.map(({ discounts }) => discounts)),
    spent: versionsOf(entries.map(({ spent }) => spent)),
    redeemed: someOf([...new Set(entries.flatMap(({ redeemed }) => redeemed))]),
    entries: entries.toSorted((one, other) => inBytes(one.orderId, other.orderId)).map(toEntryRow),
    uses: entries.flatMap(toUseRows),
    granted: someOf(entries.flatMap(toGrantRows)),
  };
}

function someOf<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** A version that nothing has. */
const NO_VERSION = -1;

/** Returns the version that each rule was judged by; where these are two, one of them is old, and neither will do. */
function versionsOf(judged: readonly ReadonlyMap<string, number>[]): Record<string, number> | undefined {
  const versions = new Map<string, number>();
  for (const [id, version] of judged.flatMap((its) => [...its])) {
    versions.set(id, (versions.get(id) ?? version) === version ? version : NO_VERSION);
  }
  return versions.size > 0 ? Object.fromEntries(versions) : undefined;
}

function catalogOf({ providerId, catalogVersion }: RedemptionEntry): ReadonlyMap<string, number> {
  return new Map(catalogVersion === undefined ? [] : [[providerId, catalogVersion]]);
}

function sizeOf(versions: Record<string, number> | undefined): number {
  return versions === undefined ? 0 : Object.keys(versions).length;
}

/** Returns each counter once, in the order in which they are locked, with what all entries together count on it and the least of their limits. */
function toCounters(entries: readonly RedemptionEntry[]): CounterRow[] {
  const counters = new Map<string, CounterRow>();
  for (const use of entries.flatMap(({ uses }) => uses)) {
    const { kind, subject, customerId = '', currency = '', amount, limit } = use;
    const counter = counters.get(counterOf(use));
    if (counter === undefined) {
      counters.set(counterOf(use), { kind, subject, customer_id: customerId, currency, amount, most: limit });
      continue;
    }
    counter.amount = Big(counter.amount).plus(amount).toFixed();
    if (limit !== undefined && (counter.most === undefined || Big(limit).lt(counter.most))) counter.most = limit;
  }
  return [...counters.values()].sort(byCounter);
}

/** Limited counters by the parts of their key. */
interface Limits {
  [part: string]: Limits | CounterRow;
}

/** Returns the counters that have a limit, where each finds its own by its key. */
function limitsOf(counters: readonly CounterRow[]): Limits {
  const limits = noLimits();
  for (const counter of counters) {
    if (counter.most === undefined) continue;
    let at = limits;
    for (const part of [counter.kind, counter.subject, counter.customer_id]) {
      at[part] ??= noLimits();
      at = at[part] as Limits;
    }
    at[counter.currency] = counter;
  }
  return limits;
}

/** Without a prototype: a customer may have any name. */
function noLimits(): Limits {
  return Object.create(null);
}

function toEntryRow(entry: RedemptionEntry): object {
  return {
    id: entry.id,
    order_id: entry.orderId,
    customer_id: entry.customerId,
    hold: entry.holdSeconds,
    request_hash: entry.requestHash,
    request: entry.request,
    quote: entry.quote,
    metadata: entry.metadata,
    facts: entry.facts,
    at: entry.at,
  };
}

function toUseRows({ id, uses }: RedemptionEntry): object[] {
  return uses.map(({ kind, subject, customerId = '', currency = '', amount }) => ({
    redemption_id: id,
    kind,
    subject,
    customer_id: customerId,
    currency,
    amount,
  }));
}

function toGrantRows({ id, at, grants }: RedemptionEntry): object[] {
  return grants.map(({ customerId, discountId, serviceId, startsAt, endsAt, payments, balance, terms }) => ({
    id: newId(),
    customer_id: customerId,
    discount_id: discountId,
    redemption_id: id,
    starts_at: timestamp(startsAt),
    ends_at: endsAt && timestamp(endsAt),
    service_id: serviceId,
    payments,
    balance,
    terms,
    created_at: at,
  }));
}

/** Returns a year beyond 9999 as PostgreSQL reads it: `12026`, not `+012026`. */
function timestamp(instant: Instant): string {
  return instant.replace(/^\+0*/, '');
}
