import { type Keys, selectorKeys, selectorWithoutKeys } from '../vocabulary/keys';
import { compileSelector, type Matcher, matchesAll, type Selector } from '../vocabulary/selector';
import { type Measured, measure, type PricedCart, type PricedLine } from './priced-cart';

/** Prepares a selector to measure the lines that match. */
export function measureLines(selector: Selector | undefined): (cart: PricedCart) => Measured {
  if (selector === undefined) return (cart) => cart.measured;
  const finder = new LineFinder(selector);
  return (cart) => measure(finder.find(cart));
}

/** Finds the lines of a cart that a selector matches, in cart order, without visiting lines that cannot match. */
export class LineFinder {
  readonly #keys: Keys | undefined;
  /** The only key, where there is one. */
  readonly #key: string | undefined;
  /** What lines must match that were found by their keys. */
  readonly #matches: Matcher;

  constructor(selector: Selector | undefined) {
    this.#keys = selectorKeys(selector);
    this.#key = this.#keys?.values.length === 1 ? this.#keys.values[0] : undefined;
    this.#matches = compileSelector(selectorWithoutKeys(selector));
  }

  /** Returns the lines that match. */
  find(cart: PricedCart): readonly PricedLine[] {
    const found = this.#keys === undefined ? cart.lines : this.#withKeys(this.#keys, cart);
    return this.#matches === matchesAll || found.length === 0 ? found : found.filter(this.#matches);
  }

  #withKeys({ kind, values }: Keys, { linesBy }: PricedCart): readonly PricedLine[] {
    const { lines } = linesBy(kind);
    if (this.#key !== undefined) return lines.get(this.#key) ?? NO_LINES;
    const found = new Set<PricedLine>();
    for (const value of values) for (const line of lines.get(value) ?? NO_LINES) found.add(line);
    return [...found].sort((a, b) => a.index - b.index);
  }
}

const NO_LINES: readonly PricedLine[] = [];
