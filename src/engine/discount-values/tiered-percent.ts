import { type Amounts, type Percent, parsePercent } from '../money/money';
import { FractionOff } from './amounts';
import type { DiscountKind } from './discount-value';
import { highestTier, type TierMeasure, type TierQuantity } from './tier';

/** One tier of a tiered percentage. */
export interface PercentTier {
  /** A quantity with `by: "quantity"`, amounts with `by: "total"`. */
  from: TierQuantity | Amounts;
  /** The percentage from there on. */
  percent: Percent;
}

/** A percentage that grows with the quantity or the total; the highest tier reached counts. */
export interface TieredPercentValue {
  /** The value type. */
  type: 'tiered_percent';
  /** What the tiers are reached by. */
  by: TierMeasure;
  /**
   * The tiers.
   * @minItems 1
   * @maxItems 100
   */
  tiers: PercentTier[];
}

/** A percentage in tiers. */
export const tieredPercentOff: DiscountKind<TieredPercentValue> = {
  title: 'Tiered percentage',
  prepare: (value, context) =>
    highestTier(value.tiers, context, ({ percent }) => new FractionOff(parsePercent(percent), undefined)),
};
