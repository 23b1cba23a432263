import type { PricedCart } from '../cart/priced-cart';
import type { LinePart, PricedLine } from '../cart/priced-line';
import { type Refusal, refusal } from '../conditions/eligibility';
import { ONE } from '../money/fraction';
import type { DiscountRule } from '../rulebook/rules';
import { serviceOf } from './kept';
import { selectUnits } from './units';

/** Returns the lines that a discount matches, of plans that its promotion is attached to. */
export function attachedLines({ finder, promotion }: DiscountRule, cart: PricedCart): readonly PricedLine[] | Refusal {
  const matching = finder.find(cart);
  if (matching.length === 0) return refusal('no_matching_line');
  const plans = promotion?.plans;
  if (plans === undefined) return matching;
  const attached = matching.filter(({ plan }) => plan !== undefined && plans.has(plan));
  return attached.length === 0 ? refusal('plan_not_attached') : attached;
}

/** Returns whether there are such lines. */
export function isFound(lines: readonly PricedLine[] | Refusal): lines is readonly PricedLine[] {
  return Array.isArray(lines);
}

/** Returns the fact that a redemption needs of who will keep the discount, where the request lacks it. */
export function lackingFact(
  { source }: DiscountRule,
  lines: readonly PricedLine[],
  cart: PricedCart,
): string | undefined {
  if (source.carryOver && cart.customer?.id === undefined) return '/customer/id';
  if (source.keptFor !== 'service') return undefined;
  const line = lines.find((one) => serviceOf(one, cart) === undefined);
  return line && `/lines/${line.index}/serviceId`;
}

/** Returns what a discount is for of the lines that it matches: their units, and the part of their periods before `until`. */
export function selectLines(
  rule: DiscountRule,
  matching: readonly PricedLine[],
  until: number | undefined,
  { lines, wholeLines, coverage }: PricedCart,
): readonly LinePart[] {
  if (!rule.selectsUnits && until === undefined) {
    return matching === lines ? wholeLines : matching.map(({ index }) => wholeLines[index] as LinePart);
  }
  return selectUnits(rule, matching, lines).map(({ line, units }) => ({
    line,
    units,
    share: until === undefined ? ONE : coverage(line, until),
  }));
}
