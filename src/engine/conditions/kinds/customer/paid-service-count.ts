import { compileSelector, type Selector } from '../../../vocabulary/selector';
import type { Comparison } from '../../comparison';
import { type ConditionBase, type ConditionKind, missingFact } from '../../condition';
import { judgeCount } from '../../measures';
import { ownedCount } from '../../owned-services';

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

/** Number of paid services. */
export const paidServiceCount: ConditionKind<PaidServiceCountCondition> = {
  title: 'Number of paid services',
  prepare({ selector, comparison, count }) {
    const matches = compileSelector(selector);
    return ({ services }) =>
      services === undefined
        ? missingFact('/customer/services')
        : judgeCount(
            ownedCount(
              services.filter((service) => service.paid),
              matches,
            ),
            comparison,
            count,
          );
  },
};
