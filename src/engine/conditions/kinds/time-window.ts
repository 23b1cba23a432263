import { localTimeOnDay, weekday } from '../../time/calendar';
import { fieldError } from '../../vocabulary/problem';
import { type ConditionBase, type ConditionKind, verdict } from '../condition';

/** The quote's instant lies in a weekly window of local time in the provider's zone. */
export interface TimeWindowCondition extends ConditionBase {
  /** The condition type. */
  type: 'time_window';
  /**
   * The days on which the window opens; absent: every day.
   * @minItems 1
   * @uniqueItems true
   * @maxItems 7
   */
  weekdays?: Weekday[];
  /** Local time from which on it is open; absent: midnight. */
  from?: LocalTime;
  /** Local time before which it is open; not after `from`: on the next day; absent: midnight. */
  to?: LocalTime;
}

/** A day of the week. */
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/**
 * Local time, `HH:MM`.
 * @pattern ^([01]\d|2[0-3]):[0-5]\d$
 */
export type LocalTime = string;

/** Days and hours. */
export const timeWindow: ConditionKind<TimeWindowCondition> = {
  title: 'Days and hours',
  prepare({ weekdays, from = '00:00', to = '00:00' }) {
    const days = new Set((weekdays ?? WEEKDAYS).map((day) => WEEKDAYS.indexOf(day) + 1));
    const overMidnight = from >= to;
    // A window over midnight belongs to the day on which it opened.
    const opened = overMidnight ? [0, -1] : [0];
    return ({ at, timeZone }) =>
      verdict(
        opened.some(
          (day) =>
            days.has(weekday(at, day, timeZone)) &&
            at >= localTimeOnDay(at, day, from, timeZone) &&
            at < localTimeOnDay(at, overMidnight ? day + 1 : day, to, timeZone),
        ),
      );
  },
  check({ weekdays, from, to }) {
    if (weekdays === undefined && from === undefined && to === undefined) {
      return [fieldError('', 'empty_time_window', 'needs at least one of weekdays, from and to')];
    }
    return from !== undefined && from === to
      ? [fieldError('/to', 'empty_time_window', 'must not be the same as from: the window would never be open')]
      : [];
  },
};

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
