import { type Fraction, lessOf, times, whole } from '../money/fraction';
import type { Amounts } from '../money/money';
import { inTicks } from './amounts';
import type { DiscountCalculator, DiscountKind, Part } from './discount-value';

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
  prepare(value, context) {
    const price = inTicks(value.prices, context);
    if (price === undefined) return undefined;
    return new SpecialPrice(price);
  },
};

/** Takes what the price exceeds the special price by. */
class SpecialPrice implements DiscountCalculator {
  constructor(private readonly price: Fraction) {}

  forCharge({ base, units, share }: Part): Fraction {
    return times(lessOf(base, times(this.price, whole(units))), share);
  }
}
