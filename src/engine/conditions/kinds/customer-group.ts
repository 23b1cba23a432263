import type { Term } from '../../vocabulary/resource';
import { type ConditionBase, type ConditionKind, missingFact } from '../condition';

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

/** Customer group. */
export const customerGroup: ConditionKind<CustomerGroupCondition> = {
  title: 'Customer group',
  description: 'The customer is in one of the groups.',
  prepare({ groups }) {
    const wanted = new Set(groups);
    return ({ customer }) =>
      customer?.groups === undefined
        ? missingFact('/customer/groups')
        : {
            kind: 'judged',
            holds: customer.groups.some((group) => wanted.has(group)),
            numbers: () => ({ actual: customer.groups?.join(', ') ?? '', required: groups.join(', ') }),
          };
  },
};
