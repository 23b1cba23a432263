import { type Line, matches } from './cart';
import { matchingLines, type Rule } from './rules';

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
  const { buy, maxUnits } = rule.discount;
  const own = cheapestFirst(matchingLines(rule, lines));
  if (buy === undefined) return own.slice(0, maxUnits);
  const eligible = cheapestFirst(lines.filter((line) => matches(buy.selector, line)));
  const perBundle = maxUnits ?? 1;
  const mostBundles = buy.repeat === false ? 1 : eligible.length;
  let chosen: Unit[] = [];
  for (let bundles = 1; bundles <= mostBundles; bundles++) {
    const bought = eligible.slice(-bundles * buy.quantity);
    if (bought.length < bundles * buy.quantity) break;
    const rest = own.filter((unit) => !bought.some((one) => one.line === unit.line && one.number === unit.number));
    // The last bundle may free fewer units than the others, but not none.
    if (rest.length <= (bundles - 1) * perBundle) break;
    chosen = rest.slice(0, bundles * perBundle);
  }
  return chosen;
}

/** The units of the lines, literally, by list price; ties: the earlier line. */
function cheapestFirst(lines: readonly Line[]): Unit[] {
  return lines
    .flatMap((line) => Array.from({ length: line.quantity }, (_, number) => ({ line, number })))
    .sort((a, b) => a.line.unitPrice.compare(b.line.unitPrice) || a.line.index - b.line.index || a.number - b.number);
}
