import { isWritable, lastDay, localDate } from './calendar';
import type { LocalDate, Period } from './instant';

/** The first and the last local day of a period, as far as they can be written. */
export interface PeriodDays {
  readonly from: LocalDate | undefined;
  readonly to: LocalDate | undefined;
}

const UNKNOWN: PeriodDays = { from: undefined, to: undefined };

/** The days of a period, with what they were computed from. */
interface Computed {
  readonly ms: number;
  readonly unit: Period['unit'];
  readonly length: number;
  readonly timeZone: string;
  readonly days: PeriodDays;
}

/** The last periods, by their length: the lines of a cart have few different ones. */
const computed: (Computed | undefined)[] = new Array(16).fill(undefined);

/** Returns the days of a period that begins at `ms`. */
export function daysOfPeriod(ms: number, { unit, length }: Period, timeZone: string): PeriodDays {
  const last = computed[length & 15];
  if (last?.ms === ms && last.length === length && last.unit === unit && last.timeZone === timeZone) return last.days;
  const days = computeDays(ms, { unit, length }, timeZone);
  computed[length & 15] = { ms, unit, length, timeZone, days };
  return days;
}

function computeDays(ms: number, period: Period, timeZone: string): PeriodDays {
  const from = localDate(ms, timeZone);
  if (!isWritable(from)) return UNKNOWN;
  const to = lastDay(from, period);
  return { from, to: isWritable(to) ? to : undefined };
}
