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
