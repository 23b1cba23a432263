import type { Customer } from '../../../cart/customer';
import { type Period, parseInstant } from '../../../time/instant';
import type { Comparison } from '../../comparison';
import { type ConditionBase, type ConditionKind, FAILS, missingFact } from '../../condition';
import { judgeAge } from '../../measures';

/** The time since the customer's first service was activated, else ordered; without a service it never holds. */
export interface FirstServiceAgeCondition extends ConditionBase {
  /** The condition type. */
  type: 'first_service_age';
  /** How the age is compared. */
  comparison: Comparison;
  /** The age to compare with. */
  period: Period;
}

/** Time since the first service. */
export const firstServiceAge: ConditionKind<FirstServiceAgeCondition> = {
  title: 'Time since the first service',
  prepare:
    ({ comparison, period }) =>
    ({ customer, at, timeZone }) => {
      if (customer?.services?.length === 0 && customer.firstServiceAt === undefined) return FAILS;
      const since = firstServiceAt(customer);
      if (since === undefined) return missingFact('/customer/firstServiceAt');
      return judgeAge(since, comparison, period, at, timeZone);
    },
};

/** Returns when the first service was activated, else ordered; deleted services count as first too. */
export function firstServiceAt(customer: Customer | undefined): number | undefined {
  if (customer?.firstServiceAt !== undefined) return parseInstant(customer.firstServiceAt);
  const starts = (customer?.services ?? [])
    .map((service) => service.activatedAt ?? service.orderedAt)
    .filter((instant) => instant !== undefined)
    .map(parseInstant);
  return starts.length === 0 ? undefined : starts.reduce((first, start) => Math.min(first, start));
}
