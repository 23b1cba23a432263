import type { Term } from '../../../vocabulary/resource';
import { type ConditionBase, type ConditionKind, missingFact } from '../../condition';
import { toldLists } from '../../measures';

/** The customer is in one of the groups. */
export interface CustomerGroupCondition extends ConditionBase {
  /** The condition type. */
  type: 'customer_group';
  /**
   * Groups, any of.
   * @minItems 1
   * @maxItems 1000
   */
  groups: Term[];
}

/** Customer group. */
export const customerGroup: ConditionKind<CustomerGroupCondition> = {
  title: 'Customer group',
  prepare({ groups }) {
    const wanted = new Set(groups);
    return ({ customer, groups: known }) => {
      const own = customer?.groups;
      if (own === undefined || known === undefined) return missingFact('/customer/groups');
      return {
        kind: 'judged',
        // The shorter list is looked through: a request has up to a hundred groups, and a catalog thousands of rules.
        holds:
          wanted.size < own.length ? groups.some((group) => known.has(group)) : own.some((group) => wanted.has(group)),
        numbers: () => toldLists(own, groups),
      };
    };
  },
};
