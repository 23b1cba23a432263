import type { Selector } from '../selector';
import type { ConditionBase } from './condition';

/** A line that orders a matching service, ordered while the promotion runs; once per customer. */
export interface PurchaseCondition extends ConditionBase {
  /** The condition type. */
  type: 'purchase';
  /** Which service must be ordered. */
  selector: Selector;
}
