/** Finds rules by the keys that they are filed under; what has no key is always found. */
export class KeyIndex<T> {
  /** Rules that have only this key, so that they are found once. */
  readonly #alone = new Map<string, T[]>();
  /** Rules that have other keys as well. */
  readonly #shared = new Map<string, T[]>();
  readonly #always: T[] = [];

  /** Files every rule under each of its keys, or under none. */
  constructor(rules: readonly T[], keysOf: (rule: T) => readonly string[] | undefined) {
    for (const rule of rules) this.#add(keysOf(rule), rule);
  }

  /** What is filed under any of the keys, and what has no key; nothing twice, where no key is there twice. */
  find(keys: readonly string[]): readonly T[] {
    const found = this.#always.slice();
    if (this.#alone.size > 0) {
      for (const key of keys) {
        const filed = this.#alone.get(key);
        if (filed !== undefined) for (const rule of filed) found.push(rule);
      }
    }
    if (this.#shared.size > 0) {
      const shared = new Set<T>();
      for (const key of keys) for (const rule of this.#shared.get(key) ?? []) shared.add(rule);
      for (const rule of shared) found.push(rule);
    }
    return found;
  }

  #add(keys: readonly string[] | undefined, rule: T): void {
    if (keys === undefined) this.#always.push(rule);
    const unique = new Set(keys);
    const index = unique.size === 1 ? this.#alone : this.#shared;
    for (const key of unique) {
      const filed = index.get(key);
      if (filed === undefined) index.set(key, [rule]);
      else filed.push(rule);
    }
  }
}
