import { type Fraction, isLess, whole, ZERO } from '../money/fraction';
import type { Amounts } from '../money/money';
import { inTicks } from './amounts';
import type { DiscountCalculator, Reached, ValueContext } from './discount-value';

/** What a tier is reached by: the quantity of units, or the undiscounted total. */
export type TierMeasure = 'quantity' | 'total';

/**
 * A quantity of units from which a tier counts.
 * @isLong
 * @minimum 1
 */
export type TierQuantity = number;

/** Makes tiers ready: the highest one reached takes; those without the currency are left out, and none left is not priced. */
export function highestTier<T extends { from: TierQuantity | Amounts }>(
  tiers: readonly T[],
  context: ValueContext,
  prepare: (tier: T) => DiscountCalculator | undefined,
): DiscountCalculator | undefined {
  const ready = tiers
    .map((tier) => ({ from: threshold(tier.from, context), take: prepare(tier) }))
    .filter(
      (tier): tier is { from: Fraction; take: DiscountCalculator } =>
        tier.from !== undefined && tier.take !== undefined,
    )
    .sort((a, b) => (isLess(a.from, b.from) ? 1 : -1));
  if (ready.length === 0) return undefined;
  const byTotal = typeof tiers[0]?.from === 'object';
  const reach = ({ total, quantity }: Reached): DiscountCalculator | undefined => {
    const reached = whole(byTotal ? total : quantity);
    return ready.find(({ from }) => !isLess(reached, from))?.take;
  };
  return {
    forCharge: (part, reached) => reach(reached)?.forCharge(part, reached) ?? ZERO,
    forCharges: (parts, reached) => reach(reached)?.forCharges?.(parts, reached),
  };
}

function threshold(from: TierQuantity | Amounts, context: ValueContext): Fraction | undefined {
  return typeof from === 'number' ? whole(from) : inTicks(from, context);
}
