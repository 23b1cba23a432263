import type { LinePart } from '../cart/priced-line';
import type { SetTerms } from '../discount-values/discount-value';
import { type Fraction, lessOf, reduced, times, total, whole, ZERO } from '../money/fraction';

/** Sets of one make-up: so many units of each line, so many times. */
interface UnitSets {
  readonly parts: readonly LinePart[];
  readonly count: number;
}

/** The units of the sets that save something, in the cart's order, and what all of them save together. */
export interface SavingSets {
  readonly parts: readonly LinePart[];
  readonly saved: Fraction;
}

/** Forms as many whole sets as there are, at most `most`, and leaves alone those that cost no more than their price. */
export function savingSets(
  lines: readonly LinePart[],
  { size, price }: SetTerms,
  most: number,
  priceOf: (part: LinePart) => Fraction,
): SavingSets {
  const taken: LinePart[] = [];
  let saved = ZERO;
  let left = most;
  for (const { parts, count: formed } of formSets(lines, size)) {
    const count = Math.min(formed, left);
    left -= count;
    const off = count === 0 ? ZERO : savedBy(parts, price, priceOf);
    if (off.num === 0) continue;
    saved = reduced(total([saved, times(off, whole(count))]));
    for (const part of parts) {
      const { index } = part.line;
      taken[index] = { ...part, units: part.units * count + (taken[index]?.units ?? 0) };
    }
  }
  return { parts: taken.filter((part) => part !== undefined), saved };
}

/** Whole sets from the dearest units down, by list price, ties to the earlier line. */
function formSets(lines: readonly LinePart[], size: number): UnitSets[] {
  const formed: UnitSets[] = [];
  let open: LinePart[] = [];
  let missing = 0;
  for (const part of lines.toSorted(byPriceDown)) {
    let rest = part.units;
    if (missing > 0) {
      const units = Math.min(missing, rest);
      open.push({ ...part, units });
      missing -= units;
      rest -= units;
      if (missing > 0) continue;
      formed.push({ parts: open, count: 1 });
    }
    const count = Math.floor(rest / size);
    if (count > 0) formed.push({ parts: [{ ...part, units: size }], count });
    rest -= count * size;
    if (rest === 0) continue;
    open = [{ ...part, units: rest }];
    missing = size - rest;
  }
  return formed;
}

/** Returns what one set saves: shared by the price of its units, of each as far as the discount covers its line's period. */
function savedBy(parts: readonly LinePart[], price: Fraction, priceOf: (part: LinePart) => Fraction): Fraction {
  const prices = parts.map(priceOf);
  const worth = total(prices);
  const off = lessOf(worth, price);
  if (off.num === 0) return ZERO;
  const covered = total(parts.map(({ share }, index) => times(prices[index] ?? ZERO, share)));
  return reduced(times(times(off, covered), { num: worth.den, den: worth.num }));
}

function byPriceDown({ line: a }: LinePart, { line: b }: LinePart): number {
  if (a.unitPrice === b.unitPrice) return a.index - b.index;
  return a.unitPrice > b.unitPrice ? -1 : 1;
}
