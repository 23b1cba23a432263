import type { Comparison } from '../comparison';
import type { Period } from '../time';
import type { ConditionBase } from './condition';

/** The time since the customer registered; `gt` 1 year means registered strictly before `at` − 1 year. */
export interface RegistrationAgeCondition extends ConditionBase {
  /** The condition type. */
  type: 'registration_age';
  /** How the age is compared. */
  comparison: Comparison;
  /** The age to compare with. */
  period: Period;
}
