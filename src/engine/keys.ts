/** What a rule can be filed under, the narrowest first. */
export const KEY_KINDS = ['customer', 'addon', 'plan', 'planGroup', 'tag', 'group', 'serviceType'] as const;

/** A kind of key. */
export type KeyKind = (typeof KEY_KINDS)[number];

/** Keys of one kind, of which a cart must bring one. */
export interface Keys {
  readonly kind: KeyKind;
  readonly values: readonly string[];
}

/** The values of a kind that a cart brings, each once. */
export type Brought = (kind: KeyKind) => Iterable<string>;

/** Finds rules by the keys that they are filed under; what has no keys is always found. */
export class KeyIndex<T> {
  /** Rules that have only this key, so that they are found once. */
  readonly #alone = new Map<KeyKind, Map<string, T[]>>();
  /** Rules that have other keys as well. */
  readonly #shared = new Map<KeyKind, Map<string, T[]>>();
  readonly #always: T[] = [];

  /** Files every rule under each of its keys, or under none. */
  constructor(rules: readonly T[], keysOf: (rule: T) => readonly Keys[] | undefined) {
    for (const rule of rules) this.#add(keysOf(rule), rule);
  }

  /** What is filed under any of the keys that a cart brings, and what has no keys; nothing twice. */
  find(brought: Brought): readonly T[] {
    const found = this.#always.slice();
    for (const [kind, byValue] of this.#alone) collect(byValue, brought(kind), found);
    if (this.#shared.size === 0) return found;
    const shared: T[] = [];
    for (const [kind, byValue] of this.#shared) collect(byValue, brought(kind), shared);
    for (const rule of new Set(shared)) found.push(rule);
    return found;
  }

  #add(keys: readonly Keys[] | undefined, rule: T): void {
    if (keys === undefined) this.#always.push(rule);
    const lists = (keys ?? []).map(({ kind, values }) => ({ kind, values: new Set(values) }));
    const index = lists.reduce((count, { values }) => count + values.size, 0) === 1 ? this.#alone : this.#shared;
    for (const { kind, values } of lists) {
      const byValue = index.get(kind) ?? new Map<string, T[]>();
      index.set(kind, byValue);
      for (const value of values) file(byValue, value, rule);
    }
  }
}

/** Adds to the list of a value. */
export function file<K, T>(byValue: Map<K, T[]>, value: K, entry: T): void {
  const filed = byValue.get(value);
  if (filed === undefined) byValue.set(value, [entry]);
  else filed.push(entry);
}

function collect<T>(byValue: ReadonlyMap<string, readonly T[]>, values: Iterable<string>, found: T[]): void {
  for (const value of values) {
    const filed = byValue.get(value);
    if (filed !== undefined) for (const entry of filed) found.push(entry);
  }
}
