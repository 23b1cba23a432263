import { Temporal } from 'temporal-polyfill';
import { LAST_INSTANT, type LocalDate, type Period } from './instant';

/** The instant `times` periods after (before, where negative) `ms` on the calendar of `timeZone`, counted from the anchor so that a month's end is kept (Jan 31 → Feb 28 → Mar 31). */
export function addPeriods(ms: number, period: Period, times: number, timeZone: string): number {
  const amount = period.length * times;
  return zoned(ms, timeZone).add({ [`${period.unit}s`]: amount }).epochMilliseconds;
}

/** The instant one period after `ms` on the calendar of `timeZone`. */
export function addPeriod(ms: number, period: Period, timeZone: string): number {
  return addPeriods(ms, period, 1, timeZone);
}

/** The instant one period before `ms` on the calendar of `timeZone`. */
export function subtractPeriod(ms: number, period: Period, timeZone: string): number {
  return addPeriods(ms, period, -1, timeZone);
}

/** The instant `times` periods after `ms` (before, where negative), on a day of the month, or the last one of a shorter month. */
export function addAnchored(ms: number, period: Period, times: number, day: number, timeZone: string): number {
  if (period.unit === 'day') return addPeriods(ms, period, times, timeZone);
  const moved = zoned(ms, timeZone)
    .toPlainDateTime()
    .add({ [`${period.unit}s`]: period.length * times });
  return moved.with({ day }).toZonedDateTime(timeZone).epochMilliseconds;
}

/** An instant that recurs, and its calendar day. */
export interface Recurrence {
  readonly at: number;
  readonly date: LocalDate;
}

/**
 * The first `count` instants after `after` that lie a whole number of periods, one at least, after `ms`, counted from the
 * anchor; fewer where the calendar ends.
 */
export function recurrencesAfter(
  ms: number,
  period: Period,
  after: number,
  count: number,
  timeZone: string,
): Recurrence[] {
  const start = zoned(ms, timeZone);
  const found: Recurrence[] = [];
  for (
    let times = Math.max(1, ms < after ? wholePeriods(ms, after, period, timeZone) : 1);
    found.length < count;
    times++
  ) {
    const next = start.add({ [`${period.unit}s`]: period.length * times });
    const date = next.toPlainDate().toString();
    if (next.epochMilliseconds > LAST_INSTANT || !isWritable(date)) break;
    if (next.epochMilliseconds > after) found.push({ at: next.epochMilliseconds, date });
  }
  return found;
}

/** How many whole periods lie between two instants. */
export function wholePeriods(from: number, to: number, { unit, length }: Period, timeZone: string): number {
  const units = zoned(from, timeZone).until(zoned(to, timeZone), { largestUnit: `${unit}s` })[`${unit}s`];
  return Math.floor(units / length);
}

/** The day of the month of an instant, and whether its month has no later one. */
export function dayOfMonth(ms: number, timeZone: string): { day: number; isLast: boolean } {
  const { day, daysInMonth } = zoned(ms, timeZone);
  return { day, isLast: day === daysInMonth };
}

/** Equal for equal periods: its months, or its days below zero; 12 months and 1 year have the same key. */
export function periodKey(period: Period): number {
  return period.unit === 'day' ? -period.length : monthsOf(period);
}

/** The months of a period of months or years. */
export function monthsOf(period: Period): number {
  return period.unit === 'year' ? period.length * 12 : period.length;
}

/** The calendar day of an instant in a time zone. */
export function localDate(ms: number, timeZone: string): LocalDate {
  return zoned(ms, timeZone).toPlainDate().toString();
}

/** The first instant of a calendar day. */
export function startOfDay(date: LocalDate, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;
}

/** Whether a calendar day can be written with a year of four digits. */
export function isWritable(date: LocalDate): boolean {
  return date.length === 'YYYY-MM-DD'.length;
}

/** The last day of a period that begins on `from`. */
export function lastDay(from: LocalDate, period: Period): LocalDate {
  return Temporal.PlainDate.from(from)
    .add({ [`${period.unit}s`]: period.length })
    .subtract({ days: 1 })
    .toString();
}

/** The calendar day before one. */
export function dayBefore(date: LocalDate): LocalDate {
  return Temporal.PlainDate.from(date).subtract({ days: 1 }).toString();
}

/** Whole days from one calendar day to another. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** An ISO 8601 duration of one unit, such as `P1Y`, `P2M` or `P30D`. */
export function formatPeriod(period: Period): string {
  return `P${period.length}${period.unit.charAt(0).toUpperCase()}`;
}

/** The time from one instant to a later one, in whole units of `unit` or, where there is not one, of the next smaller. */
export function elapsed(from: number, to: number, unit: Period['unit'], timeZone: string): string {
  const start = zoned(from, timeZone);
  const end = zoned(to, timeZone);
  for (const wanted of UNITS.slice(UNITS.indexOf(unit))) {
    const length = start.until(end, { largestUnit: `${wanted}s` })[`${wanted}s`];
    if (length >= 1) return formatPeriod({ unit: wanted, length });
  }
  return 'P0D';
}

/** The same, rounded up: after so long nothing is missing any more. */
export function remaining(from: number, to: number, unit: Period['unit'], timeZone: string): string {
  const start = zoned(from, timeZone);
  const end = zoned(to, timeZone);
  for (const wanted of UNITS.slice(UNITS.indexOf(unit))) {
    const whole = start.until(end, { largestUnit: `${wanted}s` })[`${wanted}s`];
    const length = addPeriods(from, { unit: wanted, length: 1 }, whole, timeZone) < to ? whole + 1 : whole;
    if (whole >= 1 || wanted === 'day') return formatPeriod({ unit: wanted, length });
  }
  return 'P0D';
}

const UNITS: readonly Period['unit'][] = ['year', 'month', 'day'];

/** The instant of a local time on the calendar day `days` after that of `ms`: a time that DST skips moves forward, a doubled one is the earlier. */
export function localTimeOnDay(ms: number, days: number, time: string, timeZone: string): number {
  const day = zoned(ms, timeZone).toPlainDate().add({ days });
  return day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
}

/** The weekday, 1 (Monday) to 7, of the calendar day `days` after that of `ms`. */
export function weekday(ms: number, days: number, timeZone: string): number {
  return zoned(ms, timeZone).toPlainDate().add({ days }).dayOfWeek;
}

/** A medium-length date in a language, such as "May 17, 2031". */
export function formatMediumDate(ms: number, language: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone }).format(ms);
}

function zoned(ms: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
}
