import { groupBy } from '../../engine/vocabulary/lists';
import type { StoredRow } from '../database/rows';

/** How an entry of a document says which stored row it means. */
export interface Sought {
  key: string | undefined;
  /** What it is recognised by where the key does not tell. */
  alias: string | undefined;
}

/** How a stored row is found. */
export interface Findable {
  key: string | null;
  /** What it is recognised by where no key does. */
  alias: string | undefined;
}

/**
 * Returns the row that each entry means, `undefined` where it is new: the one with its key; else the one without a key
 * whose id the key is; else one that is recognised by its alias. Each row is meant once; of several the earlier comes
 * first.
 */
export function matchRows<R extends StoredRow>(
  sought: readonly Sought[],
  rows: readonly R[],
  findable: (row: R) => Findable,
): (R | undefined)[] {
  const byKey = new Map<string, R>();
  for (const row of rows) if (findable(row).key === null) byKey.set(row.id, row);
  for (const row of rows) byKey.set(findable(row).key ?? row.id, row);
  const left = new Set(rows);
  const take = (row: R | undefined): R | undefined => (row !== undefined && left.delete(row) ? row : undefined);
  const matches = sought.map(({ key }) => (key === undefined ? undefined : take(byKey.get(key))));

  const byAlias = groupBy([...left], (row) => findable(row).alias ?? null);
  return matches.map((row, index) => row ?? take(byAlias.get(sought[index]?.alias ?? '')?.shift()));
}
