import type { ConditionBase } from './condition';

/** The customer has no service and never had one: a new sign-up. */
export interface NewCustomerCondition extends ConditionBase {
  /** The condition type. */
  type: 'new_customer';
}
