import { measureLines } from '../../../cart/line-finder';
import { multiply } from '../../../money/integer';
import { type Amounts, parseAmounts, powerOfTen } from '../../../money/money';
import type { Selector } from '../../../vocabulary/selector';
import type { Comparison } from '../../comparison';
import type { ConditionBase, NumberedKind } from '../../condition';
import { judgeMoney } from '../../measures';

/** The undiscounted total of the matching lines, setup fees left out. */
export interface CartTotalCondition extends ConditionBase {
  /** The condition type. */
  type: 'cart_total';
  /** Which lines; absent: all. */
  selector?: Selector;
  /** How the total is compared. */
  comparison: Comparison;
  /** The total to compare with, per currency. */
  amounts: Amounts;
}

/** Total of the cart. */
export const cartTotal: NumberedKind<CartTotalCondition> = {
  title: 'Total of the cart',
  judgesLines: true,
  prepare({ selector, comparison, amounts }) {
    const measured = measureLines(selector);
    const required = parseAmounts(amounts);
    return (cart) => {
      const { currency, digits } = cart;
      const amount = required.get(currency);
      if (amount === undefined) return { kind: 'currency_not_priced' };
      const { subtotal } = measured(cart);
      return judgeMoney(multiply(subtotal, powerOfTen(6 - digits)), comparison, amount, currency);
    };
  },
  lacking: (numbers) => numbers?.missing,
};
