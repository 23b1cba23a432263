import type { Comparison } from '../../comparison';
import { type ConditionBase, missingFact, type NumberedKind } from '../../condition';
import { judgeCount } from '../../measures';

/** The orders that the customer placed before this one. */
export interface OrderCountCondition extends ConditionBase {
  /** The condition type. */
  type: 'order_count';
  /** How the count is compared. */
  comparison: Comparison;
  /**
   * The count to compare with.
   * @isLong
   * @minimum 0
   */
  count: number;
}

/** Number of earlier orders. */
export const orderCount: NumberedKind<OrderCountCondition> = {
  title: 'Number of earlier orders',
  prepare:
    ({ comparison, count }) =>
    ({ customer }) =>
      customer?.orderCount === undefined
        ? missingFact('/customer/orderCount')
        : judgeCount(customer.orderCount, comparison, count),
  lacking: (numbers) => numbers?.missing,
};
