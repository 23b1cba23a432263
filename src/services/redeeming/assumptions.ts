import type { FactsNeeded, Use } from '../../engine/judging/facts';
import type { StoredFacts } from '../../store/redemptions/found-facts';

/** How long what was used may be taken to be there still. */
const KEPT_MS = 60_000;
const MOST_KEPT = 10_000;

/** What a redemption was judged by, and what it uses. */
interface Judged {
  readonly needed: FactsNeeded;
  readonly facts: StoredFacts;
  readonly entry: { readonly uses: readonly Use[] };
}

type CodeFound = StoredFacts['codes'] extends ReadonlyMap<string, infer Fact> ? Fact : never;

/**
 * Remembers the codes and limited rules that redemptions of the last minute used, so that the next one need not ask for
 * them first. Nothing is decided by it: what is recorded compares the versions of rules and codes, and the limits,
 * and where one of them is another, the facts are read.
 */
export class Assumptions {
  /** By provider and by what it is; of a rule, that it was used is all there is to know. The oldest come first. */
  readonly #used = new Map<string, { at: number; code?: CodeFound | undefined }>();

  constructor(private readonly clock: () => number) {}

  /** Returns what a request needs, as if nothing of it were used up; nothing where not all of it was used lately. */
  factsFor(providerId: string, { codes, rules, customerId, setAside }: FactsNeeded): StoredFacts | undefined {
    // What a customer has, only the database knows.
    if (customerId !== undefined || setAside !== undefined) return undefined;
    if (!rules.every((id) => this.#find(ruleKey(providerId, id)) !== undefined)) return undefined;
    const found = new Map<string, CodeFound>();
    for (const code of codes) {
      const fact = this.#find(codeKey(providerId, code))?.code;
      if (fact === undefined) return undefined;
      found.set(code, { ...fact, redemptions: 0, customerRedemptions: 0 });
    }
    return { codes: found, usage: new Map(), grants: [], redeeming: false };
  }

  /** Remembers what a redemption used that was recorded. */
  confirm(providerId: string, judged: Judged): void {
    const { needed, facts } = judged;
    if (!isBorneOut(judged)) return;
    for (const id of needed.rules) this.#keep(ruleKey(providerId, id));
    for (const code of needed.codes) this.#keep(codeKey(providerId, code), facts.codes.get(code));
  }

  /** Forgets what stood in the way, or may have. */
  drop(providerId: string, { codes, rules }: FactsNeeded): void {
    for (const id of rules) this.#used.delete(ruleKey(providerId, id));
    for (const code of codes) this.#used.delete(codeKey(providerId, code));
  }

  #find(key: string): { code?: CodeFound | undefined } | undefined {
    const kept = this.#used.get(key);
    return kept !== undefined && this.clock() - kept.at < KEPT_MS ? kept : undefined;
  }

  #keep(key: string, code?: CodeFound): void {
    const [oldest] = this.#used.keys();
    if (oldest !== undefined && this.#used.size >= MOST_KEPT) this.#used.delete(oldest);
    this.#used.delete(key);
    this.#used.set(key, { at: this.clock(), code });
  }
}

/**
 * Returns whether recording an order finds out all that it was judged by: it has no customer, and counts each of the codes and
 * limited rules that it asks for. A code or a rule that it does not count may be used up, or given back, unnoticed; and
 * what is left of a budget decides more than whether there is enough.
 */
export function isBorneOut({ needed, facts, entry: { uses } }: Judged): boolean {
  if (needed.customerId !== undefined || needed.setAside !== undefined) return false;
  if (!uses.every(({ kind }) => kind === 'promotion' || kind === 'code')) return false;
  const counted = new Set(uses.map(({ subject }) => subject));
  return (
    needed.rules.every((id) => counted.has(id)) &&
    needed.codes.every((code) => counted.has(facts.codes.get(code)?.id ?? ''))
  );
}

function ruleKey(providerId: string, id: string): string {
  return `${providerId}\nrule\n${id}`;
}

function codeKey(providerId: string, code: string): string {
  return `${providerId}\ncode\n${code}`;
}
