import { add, type Integer } from '../money/integer';
import { type Currency, type Money, parseMoney } from '../money/money';
import { subtractPeriod } from '../time/calendar';
import { type Period, parseInstant } from '../time/instant';
import type { Comparison } from './comparison';
import { type Judge, missingFact } from './condition';
import { judgeMoney } from './measures';

/** Judges the sum of the customer's entries in one currency in `[at − period, at]`. */
export function accountSum(
  fact: 'expenses' | 'payments',
  condition: { comparison: Comparison; currency: Currency; amount: Money; period: Period },
): Judge {
  const required = parseMoney(condition.amount);
  const { comparison, currency, period } = condition;
  return ({ customer, at, timeZone }) => {
    const entries = customer?.[fact];
    if (entries === undefined) return missingFact(`/customer/${fact}`);
    const from = subtractPeriod(at, period, timeZone);
    const sum = entries.reduce<Integer>((total, entry) => {
      const booked = parseInstant(entry.at);
      return entry.currency === currency && booked >= from && booked <= at
        ? add(total, parseMoney(entry.amount))
        : total;
    }, 0);
    return judgeMoney(sum, comparison, required, currency);
  };
}
