import { measureLines } from '../../../cart/line-finder';
import type { Selector } from '../../../vocabulary/selector';
import type { Comparison } from '../../comparison';
import type { ConditionBase, NumberedKind } from '../../condition';
import { judgeCount } from '../../measures';

/** The quantities of the matching lines, summed. */
export interface CartQuantityCondition extends ConditionBase {
  /** The condition type. */
  type: 'cart_quantity';
  /** Which lines; absent: all. */
  selector?: Selector;
  /** How the count is compared. */
  comparison: Comparison;
  /**
   * The count to compare with.
   * @isLong
   * @minimum 0
   */
  count: number;
}

/** Quantity in the cart. */
export const cartQuantity: NumberedKind<CartQuantityCondition> = {
  title: 'Quantity in the cart',
  judgesLines: true,
  prepare({ selector, comparison, count }) {
    const measured = measureLines(selector);
    return (cart) => judgeCount(measured(cart).quantity, comparison, count);
  },
  lacking: (numbers) => numbers?.missing,
};
