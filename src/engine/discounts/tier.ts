import { type Fraction, isLess, whole, ZERO } from '../fraction';
import type { Amounts } from '../money';
import { inTicks } from './amounts';
import type { Basis, Taker } from './value';

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
  currency: string,
  digits: number,
  prepare: (tier: T) => Taker | undefined,
): Taker | undefined {
  const ready = tiers
    .map((tier) => ({ from: threshold(tier.from, currency, digits), take: prepare(tier) }))
    .filter((tier): tier is { from: Fraction; take: Taker } => tier.from !== undefined && tier.take !== undefined)
    .sort((a, b) => (isLess(a.from, b.from) ? 1 : -1));
  if (ready.length === 0) return undefined;
  const byTotal = typeof tiers[0]?.from === 'object';
  return (basis) => {
    const reached = whole(byTotal ? basis.total : basis.quantity);
    const tier = ready.find(({ from }) => !isLess(reached, from));
    return tier === undefined ? nothing(basis) : tier.take(basis);
  };
}

function threshold(from: TierQuantity | Amounts, currency: string, digits: number): Fraction | undefined {
  return typeof from === 'number' ? whole(from) : inTicks(from, currency, digits);
}

function nothing({ parts }: Basis): ReturnType<Taker> {
  return { amounts: parts.map(() => ZERO), pooled: false };
}
