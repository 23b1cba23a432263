import { isWithin } from '../../time/instant';
import { compileSelector, type Selector } from '../../vocabulary/selector';
import { type ConditionBase, type ConditionKind, FAILS, HOLDS, missingFact } from '../condition';

/** A line that orders a matching service, ordered while the promotion runs; once per customer. */
export interface PurchaseCondition extends ConditionBase {
  /** The condition type. */
  type: 'purchase';
  /** Which service must be ordered. */
  selector: Selector;
}

/** Purchase during the promotion. */
export const purchase: ConditionKind<PurchaseCondition> = {
  title: 'Purchase during the promotion',
  oncePerCustomer: true,
  prepare({ selector }) {
    const matches = compileSelector(selector);
    return ({ lines, customer }, rule) => {
      const bought = lines.some((line) => line.action === 'order' && matches(line) && isWithin(rule, line.orderedAt));
      if (!bought) return FAILS;
      if (rule.customerUses > 0) return { kind: 'limit_reached' };
      return rule.redeeming && customer?.id === undefined ? missingFact('/customer/id') : HOLDS;
    };
  },
};
