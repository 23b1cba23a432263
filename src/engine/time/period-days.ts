import { isWritable, lastDay, localDate, periodKey } from './calendar';
import type { LocalDate, Period } from './instant';

/** The first and the last local day of a period, as far as they can be written. */
export interface PeriodDays {
  readonly from: LocalDate | undefined;
  readonly to: LocalDate | undefined;
}

const UNKNOWN: PeriodDays = { from: undefined, to: undefined };

/**
 * The days of a period that begins at `ms`. Calendars are slow, and the periods of most carts begin in the minute that
 * runs: what was found lately is remembered. (No clock has been put forward or back within a minute since 1972.)
 */
export function daysOfPeriod(ms: number, period: Period, timeZone: string): PeriodDays {
  if (ms < REMEMBERED_FROM) return reckon(ms, period, timeZone);
  let zone = remembered.get(timeZone);
  if (zone === undefined) {
    if (remembered.size >= MOST_ZONES) remembered.clear();
    zone = new Map();
    remembered.set(timeZone, zone);
  }
  // One number for both: no period has a million units.
  const key = Math.floor(ms / 60_000) * 2_000_000 + 1_000_000 + periodKey(period);
  let days = zone.get(key);
  if (days === undefined) {
    if (zone.size >= MOST_IN_A_ZONE) zone.clear();
    days = reckon(ms, period, timeZone);
    zone.set(key, days);
  }
  return days;
}

const REMEMBERED_FROM = Date.UTC(1973, 0, 1);
const MOST_ZONES = 100;
const MOST_IN_A_ZONE = 100;
const remembered = new Map<string, Map<number, PeriodDays>>();

function reckon(ms: number, period: Period, timeZone: string): PeriodDays {
  const from = localDate(ms, timeZone);
  if (!isWritable(from)) return UNKNOWN;
  const to = lastDay(from, period);
  return { from, to: isWritable(to) ? to : undefined };
}
