import type { Term } from '../resource';
import type { ConditionBase } from './condition';

/** The customer is in one of the groups. */
export interface CustomerGroupCondition extends ConditionBase {
  /** The condition type. */
  type: 'customer_group';
  /**
   * Groups, any of.
   * @minItems 1
   */
  groups: Term[];
}
