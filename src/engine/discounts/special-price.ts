import type { Amounts } from '../money';

/** A special price that replaces the unit price; it never raises it. */
export interface SpecialPriceValue {
  /** The value type. */
  type: 'special_price';
  /** The price of one unit. */
  prices: Amounts;
}
