import { type Fraction, ZERO } from '../money/fraction';
import type { Amounts } from '../money/money';
import { inTicks } from './amounts';
import type { DiscountCalculator, DiscountKind, SetTerms } from './discount-value';

/** One price for every so many units of the matching lines: any three for 10.00. Sets are formed from the dearest down. */
export interface SetPriceValue {
  /** The value type. */
  type: 'set_price';
  /**
   * How many units make a set.
   * @isInt
   * @minimum 2
   * @maximum 1000000
   */
  quantity: number;
  /** The price of one set. */
  prices: Amounts;
}

/** A price for a set. */
export const setPrice: DiscountKind<SetPriceValue> = {
  title: 'Price of a set',
  prepare(value, context) {
    const price = inTicks(value.prices, context);
    return price && new SetPrice({ size: value.quantity, price });
  },
};

/** Says what sets cost; what they save is counted where they are formed, for it depends on all lines together. */
class SetPrice implements DiscountCalculator {
  constructor(readonly sets: SetTerms) {}

  forCharge(): Fraction {
    return ZERO;
  }
}
