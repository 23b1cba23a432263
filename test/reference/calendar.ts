import type { Period } from '../../src/engine/time/instant';

/** One day, in milliseconds. */
export const DAY = 86_400_000;

/** The instant `count` times the unit of the period after `at`, in UTC; months clamp to the month's end, counted from `at`. */
export function addUnits(at: number, unit: 'day' | 'month', count: number): number {
  if (unit === 'day') return at + count * DAY;
  const start = new Date(at);
  const month = start.getUTCMonth() + count;
  const lastDay = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(start.getUTCFullYear(), month, Math.min(start.getUTCDate(), lastDay));
  return midnight + (at - Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()));
}

/** A period as a number of days or of months. */
export function inUnits(period: Period): { unit: 'day' | 'month'; count: number } {
  if (period.unit === 'day') return { unit: 'day', count: period.length };
  return { unit: 'month', count: period.unit === 'year' ? period.length * 12 : period.length };
}

/** The instant one period after `at`, or before it. */
export function shift(at: number, period: Period, direction: 1 | -1): number {
  const { unit, count } = inUnits(period);
  return addUnits(at, unit, direction * count);
}

/** Whether `at` lies in the half-open window: `startsAt <= at < endsAt`. */
export function isWithin(at: number, window: { startsAt?: string; endsAt?: string }): boolean {
  const hasStarted = window.startsAt === undefined || Date.parse(window.startsAt) <= at;
  const hasEnded = window.endsAt !== undefined && Date.parse(window.endsAt) <= at;
  return hasStarted && !hasEnded;
}
