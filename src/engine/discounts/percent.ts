import type { Amounts, Percent } from '../money';

/** A percentage of the price, up to a cap. */
export interface PercentValue {
  /** The value type. */
  type: 'percent';
  /** The percentage. */
  percent: Percent;
  /** The most that it takes off, per line, or over all matching lines with scope `order`. */
  cap?: Amounts;
}
