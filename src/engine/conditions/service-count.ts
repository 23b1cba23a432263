import type { Comparison } from '../comparison';
import type { Selector } from '../selector';
import type { ConditionBase } from './condition';

/** The customer's services that are active, processing or stopped, paid or not, counted. */
export interface ServiceCountCondition extends ConditionBase {
  /** The condition type. */
  type: 'service_count';
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
