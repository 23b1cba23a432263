import { type Period, parseInstant } from '../../../time/instant';
import type { Comparison } from '../../comparison';
import { type ConditionBase, type ConditionKind, missingFact } from '../../condition';
import { judgeAge } from '../../measures';

/** The time since the customer registered; `gt` 1 year means registered strictly before `at` − 1 year. */
export interface RegistrationAgeCondition extends ConditionBase {
  /** The condition type. */
  type: 'registration_age';
  /** How the age is compared. */
  comparison: Comparison;
  /** The age to compare with. */
  period: Period;
}

/** Time since registration. */
export const registrationAge: ConditionKind<RegistrationAgeCondition> = {
  title: 'Time since registration',
  prepare:
    ({ comparison, period }) =>
    ({ customer, at, timeZone }) =>
      customer?.registeredAt === undefined
        ? missingFact('/customer/registeredAt')
        : judgeAge(parseInstant(customer.registeredAt), comparison, period, at, timeZone),
};
