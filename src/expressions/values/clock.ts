import { offsetAt } from '../../engine/time/calendar';
import { civilDay, DAY_MS, dayNumber } from '../../engine/time/civil';

/** An instant as a clock and a calendar show it. */
export interface ClockTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 (Sunday) to 6. */
  readonly weekday: number;
  /** Counted from 0. */
  readonly dayOfYear: number;
}

/** The weekdays by their number. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Returns what clocks in a time zone show at an instant; throws where there is no such zone. */
export function clockTime(ms: number, timeZone: string): ClockTime {
  const wall = ms + offsetAt(ms, timeZone);
  const number = Math.floor(wall / DAY_MS);
  const ofDay = wall - number * DAY_MS;
  const { year, month, day } = civilDay(number);
  return {
    year,
    month,
    day,
    hour: Math.floor(ofDay / 3_600_000),
    minute: Math.floor(ofDay / 60_000) % 60,
    second: Math.floor(ofDay / 1_000) % 60,
    millisecond: ofDay % 1_000,
    // 1970-01-01 was a Thursday.
    weekday: (((number + 4) % 7) + 7) % 7,
    dayOfYear: number - dayNumber({ year, month: 1, day: 1 }),
  };
}
