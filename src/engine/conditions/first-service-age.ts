import type { Comparison } from '../comparison';
import type { Period } from '../time';
import type { ConditionBase } from './condition';

/** The time since the customer's first service was activated, else ordered; without a service it never holds. */
export interface FirstServiceAgeCondition extends ConditionBase {
  /** The condition type. */
  type: 'first_service_age';
  /** How the age is compared. */
  comparison: Comparison;
  /** The age to compare with. */
  period: Period;
}
