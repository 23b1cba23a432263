import type { PricedLine } from '../cart/priced-line';
import type { Buy } from '../rulebook/discount';
import type { DiscountRule } from '../rulebook/rules';

/** How many units of a line are discounted. */
export interface SelectedUnits {
  readonly line: PricedLine;
  readonly units: number;
}

/**
 * Returns the units of the matching lines that a discount is for: all, or the cheapest (or dearest) `maxUnits`, or
 * those that bundles free, or all that may join a set. A unit that has nothing to lose takes no place among them.
 */
export function selectUnits(
  rule: DiscountRule,
  matching: readonly PricedLine[],
  lines: readonly PricedLine[],
): readonly SelectedUnits[] {
  const {
    buyMatches,
    source: { maxUnits, buy, unitOrder, value },
  } = rule;
  if (!rule.selectsUnits) return inFull(matching);
  const own = inFull(matching.filter((line) => hasSomethingToLose(rule, line)));
  if (value.type === 'set_price') return own;
  const [first, last] = unitOrder === 'dearest_first' ? [dearest, cheapest] : [cheapest, dearest];
  const places = maxUnits ?? 1;
  if (buy === undefined || buyMatches === undefined) return inCartOrder(taken(own.toSorted(first), places));

  const shared = own.filter(({ line }) => buyMatches(line));
  const bought = { all: sum(inFull(lines.filter(buyMatches))), shared: sum(shared) };
  const bundles = countBundles(buy, places, sum(own), bought);
  // Buys first the units that the discount could not free, then those that it would free last.
  const fromShared = bundles * buy.quantity - (bought.all - bought.shared);
  const rest = without(own, taken(shared.toSorted(last), fromShared));
  return inCartOrder(taken(rest.toSorted(first), bundles * places));
}

/**
 * Returns the largest number of bundles that the units allow: each buys its quantity, and each but the last frees all
 * of its places, the last one at least one.
 */
function countBundles(
  { quantity, repeat, maxRepeats = Number.POSITIVE_INFINITY }: Buy,
  places: number,
  own: number,
  bought: { readonly all: number; readonly shared: number },
): number {
  const others = bought.all - bought.shared;
  return Math.min(
    repeat === false ? 1 : maxRepeats,
    Math.floor(bought.all / quantity),
    // While bundles buy only units that could not be freed, all of the discount's own units remain to be freed.
    Math.floor((own - 1) / places) + 1,
    // Beyond that, a bundle takes both its bought and its freed units from them.
    Math.floor((own + others + places - 1) / (quantity + places)),
  );
}

/** A price of 0, or one at its floor, can't be lowered; a setup fee has no floor. */
function hasSomethingToLose({ recurring, setup }: DiscountRule, line: PricedLine): boolean {
  return (recurring && line.discountable > 0) || (setup && (line.setup ?? 0) > 0);
}

function inFull(lines: readonly PricedLine[]): SelectedUnits[] {
  return lines.map((line) => ({ line, units: line.quantity }));
}

/** Sorts by list price, ties to the earlier line. */
function cheapest(a: SelectedUnits, b: SelectedUnits): number {
  return byPrice(a, b) || a.line.index - b.line.index;
}

/** Sorts by list price downwards, ties to the earlier line as well. */
function dearest(a: SelectedUnits, b: SelectedUnits): number {
  return byPrice(b, a) || a.line.index - b.line.index;
}

function byPrice({ line: a }: SelectedUnits, { line: b }: SelectedUnits): number {
  if (a.unitPrice === b.unitPrice) return 0;
  return a.unitPrice < b.unitPrice ? -1 : 1;
}

function inCartOrder(units: readonly SelectedUnits[]): SelectedUnits[] {
  return units.toSorted((a, b) => a.line.index - b.line.index);
}

function taken(units: readonly SelectedUnits[], count: number): SelectedUnits[] {
  let left = count;
  return units.flatMap(({ line, units: available }) => {
    const some = Math.min(available, left);
    if (some <= 0) return [];
    left -= some;
    return [{ line, units: some }];
  });
}

function without(units: readonly SelectedUnits[], bought: readonly SelectedUnits[]): SelectedUnits[] {
  if (bought.length === 0) return [...units];
  const gone = new Map(bought.map(({ line, units: count }) => [line, count]));
  return units
    .map(({ line, units: count }) => ({ line, units: count - (gone.get(line) ?? 0) }))
    .filter(({ units: count }) => count > 0);
}

function sum(units: readonly SelectedUnits[]): number {
  return units.reduce((all, { units: count }) => all + count, 0);
}
