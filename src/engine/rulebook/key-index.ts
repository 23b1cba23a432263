import type { CartKeys, KeyKind, Keys } from '../vocabulary/keys';

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

  /** Files every rule under each of its keys, or under none. */
  constructor(rules: readonly T[], keysOf: (rule: T) => readonly Keys[] | undefined) {
    for (const rule of rules) this.#add(keysOf(rule), rule);
  }

  /** What is filed under any of the keys that a cart brings, and what has no keys; nothing twice. */
  find(brought: CartKeys): readonly T[] {
    const found = this.#always.slice();
    collect(this.#alone, brought, found);
    if (this.#shared.length === 0) return found;
    const shared: T[] = [];
    collect(this.#shared, brought, shared);
    for (const rule of new Set(shared)) found.push(rule);
    return found;
  }

  #add(keys: readonly Keys[] | undefined, rule: T): void {
    if (keys === undefined) this.#always.push(rule);
    const lists = (keys ?? []).map(({ kind, values }) => ({ kind, values: new Set(values) }));
    const index = lists.reduce((count, { values }) => count + values.size, 0) === 1 ? this.#alone : this.#shared;
    for (const { kind, values } of lists) {
      let filed = index.find((one) => one.kind === kind);
      if (filed === undefined) {
        filed = { kind, byValue: new Map() };
        index.push(filed);
      }
      for (const value of values) addTo(filed.byValue, value, rule);
    }
  }
}

/** Adds to the list of a value. */
export function addTo<K, T>(byValue: Map<K, T[]>, value: K, entry: T): void {
  const filed = byValue.get(value);
  if (filed === undefined) byValue.set(value, [entry]);
  else filed.push(entry);
}

function collect<T>(index: readonly Filed<T>[], brought: CartKeys, found: T[]): void {
  for (const { kind, byValue } of index) {
    for (const value of brought(kind)) {
      const filed = byValue.get(value);
      if (filed !== undefined) for (const entry of filed) found.push(entry);
    }
  }
}
