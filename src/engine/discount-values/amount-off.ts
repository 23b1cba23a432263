import type { Amounts } from '../money/money';
import { amountOff, inTicks } from './amounts';
import type { DiscountKind } from './discount-value';

/** A fixed amount off each unit, each line, or the matching lines together, per currency. */
export interface AmountOffValue {
  /** The value type. */
  type: 'amount_off';
  /** What is taken off. */
  amounts: Amounts;
}

/** A fixed amount. */
export const fixedAmountOff: DiscountKind<AmountOffValue> = {
  title: 'Fixed amount',
  prepare(value, context) {
    const amount = inTicks(value.amounts, context);
    return amount && amountOff(amount, context);
  },
};
