import { type Fraction, ONE } from './fraction';
import type { PricedLine } from './priced-cart';
import { addPeriod, addPeriods, monthsOf, type Period } from './time';

/**
 * The part of a line's period before `end`: whole months counted from the line's start for periods of months and
 * years, else whole days [BM]; everything where there is no end or no period.
 */
export function coveredShare(line: PricedLine, end: number | undefined, timeZone: string): Fraction {
  const { period, startsAt } = line;
  if (end === undefined || period === undefined || addPeriod(startsAt, period, timeZone) <= end) return ONE;
  const unit: Period = { unit: period.unit === 'day' ? 'day' : 'month', length: 1 };
  const whole = unit.unit === 'day' ? period.length : monthsOf(period);
  // The largest number of whole units that fit before the end.
  let covered = 0;
  for (let beyond = whole; covered + 1 < beyond; ) {
    const middle = Math.floor((covered + beyond) / 2);
    if (addPeriods(startsAt, unit, middle, timeZone) <= end) covered = middle;
    else beyond = middle;
  }
  return { num: covered, den: whole };
}
