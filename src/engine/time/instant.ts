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

/** Seconds and their texts, by a hash of the second: quotes repeat few instants, and formatting dates is slow. */
const formatted = Array.from({ length: 256 }, () => ({ seconds: 0, text: '1970-01-01T00:00:00Z' }));
/** Spreads whole hours and days as well, of which most windows are made (Knuth's multiplicative hash, its upper 8 bits). */
const SPREAD = 0x9e3779b1;

/** Formats an instant as RFC 3339 in UTC, without zero milliseconds. */
export function formatInstant(ms: number): Instant {
  const seconds = Math.floor(ms / 1000);
  const slot = formatted[Math.imul(seconds, SPREAD) >>> 24] as { seconds: number; text: string };
  if (seconds !== slot.seconds) {
    slot.seconds = seconds;
    slot.text = new Date(seconds * 1000).toISOString().replace('.000', '');
  }
  const rest = ms - seconds * 1000;
  return rest === 0 ? slot.text : `${slot.text.slice(0, -1)}.${String(rest).padStart(3, '0')}Z`;
}

/** A half-open window in milliseconds; open where an end is absent. */
export interface Window {
  readonly startsAt: number | undefined;
  readonly endsAt: number | undefined;
}

/** Returns whether `at` lies in the window. */
export function isWithin(window: Window, at: number): boolean {
  const { startsAt, endsAt } = window;
  return (startsAt === undefined || startsAt <= at) && (endsAt === undefined || at < endsAt);
}
