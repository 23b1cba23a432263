/** Finds rules by the keys that they are filed under; what has no key is always found. */
export class KeyIndex<T> {
  readonly #byKey = new Map<string, T[]>();
  readonly #always: T[] = [];

  /** Files every rule under each of its keys, or under none. */
  constructor(rules: readonly T[], keysOf: (rule: T) => readonly string[] | undefined) {
    for (const rule of rules) this.#add(keysOf(rule), rule);
  }

  /** What is filed under any of the keys, and what has no key. */
  find(keys: readonly string[]): Set<T> {
    const found = new Set(this.#always);
    for (const key of keys) for (const rule of this.#byKey.get(key) ?? []) found.add(rule);
    return found;
  }

  #add(keys: readonly string[] | undefined, rule: T): void {
    if (keys === undefined) this.#always.push(rule);
    for (const key of keys ?? []) {
      const filed = this.#byKey.get(key);
      if (filed === undefined) this.#byKey.set(key, [rule]);
      else filed.push(rule);
    }
  }
}
