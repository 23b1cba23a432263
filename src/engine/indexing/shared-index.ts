import type { CartKeys } from '../vocabulary/keys';
import { type Entry, KeyIndex } from './key-index';

/** What was written to a catalog since an index of it was made. */
export interface Refiled<T> {
  readonly added: readonly Entry<T>[];
  readonly gone: readonly T[];
}

/** An index, and in how many places its rules are. */
interface Layer<T> {
  readonly index: KeyIndex<T>;
  readonly places: number;
  /** What is filed there, but in the lowest layer: that is most of the catalog. */
  readonly entries: readonly Entry<T>[];
}

/** So many places are filed anew in a tenth of a millisecond: they need not be shared. */
const FEW_PLACES = 200;
/** So many places of the latest writes are filed anew with each; that is a millisecond. */
const MOST_PLACES_ON_TOP = 4_000;
/** So many places are filed in one step; a rule that is stepped over counts as one. */
const PLACES_AT_ONCE = 2_000;
/** So many rules that no longer hold are left out of what is found; then all is filed anew. */
const MOST_GONE = 1_000;

/**
 * An index that stays as it is. The next one shares its largest layer, and adds what was written since in two more at most, as
 * each is looked through for every quote. When these are a quarter of the whole, all is filed anew.
 */
export class SharedIndex<T> {
  private constructor(
    private readonly lowest: Layer<T>,
    private readonly middle: Layer<T> | undefined,
    /** The latest writes, filed anew with each. */
    private readonly top: Layer<T> | undefined,
    /** What is in a layer and no longer holds. */
    private readonly gone: ReadonlySet<T>,
  ) {}

  /** Files everything, step by step. */
  static *of<T>(entries: Iterable<Entry<T> | undefined>): Generator<undefined, SharedIndex<T>> {
    const { index, places } = yield* layerOf(entries);
    return new SharedIndex({ index, places, entries: [] }, undefined, undefined, new Set());
  }

  /** Returns what is filed under any of the keys that a cart brings, and what has no keys; nothing twice. */
  find(brought: CartKeys): readonly T[] {
    const { top, gone } = this;
    const found = this.lowest.index.find(brought);
    if (top === undefined && this.middle === undefined) return found;
    const all = found.concat(this.middle?.index.find(brought) ?? [], top?.index.find(brought) ?? []);
    return gone.size === 0 ? all : all.filter((rule) => !gone.has(rule));
  }

  /** Returns the index after a write, step by step; `all` lists what the catalog has then. */
  *next({ added, gone }: Refiled<T>, all: () => Iterable<Entry<T> | undefined>): Generator<undefined, SharedIndex<T>> {
    if (added.length === 0 && gone.length === 0) return this;
    const { lowest, middle } = this;
    const left = new Set(this.gone);
    for (const rule of gone) left.add(rule);
    if (lowest.places <= FEW_PLACES || left.size > MOST_GONE) return yield* SharedIndex.of(all());
    const latest = [...entriesOf(this.top), ...added].filter(({ rule }) => !left.has(rule));
    const top = yield* layerOf(latest);
    if (top.places <= Math.min(MOST_PLACES_ON_TOP, lowest.places / 4))
      return new SharedIndex(lowest, middle, top, left);
    const merged = yield* layerOf([...entriesOf(middle).filter(({ rule }) => !left.has(rule)), ...latest]);
    if (merged.places > lowest.places / 4) return yield* SharedIndex.of(all());
    return new SharedIndex(lowest, merged, undefined, left);
  }
}

function entriesOf<T>(layer: Layer<T> | undefined): readonly Entry<T>[] {
  return layer?.entries ?? [];
}

function* layerOf<T>(entries: Iterable<Entry<T> | undefined>): Generator<undefined, Layer<T>> {
  const index = new KeyIndex<T>();
  const filed: Entry<T>[] = [];
  let places = 0;
  let [passed, step] = [0, PLACES_AT_ONCE];
  for (const entry of entries) {
    passed++;
    if (entry !== undefined) {
      places += index.add(entry);
      filed.push(entry);
    }
    if (places + passed < step) continue;
    step = places + passed + PLACES_AT_ONCE;
    yield;
  }
  return { index, places, entries: filed };
}
