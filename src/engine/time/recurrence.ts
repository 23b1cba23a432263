import { addAnchored, addPeriods, dayOfMonth, isWritable, localDate, monthsOf } from './calendar';
import { civilDay, DAY_MS } from './civil';
import { LAST_INSTANT, type LocalDate, type Period } from './instant';

/**
 * Returns the day of the month on which something recurs that is next due at `ms`: the day of `ms`, but that of
 * `startedAt` where `ms` stands at the end of a month that is too short for it.
 */
export function anchorDay(ms: number, startedAt: number, timeZone: string): number {
  const { day, isLast } = dayOfMonth(ms, timeZone);
  return isLast ? Math.max(day, dayOfMonth(startedAt, timeZone).day) : day;
}

/** Returns the first of `ms` and what follows it, period by period on the anchor day, that is not before `at`. */
export function firstNotBefore(ms: number, period: Period, at: number, anchor: number, timeZone: string): number {
  for (let times = timesBefore(ms, period, at); ; times += 1) {
    const due = times === 0 ? ms : addAnchored(ms, period, times, anchor, timeZone);
    if (due >= at) return due;
  }
}

/** Returns the first of `ms` and what follows it, period by period on the day of `ms`, that is after `at`. */
export function firstAfter(ms: number, period: Period, at: number, timeZone: string): number {
  return firstNotBefore(ms, period, at + 1, dayOfMonth(ms, timeZone).day, timeZone);
}

/**
 * Estimates how many periods lie between two instants, a few less than there are, so that a past of centuries takes no more
 * steps than one of days. Reckons in UTC: clocks anywhere are at most a day away from it.
 */
function timesBefore(ms: number, period: Period, at: number): number {
  if (ms >= at) return 0;
  const [first, last] = [Math.floor(ms / DAY_MS), Math.floor(at / DAY_MS)];
  if (period.unit === 'day') return Math.max(0, Math.floor((last - first - 3) / period.length));
  const [from, to] = [civilDay(first), civilDay(last)];
  const months = (to.year - from.year) * 12 + to.month - from.month;
  return Math.max(0, Math.floor((months - 2) / monthsOf(period)));
}

/** An instant that recurs, and its calendar day. */
export interface Recurrence {
  readonly at: number;
  readonly date: LocalDate;
}

/**
 * Returns the first `count` instants after `after` that lie a whole number of periods, one at least, after `ms`,
 * counted from the anchor; fewer where the calendar ends.
 */
export function recurrencesAfter(
  ms: number,
  period: Period,
  after: number,
  count: number,
  timeZone: string,
): Recurrence[] {
  const found: Recurrence[] = [];
  for (let times = Math.max(1, timesBefore(ms, period, after)); found.length < count; times += 1) {
    const at = addPeriods(ms, period, times, timeZone);
    const date = localDate(at, timeZone);
    if (at > LAST_INSTANT || !isWritable(date)) break;
    if (at > after) found.push({ at, date });
  }
  return found;
}
