import { isWritable, lastDay, localDate } from './calendar';
import type { LocalDate, Period } from './instant';

/** The first and the last local day of a period, as far as they can be written. */
export interface PeriodDays {
  readonly from: LocalDate | undefined;
  readonly to: LocalDate | undefined;
}

const UNKNOWN: PeriodDays = { from: undefined, to: undefined };

/** The days of a period that begins at `ms`. */
export function daysOfPeriod(ms: number, period: Period, timeZone: string): PeriodDays {
  const from = localDate(ms, timeZone);
  if (!isWritable(from)) return UNKNOWN;
  const to = lastDay(from, period);
  return { from, to: isWritable(to) ? to : undefined };
}
