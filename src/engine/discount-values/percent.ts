import { type Amounts, type Percent, parsePercent } from '../money/money';
import { FractionOff, inTicks } from './amounts';
import type { DiscountKind } from './discount-value';

/** A percentage of the price, up to a cap. */
export interface PercentValue {
  /** The value type. */
  type: 'percent';
  /** The percentage. */
  percent: Percent;
  /** The most that it takes off, per line, or over all matching lines with scope `order`. */
  cap?: Amounts;
}

/** A percentage. */
export const percentOff: DiscountKind<PercentValue> = {
  title: 'Percentage',
  prepare(value, context) {
    const fraction = parsePercent(value.percent);
    if (value.cap === undefined) return new FractionOff(fraction, undefined);
    const cap = inTicks(value.cap, context);
    return cap && new FractionOff(fraction, cap);
  },
};
