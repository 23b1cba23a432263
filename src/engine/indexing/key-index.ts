import type { CartKeys, KeyKind, Keys } from '../vocabulary/keys';
import { addTo } from '../vocabulary/lists';

/** A rule and the keys that it is filed under; without any it is always found. */
export interface Entry<T> {
  readonly rule: T;
  readonly keys: readonly Keys[] | undefined;
}

/** What is filed under the keys of one kind. */
interface Filed<T> {
  readonly kind: KeyKind;
  readonly byValue: Map<string, T[]>;
}

/** Finds rules by the keys that they are filed under; what has no keys is always found. */
export class KeyIndex<T> {
  // Lists: a few kinds are walked for every quote, and maps make a new pair for each.
  /** Rules that have only this key, so that they are found once. */
  readonly #alone: Filed<T>[] = [];
  /** Rules that have other keys as well. */
  readonly #shared: Filed<T>[] = [];
  readonly #always: T[] = [];

  /** Returns what is filed under any of the keys that a cart brings, and what has no keys; nothing twice. */
  find(brought: CartKeys): readonly T[] {
    const found = this.#always.slice();
    collect(this.#alone, brought, found);
    if (this.#shared.length === 0) return found;
    const shared: T[] = [];
    collect(this.#shared, brought, shared);
    for (const rule of new Set(shared)) found.push(rule);
    return found;
  }

  /** Files a rule under each of its keys; returns in how many places. */
  add({ rule, keys }: Entry<T>): number {
    if (keys === undefined) {
      this.#always.push(rule);
      return 1;
    }
    const lists = keys.map(({ kind, values }) => ({ kind, values: values.length > 1 ? [...new Set(values)] : values }));
    const places = lists.reduce((count, { values }) => count + values.length, 0);
    const index = places === 1 ? this.#alone : this.#shared;
    for (const { kind, values } of lists) {
      const { byValue } = filedOf(index, kind);
      for (const value of values) addTo(byValue, value, rule);
    }
    return places;
  }
}

function filedOf<T>(index: Filed<T>[], kind: KeyKind): Filed<T> {
  const known = index.find((one) => one.kind === kind);
  if (known !== undefined) return known;
  const filed = { kind, byValue: new Map<string, T[]>() };
  index.push(filed);
  return filed;
}

function collect<T>(index: readonly Filed<T>[], brought: CartKeys, found: T[]): void {
  for (const { kind, byValue } of index) {
    for (const value of brought(kind)) {
      const filed = byValue.get(value);
      if (filed !== undefined) for (const entry of filed) found.push(entry);
    }
  }
}
