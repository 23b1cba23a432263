import type { Comparison } from '../comparison';
import type { ConditionBase } from './condition';

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
