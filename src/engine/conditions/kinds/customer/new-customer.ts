import { type ConditionBase, type ConditionKind, missingFact, verdict } from '../../condition';

/** The customer has no service and never had one: a new sign-up. */
export interface NewCustomerCondition extends ConditionBase {
  /** The condition type. */
  type: 'new_customer';
}

/** New customer. */
export const newCustomer: ConditionKind<NewCustomerCondition> = {
  title: 'New customer',
  prepare:
    () =>
    ({ customer }) =>
      customer?.services === undefined
        ? missingFact('/customer/services')
        : verdict(customer.services.length === 0 && customer.firstServiceAt === undefined),
};
