import type { Discount } from '../../../src/engine/rulebook/discount';
import { type Line, matches } from '../cart';
import { Fraction } from '../fraction';
import { matchingLines, type Rule } from '../rules';

/** One unit of a line. */
interface Unit {
  line: Line;
  /** Which unit of its line it is. */
  number: number;
}

/** How many units of each matching line a discount is about, by the line's index. */
export function selectedUnits(rule: Rule, lines: readonly Line[]): Map<number, number> {
  const { buy, maxUnits } = rule.discount;
  if (buy === undefined && maxUnits === undefined) {
    return new Map(matchingLines(rule, lines).map((line) => [line.index, line.quantity]));
  }
  const units = chosenUnits(rule, lines);
  return new Map(lines.map((line) => [line.index, units.filter((unit) => unit.line === line).length]));
}

function chosenUnits(rule: Rule, lines: readonly Line[]): Unit[] {
  const { buy, maxUnits, unitOrder } = rule.discount;
  const [firstTaken, firstBought] =
    unitOrder === 'dearest_first' ? [dearestFirst, cheapestFirst] : [cheapestFirst, dearestFirst];
  const own = unitsOf(matchingLines(rule, lines).filter((line) => hasSomethingToLose(rule.discount, line)));
  if (buy === undefined) return firstTaken(own).slice(0, maxUnits);
  const buyable = unitsOf(lines.filter((line) => matches(buy.selector, line)));
  const isOwn = (unit: Unit): boolean => own.some((one) => isSame(one, unit));
  // Bought are first the units that the discount could not free, then of those that both selections match the dearest (or
  // the cheapest, where the dearest are freed).
  const inTurn = [...buyable.filter((unit) => !isOwn(unit)), ...firstBought(buyable.filter(isOwn))];
  const perBundle = maxUnits ?? 1;
  const mostBundles = buy.repeat === false ? 1 : (buy.maxRepeats ?? buyable.length);
  let chosen: Unit[] = [];
  // Every number of bundles is tried, and the largest that the units allow counts.
  for (let bundles = 1; bundles <= mostBundles; bundles++) {
    if (bundles * buy.quantity > buyable.length) continue;
    const bought = inTurn.slice(0, bundles * buy.quantity);
    const rest = own.filter((unit) => !bought.some((one) => isSame(one, unit)));
    // The last bundle may free fewer units than the others, but not none.
    if (rest.length > (bundles - 1) * perBundle) chosen = firstTaken(rest).slice(0, bundles * perBundle);
  }
  return chosen;
}

/** A unit whose price is 0, or at its floor, is never chosen; of a setup fee there is something to lose where there is one. */
export function hasSomethingToLose({ charges = ['recurring'] }: Discount, line: Line): boolean {
  const setup = line.setup ?? Fraction.ZERO;
  return (charges.includes('recurring') && line.room.isPositive()) || (charges.includes('setup') && setup.isPositive());
}

/** The units of the lines, literally. */
export function unitsOf(lines: readonly Line[]): Unit[] {
  return lines.flatMap((line) => Array.from({ length: line.quantity }, (_, number) => ({ line, number })));
}

/** By list price; ties: the earlier line. */
function cheapestFirst(units: readonly Unit[]): Unit[] {
  return units.toSorted((a, b) => a.line.unitPrice.compare(b.line.unitPrice) || byPlace(a, b));
}

/** By list price from the dearest down; ties: the earlier line. */
export function dearestFirst(units: readonly Unit[]): Unit[] {
  return units.toSorted((a, b) => b.line.unitPrice.compare(a.line.unitPrice) || byPlace(a, b));
}

function byPlace(a: Unit, b: Unit): number {
  return a.line.index - b.line.index || a.number - b.number;
}

function isSame(a: Unit, b: Unit): boolean {
  return a.line === b.line && a.number === b.number;
}
