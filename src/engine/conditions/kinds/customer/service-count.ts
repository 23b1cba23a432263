import { compileSelector, type Selector } from '../../../vocabulary/selector';
import type { Comparison } from '../../comparison';
import { type ConditionBase, type ConditionKind, missingFact } from '../../condition';
import { judgeCount } from '../../measures';
import { ownedCount } from '../../owned-services';

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

/** Number of services. */
export const serviceCount: ConditionKind<ServiceCountCondition> = {
  title: 'Number of services',
  prepare({ selector, comparison, count }) {
    const matches = compileSelector(selector);
    return ({ services }) =>
      services === undefined
        ? missingFact('/customer/services')
        : judgeCount(ownedCount(services, matches), comparison, count);
  },
};
