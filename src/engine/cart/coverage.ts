import { type Fraction, ONE } from '../money/fraction';
import { addPeriod, addPeriods, monthsOf, periodKey } from '../time/calendar';
import type { Period } from '../time/instant';

/** The part of a line's period that a discount with this end (milliseconds) covers; everything where there is no period. */
export type CoveredShare = (line: { period: Period | undefined; startsAt: number }, end: number) => Fraction;

/** Caches results per cart: lines often share a period, and calendar arithmetic is slow. */
export function coverage(timeZone: string): CoveredShare {
  let known: Map<string, Fraction> | undefined;
  return ({ period, startsAt }, end) => {
    if (period === undefined) return ONE;
    const key = `${startsAt} ${periodKey(period)} ${end}`;
    known ??= new Map();
    const share = known.get(key) ?? coveredShare(period, startsAt, end, timeZone);
    known.set(key, share);
    return share;
  };
}

/**
 * The part of a period before `end`: whole months counted from its start for periods of months and years, else whole
 * days [BM].
 */
function coveredShare(period: Period, startsAt: number, end: number, timeZone: string): Fraction {
  const periodEnd = addPeriod(startsAt, period, timeZone);
  if (periodEnd <= end) return ONE;
  const unit: Period = { unit: period.unit === 'day' ? 'day' : 'month', length: 1 };
  const whole = unit.unit === 'day' ? period.length : monthsOf(period);
  const isCovered = (units: number): boolean => addPeriods(startsAt, unit, units, timeZone) <= end;
  // Units are nearly of one length, so the proportion is nearly right.
  let covered = Math.max(0, Math.floor((whole * (end - startsAt)) / (periodEnd - startsAt)));
  while (covered > 0 && !isCovered(covered)) covered -= 1;
  while (covered + 1 < whole && isCovered(covered + 1)) covered += 1;
  return { num: covered, den: whole };
}
