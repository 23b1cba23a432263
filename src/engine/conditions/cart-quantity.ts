import type { Comparison } from '../comparison';
import type { Selector } from '../selector';
import type { ConditionBase } from './condition';

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
