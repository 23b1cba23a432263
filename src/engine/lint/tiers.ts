import type { Integer } from '../money/integer';
import { parseMoney } from '../money/money';
import { boundsOf, totalIn } from './bounds';
import { requiredOf } from './groups';
import type { Check, Finding, LintedDiscount, LintedRule } from './rule';
import { selectorImplies } from './selectors';

/** A tier's start in one measure: the quantity, or the total in a currency. */
interface Start {
  readonly measure: string;
  readonly from: Integer;
}

/** Tiers that no cart reaches, and those that every cart passes. */
export const findUnreachedTiers: Check = (rule) => rule.discounts.flatMap((discount) => unreached(rule, discount));

function unreached({ groups }: LintedRule, { discount, at, groups: own }: LintedDiscount): Omit<Finding, 'code'>[] {
  const { value, selector } = discount;
  if (value.type !== 'tiered_percent' && value.type !== 'tiered_amount_off') return [];
  const bounds = requiredOf([...groups, ...own])
    .flatMap(({ condition }) => boundsOf(condition))
    .filter((bound) => selectorImplies(selector, bound.selector));
  const isOver = ({ measure, from }: Start) =>
    bounds.some(({ measure: counted, max }) => counted === measure && max !== undefined && max < from);
  const starts = value.tiers.map(({ from }) => startsOf(from));
  const least = selector?.minQuantity ?? 1;
  // Every line that the selector takes has reached this tier, and so passes those below.
  const reached = Math.max(0, ...value.tiers.map(({ from }) => (typeof from === 'number' && from <= least ? from : 0)));
  return starts.flatMap((ofTier, index) => {
    const pointer = `${at}/value/tiers/${index}/from`;
    if (ofTier.length > 0 && ofTier.every(isOver)) {
      return [{ pointer, detail: 'The conditions never let a cart reach this tier.' }];
    }
    const { from } = value.tiers[index] as { from: unknown };
    return typeof from === 'number' && from < reached
      ? [
          {
            pointer,
            detail: `The selector takes lines of at least ${least} units only, which always reach a higher tier.`,
          },
        ]
      : [];
  });
}

function startsOf(from: number | { [currency: string]: string }): Start[] {
  if (typeof from === 'number') return [{ measure: 'cart_quantity', from }];
  return Object.entries(from).map(([currency, amount]) => ({ measure: totalIn(currency), from: parseMoney(amount) }));
}
