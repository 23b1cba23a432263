import { lessOf, times, whole } from '../fraction';
import type { Amounts } from '../money';
import { inTicks } from './amounts';
import type { DiscountKind } from './value';

/** A special price that replaces the unit price; it never raises it. */
export interface SpecialPriceValue {
  /** The value type. */
  type: 'special_price';
  /** The price of one unit. */
  prices: Amounts;
}

/** A special price. */
export const specialPrice: DiscountKind<SpecialPriceValue> = {
  title: 'Special price',
  description: 'A special price that replaces the unit price; it never raises it.',
  prepare(value, currency, digits) {
    const price = inTicks(value.prices, currency, digits);
    return (
      price &&
      (({ parts }) => ({
        amounts: parts.map((part) => times(lessOf(part.base, times(price, whole(part.units))), part.share)),
        pooled: false,
      }))
    );
  },
};
