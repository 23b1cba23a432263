import type { Use } from '../../engine/judging/facts';

/** The key of `usage_counters`, as a list of columns. */
export const KEY = 'provider_id, kind, subject, customer_id, currency';

/**
 * The one order in which counters are locked, whatever the database's collation. Each is locked by itself, by its key
 * alone, or by `on conflict`: where a row that a join with `for update` has waited for is looked at again, PostgreSQL
 * 18 (with Memoize in the plan) loses rows of that join.
 */
export const LOCKING_ORDER = KEY.replace(/\w+/g, '$& collate "C"');

/** Returns the key's columns as those of one table of a statement. */
export function qualified(table: string): string {
  return KEY.replace(/\w+/g, `${table}.$&`);
}

/** Returns a text that names the counter of a use. */
export function counterOf({ kind, subject, customerId = '', currency = '' }: Omit<Use, 'amount'>): string {
  return JSON.stringify([kind, subject, customerId, currency]);
}

/** A counter, with what is counted on it. */
export interface CounterRow {
  kind: Use['kind'];
  subject: string;
  customer_id: string;
  currency: string;
  amount: string;
  most?: string | undefined;
}

/** Compares counters by the order in which they are locked. */
export function byCounter(one: CounterRow, other: CounterRow): number {
  return (
    inBytes(one.kind, other.kind) ||
    inBytes(one.subject, other.subject) ||
    inBytes(one.customer_id, other.customer_id) ||
    inBytes(one.currency, other.currency)
  );
}

/** Compares texts as PostgreSQL's collation "C" does: by their bytes. */
export function inBytes(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}
