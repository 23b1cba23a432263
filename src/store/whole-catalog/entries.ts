import { isDeepStrictEqual } from 'node:util';
import type { Status } from '../../engine/vocabulary/resource';
import { matchRows } from '../catalog/matching';
import { newId } from '../database/id';
import { newRow, nextVersion, type StoredRow } from '../database/rows';
import { mapInSteps, type Steps } from '../slices';
import { isLive } from './document';

/** For whom, and when, rows are written. */
export interface Writing {
  providerId: string;
  at: Date;
}

/** A row of a resource that has a key, a name and a status. */
export type RuleRow = StoredRow & { key: string | null; name: string; status: Status };

/** An entry of a document with the row that it means, and the id that it has or gets. */
export interface Matched<E, R> {
  entry: E;
  known: R | undefined;
  id: string;
}

/** What an entry of a document says of its identity. */
export interface KeyedEntry {
  key?: string;
  name: string;
  status?: Status;
}

/**
 * Finds the stored row of each entry: by key, or where neither has one by name; of several of a name one that is not
 * archived, then the oldest, and entries that are not archived choose first. `placeOf` keeps apart what is in different places, so that only keys move.
 */
export function* matchRules<E extends KeyedEntry, R extends RuleRow>(
  entries: readonly E[],
  rows: readonly R[],
  placeOf: { entry(entry: E): string; row(row: R): string } = { entry: () => '', row: () => '' },
): Steps<Matched<E, R>[]> {
  const liveFirst = [...rows.filter(isLive), ...rows.filter((row) => !isLive(row))];
  const alias = (key: string | null | undefined, place: string, name: string) =>
    key === null || key === undefined ? JSON.stringify([place, name]) : undefined;
  const choosing = [...entries.filter(isLive), ...entries.filter((entry) => !isLive(entry))];
  yield;
  const found = matchRows(
    choosing.map((entry) => ({ key: entry.key, alias: alias(entry.key, placeOf.entry(entry), entry.name) })),
    liveFirst,
    (row) => ({ key: row.key, alias: alias(row.key, placeOf.row(row), row.name) }),
  );
  yield;
  const byEntry = new Map(choosing.map((entry, index) => [entry, found[index]]));
  return yield* mapInSteps(entries, (entry) => {
    const known = byEntry.get(entry);
    return { entry, known, id: known?.id ?? newId() };
  });
}

/** Returns the key to store: none where the document says the id of a row without one. */
export function keyOf({ entry, known }: Matched<{ key?: string }, { id: string; key: string | null }>): string | null {
  return known?.key === null && entry.key === known.id ? null : (entry.key ?? null);
}

/** Returns the row that an entry becomes: the same object where nothing is different, `touched` says whether what is nested is. */
export function written<R extends StoredRow>(
  { providerId, at }: Writing,
  { known, id }: Pick<Matched<unknown, R>, 'known' | 'id'>,
  columns: Omit<R, keyof StoredRow>,
  { touched }: { touched: boolean } = { touched: false },
): R {
  if (known === undefined) return { ...newRow(providerId, at, id), ...columns } as R;
  const differs = Object.entries(columns).some(([name, value]) => !isDeepStrictEqual(known[name as keyof R], value));
  return differs || touched ? { ...known, ...nextVersion(known, at), ...columns } : known;
}

/** Returns a row that the document does not name: archived, if it is not so already. */
export function archived<R extends RuleRow>({ at }: Writing, row: R): R {
  return isLive(row) ? { ...row, ...nextVersion(row, at), status: 'archived' } : row;
}
