import type { ConditionBase } from './condition';

/** The quote's instant lies in a weekly window of local time in the provider's zone. */
export interface TimeWindowCondition extends ConditionBase {
  /** The condition type. */
  type: 'time_window';
  /**
   * The days on which the window opens; absent: every day.
   * @minItems 1
   * @uniqueItems true
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
