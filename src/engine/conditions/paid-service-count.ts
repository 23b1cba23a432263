import type { Comparison } from '../comparison';
import type { Selector } from '../selector';
import type { ConditionBase } from './condition';

/** The customer's paid services that are active, processing or stopped, counted. */
export interface PaidServiceCountCondition extends ConditionBase {
  /** The condition type. */
  type: 'paid_service_count';
  /** Which services; absent: all. */
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
