import { isDeepStrictEqual } from 'node:util';
import { newRow, nextVersion, type StoredRow } from '../database/rows';

/** A row of a list inside another resource. */
export interface NestedRow extends StoredRow {
  position: number;
}

/** An entry of a list to save: the id that it claims, and what the client says of it as columns. */
export interface Wanted<R extends NestedRow> {
  id?: string | undefined;
  columns: Omit<R, keyof NestedRow>;
}

/** What must be written so that a stored list becomes the wanted one. */
export interface Reconciled<R extends NestedRow> {
  /** The whole list. */
  rows: R[];
  /** Those that are new. */
  added: R[];
  /** Those that are different; one that only moved keeps its version. */
  altered: R[];
  /** Ids of those that are gone. */
  removed: string[];
}

/** Compares a stored list with the wanted one: an entry with a stored id keeps its identity, any other is new. */
export function diffList<R extends NestedRow>(
  providerId: string,
  stored: readonly R[],
  wanted: readonly Wanted<R>[],
  at: Date,
): Reconciled<R> {
  const left = new Map(stored.map((row) => [row.id, row]));
  const result: Reconciled<R> = { rows: [], added: [], altered: [], removed: [] };
  for (const [position, { id, columns }] of wanted.entries()) {
    const known = id === undefined ? undefined : left.get(id);
    const row = known
      ? updatedRow(known, columns, position, at)
      : ({ ...newRow(providerId, at), position, ...columns } as R);
    if (known === undefined) result.added.push(row);
    else {
      left.delete(known.id);
      if (row !== known) result.altered.push(row);
    }
    result.rows.push(row);
  }
  result.removed = [...left.keys()];
  return result;
}

/**
 * Compares the same where of the stored rows' positions only the order is known: where anything is to be written, all that
 * stay are, with the place that they have then.
 */
export function diffStored<R extends NestedRow>(...list: Parameters<typeof diffList<R>>): Reconciled<R> {
  const result = diffList(...list);
  const { rows, added, altered, removed } = result;
  if (added.length + altered.length + removed.length > 0) result.altered = rows.filter((row) => !added.includes(row));
  return result;
}

function updatedRow<R extends NestedRow>(known: R, columns: Omit<R, keyof NestedRow>, position: number, at: Date): R {
  const changed = Object.entries(columns).some(([name, value]) => !isDeepStrictEqual(known[name as keyof R], value));
  if (changed) return { ...known, ...nextVersion(known, at), ...columns, position };
  return known.position === position ? known : { ...known, position };
}
