import type { Amounts } from '../money/money';
import { amountOff, inTicks } from './amounts';
import type { DiscountKind } from './discount-value';
import { highestTier, type TierMeasure, type TierQuantity } from './tier';

/** One tier of a tiered amount. */
export interface AmountOffTier {
  /** A quantity with `by: "quantity"`, amounts with `by: "total"`. */
  from: TierQuantity | Amounts;
  /** What is taken off from there on. */
  amounts: Amounts;
}

/** An amount off that grows with the quantity or the total; the highest tier reached counts. */
export interface TieredAmountOffValue {
  /** The value type. */
  type: 'tiered_amount_off';
  /** What the tiers are reached by. */
  by: TierMeasure;
  /**
   * The tiers.
   * @minItems 1
   * @maxItems 100
   */
  tiers: AmountOffTier[];
}

/** An amount in tiers. */
export const tieredAmountOff: DiscountKind<TieredAmountOffValue> = {
  title: 'Tiered amount',
  prepare: (value, context) =>
    highestTier(value.tiers, context, (tier) => {
      const amount = inTicks(tier.amounts, context);
      return amount && amountOff(amount, context);
    }),
};
