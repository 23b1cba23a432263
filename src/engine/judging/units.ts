import type { PricedLine } from '../cart/priced-cart';
import type { DiscountRule } from '../rulebook/rules';

/** How many units of a line are discounted. */
export interface SelectedUnits {
  readonly line: PricedLine;
  readonly units: number;
}

/** The units of the matching lines that a discount is for: all, or the cheapest `maxUnits`, or those that bundles free. */
export function selectUnits(
  { source: { buy, maxUnits }, buyMatches }: DiscountRule,
  matching: readonly PricedLine[],
  lines: readonly PricedLine[],
): SelectedUnits[] {
  const all = matching.map((line) => ({ line, units: line.quantity }));
  if (buy === undefined || buyMatches === undefined) return maxUnits === undefined ? all : cheapest(all, maxUnits);
  const free = maxUnits ?? 1;
  const buyable = lines.filter(buyMatches).map((line) => ({ line, units: line.quantity }));
  const restAfter = (bundles: number): SelectedUnits[] => without(all, dearest(buyable, bundles * buy.quantity));
  // Bundle n counts while the n − 1 before it are complete and it frees at least one unit.
  const allows = (bundles: number): boolean => sum(restAfter(bundles)) > (bundles - 1) * free;
  let bundles = 0;
  let beyond =
    1 + Math.min(Math.floor(sum(buyable) / buy.quantity), buy.repeat === false ? 1 : Number.POSITIVE_INFINITY);
  while (bundles + 1 < beyond) {
    const middle = Math.floor((bundles + beyond) / 2);
    if (allows(middle)) bundles = middle;
    else beyond = middle;
  }
  return cheapest(restAfter(bundles), bundles * free);
}

/** The cheapest units by list price, ties to the earlier line; in the cart's order. */
function cheapest(units: readonly SelectedUnits[], count: number): SelectedUnits[] {
  return taken(units.toSorted(byPrice), count).sort((a, b) => a.line.index - b.line.index);
}

/** The dearest units, ties to the later line, so that ties of the cheapest go to the earlier one. */
function dearest(units: readonly SelectedUnits[], count: number): SelectedUnits[] {
  return taken(
    units.toSorted((a, b) => byPrice(b, a)),
    count,
  );
}

function byPrice(a: SelectedUnits, b: SelectedUnits): number {
  if (a.line.unitPrice === b.line.unitPrice) return a.line.index - b.line.index;
  return a.line.unitPrice < b.line.unitPrice ? -1 : 1;
}

function taken(units: readonly SelectedUnits[], count: number): SelectedUnits[] {
  let left = count;
  return units.flatMap(({ line, units: available }) => {
    const some = Math.min(available, left);
    left -= some;
    return some > 0 ? [{ line, units: some }] : [];
  });
}

function without(units: readonly SelectedUnits[], bought: readonly SelectedUnits[]): SelectedUnits[] {
  const gone = new Map(bought.map(({ line, units: count }) => [line.index, count]));
  return units
    .map(({ line, units: count }) => ({ line, units: count - (gone.get(line.index) ?? 0) }))
    .filter(({ units: count }) => count > 0);
}

function sum(units: readonly SelectedUnits[]): number {
  return units.reduce((all, { units: count }) => all + count, 0);
}
