import type { Line } from '../cart';
import { Fraction } from '../fraction';
import type { Rule } from '../rules';
import { dearestFirst, hasSomethingToLose, unitsOf } from './units';

/** A set that saves something: the lines of its units, and what it saves. */
export interface UnitSet {
  lines: readonly Line[];
  saved: Fraction;
}

/**
 * The sets of a `set_price`: every so many units from the dearest down, whole ones only; `maxUnits` keeps the first, and one
 * that would cost more than its units is left alone.
 */
export function setsOf(
  { discount }: Rule,
  size: number,
  price: Fraction,
  lines: readonly Line[],
  unitLeft: (line: Line) => Fraction,
): UnitSet[] {
  const units = dearestFirst(unitsOf(lines.filter((line) => hasSomethingToLose(discount, line)))).map(
    ({ line }) => line,
  );
  const inSets = units.slice(0, discount.maxUnits);
  const sets: UnitSet[] = [];
  for (let start = 0; start + size <= inSets.length; start += size) {
    const own = inSets.slice(start, start + size);
    const saved = Fraction.sum(own.map(unitLeft)).minus(price);
    if (saved.isPositive()) sets.push({ lines: own, saved });
  }
  return sets;
}

/** What the sets save: each shares it over its units by their price, and of each counts what the discount covers. */
export function savedBySets(
  sets: readonly UnitSet[],
  unitLeft: (line: Line) => Fraction,
  shareOf: (line: Line) => Fraction,
): Fraction {
  return Fraction.sum(
    sets.flatMap(({ lines, saved }) => {
      const worth = Fraction.sum(lines.map(unitLeft));
      return lines.map((line) => saved.times(unitLeft(line)).dividedBy(worth).times(shareOf(line)));
    }),
  );
}
