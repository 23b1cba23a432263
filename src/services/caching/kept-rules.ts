import { NO_CUSTOM_TYPES } from '../../engine/cart/custom-types';
import { compileInSteps } from '../../engine/rulebook/compile';
import type { Rulebook } from '../../engine/rulebook/rulebook';
import { atOnce } from '../../store/slices';
import type { LoadedCatalog } from '../../store/whole-catalog/load-catalog';
import { packRules, unpackRules } from './packed-rules';

/** The rules of one provider, ready for quotes. */
export interface Kept {
  readonly rulebook: Rulebook;
  /** What they were compiled from; of the next reading only what was written since is read anew. */
  readonly catalog: LoadedCatalog;
  readonly bytes: number;
  /** Whether they must be compared with the database before they are used again. */
  doubted: boolean;
  /** When newer ones were seen, in milliseconds of the process. */
  outdatedAt: number | undefined;
  /** What they were unpacked from. */
  readonly packed?: Buffer | undefined;
}

/** Rules that were put away: they are as current as if they were ready, or they are dropped. */
interface PutAway {
  readonly version: number;
  readonly bytes: number;
  readonly packed: Buffer;
}

/**
 * The rules in memory, of which those that were quoted last are ready. Where room is wanted the others are packed, from which
 * they are ready again in a millisecond; packed ones leave last.
 */
export class KeptRules {
  /** The least recently used first, as in the other map. */
  readonly #ready = new Map<string, Kept>();
  readonly #away = new Map<string, PutAway>();
  #bytes = 0;

  constructor(private readonly most: number) {}

  /** How much memory they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of how many providers there are rules. */
  get size(): number {
    return this.#ready.size + this.#away.size;
  }

  /** Returns the providers of which there are rules. */
  *providers(): Generator<string> {
    yield* this.#ready.keys();
    yield* this.#away.keys();
  }

  /** Returns the rules that are ready. */
  ready(): Iterable<Kept> {
    return this.#ready.values();
  }

  /** Returns the version of a provider's rules; `undefined` where there are none. */
  versionOf(providerId: string): number | undefined {
    return this.#ready.get(providerId)?.rulebook.version ?? this.#away.get(providerId)?.version;
  }

  /** Returns whether a provider's rules are there, and nobody doubts them. */
  isSure(providerId: string): boolean {
    return this.#ready.get(providerId)?.doubted === false || this.#away.has(providerId);
  }

  /** Returns a provider's rules, ready from then on. */
  get(providerId: string): Kept | undefined {
    const kept = this.#ready.get(providerId) ?? this.#unpack(providerId);
    if (kept === undefined) return undefined;
    this.#ready.delete(providerId);
    this.#ready.set(providerId, kept);
    return kept;
  }

  /** Keeps a provider's rules in place of those that were there. */
  keep(providerId: string, kept: Kept): void {
    this.drop(providerId);
    this.#ready.set(providerId, kept);
    this.#bytes += weightOf(kept);
    this.#makeRoom(providerId);
  }

  /** Notes that a provider's rules may be others by now. */
  doubt(providerId: string): void {
    const kept = this.#ready.get(providerId);
    if (kept !== undefined) kept.doubted = true;
    else this.drop(providerId);
  }

  /** Notes that a provider's rules have been written. */
  outdate(providerId: string): void {
    const kept = this.#ready.get(providerId);
    if (kept !== undefined) kept.outdatedAt ??= performance.now();
    else this.drop(providerId);
  }

  /** Forgets a provider's rules. */
  drop(providerId: string): void {
    const kept = this.#ready.get(providerId);
    const away = this.#away.get(providerId);
    this.#bytes -= (kept === undefined ? 0 : weightOf(kept)) + (away?.bytes ?? 0);
    this.#ready.delete(providerId);
    this.#away.delete(providerId);
  }

  #unpack(providerId: string): Kept | undefined {
    const away = this.#away.get(providerId);
    if (away === undefined) return undefined;
    const { packed } = away;
    const catalog = unpackRules(packed);
    const rulebook = atOnce(compileInSteps(catalog, undefined, NO_CUSTOM_TYPES));
    const kept = { rulebook, catalog, bytes: catalog.bytes ?? 0, doubted: false, outdatedAt: undefined, packed };
    this.keep(providerId, kept);
    return kept;
  }

  #makeRoom(newest: string): void {
    for (const [oldest, kept] of this.#ready) {
      if (this.#bytes <= this.most || oldest === newest) break;
      this.drop(oldest);
      const isCurrent = !kept.doubted && kept.outdatedAt === undefined;
      const packed = isCurrent ? (kept.packed ?? packRules(kept.catalog)) : undefined;
      if (packed !== undefined) this.#putAway(oldest, { version: kept.rulebook.version, bytes: packed.length, packed });
    }
    for (const oldest of this.#away.keys()) {
      if (this.#bytes <= this.most) break;
      this.drop(oldest);
    }
  }

  #putAway(providerId: string, away: PutAway): void {
    this.#away.set(providerId, away);
    this.#bytes += away.bytes;
  }
}

function weightOf({ bytes, packed }: Kept): number {
  return bytes + (packed?.length ?? 0);
}
