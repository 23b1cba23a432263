import type { Currency, Money } from '../../../money/money';
import type { Period } from '../../../time/instant';
import { accountSum } from '../../account-sum';
import type { Comparison } from '../../comparison';
import type { ConditionBase, ConditionKind } from '../../condition';

/** The customer's payments in the period up to `at`, in one currency, summed. */
export interface PaymentsCondition extends ConditionBase {
  /** The condition type. */
  type: 'payments';
  /** How the sum is compared. */
  comparison: Comparison;
  /** The currency of the entries that count. */
  currency: Currency;
  /** The sum to compare with. */
  amount: Money;
  /** How far back entries count. */
  period: Period;
}

/** Customer's payments. */
export const payments: ConditionKind<PaymentsCondition> = {
  title: "Customer's payments",
  prepare: (condition) => accountSum('payments', condition),
};
