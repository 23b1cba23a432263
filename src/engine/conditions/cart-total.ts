import type { Comparison } from '../comparison';
import type { Amounts } from '../money';
import type { Selector } from '../selector';
import type { ConditionBase } from './condition';

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
