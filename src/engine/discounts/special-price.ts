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
  prepare(value, context) {
    const price = inTicks(value.prices, context);
    if (price === undefined) return undefined;
    return { alone: ({ base, units, share }) => times(lessOf(base, times(price, whole(units))), share) };
  },
};
