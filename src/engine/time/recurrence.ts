import { addAnchored, dayOfMonth, wholePeriods } from './calendar';
import type { Period } from './instant';

/**
 * The day of the month on which something recurs that is next due at `ms`: the day of `ms`, but that of `startedAt` where
 * `ms` stands at the end of a month that is too short for it.
 */
export function anchorDay(ms: number, startedAt: number, timeZone: string): number {
  const { day, isLast } = dayOfMonth(ms, timeZone);
  return isLast ? Math.max(day, dayOfMonth(startedAt, timeZone).day) : day;
}

/** The first of `ms` and what follows it, period by period on the anchor day, that is not before `at`. */
export function firstNotBefore(ms: number, period: Period, at: number, anchor: number, timeZone: string): number {
  for (let times = timesBefore(ms, period, at, timeZone); ; times += 1) {
    const due = times === 0 ? ms : addAnchored(ms, period, times, anchor, timeZone);
    if (due >= at) return due;
  }
}

/** The first of `ms` and what follows it, period by period on the day of `ms`, that is after `at`. */
export function firstAfter(ms: number, period: Period, at: number, timeZone: string): number {
  return firstNotBefore(ms, period, at + 1, dayOfMonth(ms, timeZone).day, timeZone);
}

/** About as many periods as lie between: told by the calendar, so that a past of centuries takes no more steps than one of days. */
function timesBefore(ms: number, period: Period, at: number, timeZone: string): number {
  return ms >= at ? 0 : Math.max(0, wholePeriods(ms, at, period, timeZone) - 1);
}
