import { type KeyKind, type Keys, selectorKeys, selectorWithoutKeys } from '../vocabulary/keys';
import { compileSelector, type Matcher, matchesAll, type Selector } from '../vocabulary/selector';
import type { PricedCart } from './priced-cart';
import { type Measured, measure, type PricedLine } from './priced-line';

/** Prepares a selector to measure the lines that match. */
export function measureLines(selector: Selector | undefined): (cart: PricedCart) => Measured {
  if (selector === undefined) return (cart) => cart.measured;
  const finder = new LineFinder(selector);
  return (cart) => measure(finder.find(cart));
}

/** Finds the lines of a cart that a selector matches, in cart order, without visiting lines that cannot match. */
export class LineFinder {
  /** The only key and its kind, where there is one key. */
  readonly #key: string | undefined;
  readonly #kind: KeyKind | undefined;
  /** Several keys. */
  readonly #keys: Keys | undefined;
  /** What lines must match that were found by their keys. */
  readonly #matches: Matcher;

  constructor(selector: Selector | undefined) {
    const keys = selectorKeys(selector);
    const isOne = keys?.values.length === 1;
    this.#key = isOne ? keys.values[0] : undefined;
    this.#kind = keys?.kind;
    this.#keys = isOne ? undefined : keys;
    this.#matches = compileSelector(selectorWithoutKeys(selector));
  }

  /** Returns the lines that match. */
  find(cart: PricedCart): readonly PricedLine[] {
    const found = this.#found(cart);
    return this.#matches === matchesAll || found.length === 0 ? found : found.filter(this.#matches);
  }

  #found(cart: PricedCart): readonly PricedLine[] {
    // What lies in the finder itself is read without another step through memory, which in large catalogs is slow.
    if (this.#key !== undefined && this.#kind !== undefined) {
      return cart.linesBy(this.#kind).lines.get(this.#key) ?? NO_LINES;
    }
    return this.#keys === undefined ? cart.lines : this.#withKeys(this.#keys, cart);
  }

  #withKeys({ kind, values }: Keys, { linesBy }: PricedCart): readonly PricedLine[] {
    const { lines } = linesBy(kind);
    const found = new Set<PricedLine>();
    for (const value of values) for (const line of lines.get(value) ?? NO_LINES) found.add(line);
    return [...found].sort((a, b) => a.index - b.index);
  }
}

const NO_LINES: readonly PricedLine[] = [];
