/**
 * An RFC 3339 instant with an offset; answers are in UTC.
 * @format date-time
 * @maxLength 40
 */
export type Instant = string;

/**
 * A calendar day in the provider's time zone, `YYYY-MM-DD`.
 * @format date
 */
export type LocalDate = string;

/** A calendar period; 12 months and 1 year are the same. */
export interface Period {
  /** The unit. */
  unit: 'day' | 'month' | 'year';
  /**
   * How many of them.
   * @isInt
   * @minimum 1
   * @maximum 36525
   */
  length: number;
}

/** The last instant that RFC 3339 can write, in milliseconds. */
export const LAST_INSTANT = Date.UTC(10000, 0) - 1;

/** Milliseconds since the epoch of an RFC 3339 instant. */
export function parseInstant(instant: Instant): number {
  return Date.parse(instant);
}

/** The second that was written last, and its text: the quotes of one second are many, and dates are slow to write. */
let lastSecond = { seconds: 0, text: '1970-01-01T00:00:00' };

/** An instant in UTC, RFC 3339, without idle milliseconds. */
export function formatInstant(ms: number): Instant {
  const seconds = Math.floor(ms / 1000);
  if (seconds !== lastSecond.seconds) {
    lastSecond = { seconds, text: new Date(seconds * 1000).toISOString().slice(0, -5) };
  }
  const rest = ms - seconds * 1000;
  return rest === 0 ? `${lastSecond.text}Z` : `${lastSecond.text}.${String(rest).padStart(3, '0')}Z`;
}

/** A half-open window in milliseconds; open where an end is absent. */
export interface Window {
  readonly startsAt: number | undefined;
  readonly endsAt: number | undefined;
}

/** Whether `at` lies in the window. */
export function isWithin(window: Window, at: number): boolean {
  const { startsAt, endsAt } = window;
  return (startsAt === undefined || startsAt <= at) && (endsAt === undefined || at < endsAt);
}
