import { Temporal } from 'temporal-polyfill';
import { addToDay, civilDay, DAY_MS, dayNumber, daysInMonth, formatDay, parseDay } from './civil';
import type { LocalDate, Period } from './instant';

/**
 * Returns the instant `times` periods after (before, where negative) `ms` on the calendar of `timeZone`, counted from
 * the anchor so that a month's end is kept (Jan 31 → Feb 28 → Mar 31).
 */
export function addPeriods(ms: number, period: Period, times: number, timeZone: string): number {
  return addSteadily(ms, period, times, undefined, timeZone) ?? addWithClocks(ms, period, times, timeZone);
}

/** Returns the instant one period after `ms` on the calendar of `timeZone`. */
export function addPeriod(ms: number, period: Period, timeZone: string): number {
  return addPeriods(ms, period, 1, timeZone);
}

/** Returns the instant one period before `ms` on the calendar of `timeZone`. */
export function subtractPeriod(ms: number, period: Period, timeZone: string): number {
  return addPeriods(ms, period, -1, timeZone);
}

/** Returns the instant `times` periods after `ms` (before, where negative), on a day of the month, or the last one of a shorter month. */
export function addAnchored(ms: number, period: Period, times: number, day: number, timeZone: string): number {
  if (period.unit === 'day') return addPeriods(ms, period, times, timeZone);
  const steady = addSteadily(ms, period, times, day, timeZone);
  if (steady !== undefined) return steady;
  const moved = zoned(ms, timeZone)
    .toPlainDateTime()
    .add({ [`${period.unit}s`]: period.length * times });
  return moved.with({ day }).toZonedDateTime(timeZone).epochMilliseconds;
}

function addWithClocks(ms: number, period: Period, times: number, timeZone: string): number {
  return zoned(ms, timeZone).add({ [`${period.unit}s`]: period.length * times }).epochMilliseconds;
}

/** Reckons with whole numbers, which takes a microsecond instead of some thirty; nothing where clocks may be changed. */
function addSteadily(
  ms: number,
  period: Period,
  times: number,
  anchor: number | undefined,
  timeZone: string,
): number | undefined {
  const offset = steadyOffset(ms, timeZone);
  if (offset === undefined) return undefined;
  const day = Math.floor((ms + offset) / DAY_MS);
  const timeOfDay = ms + offset - day * DAY_MS;
  const from = civilDay(day);
  const wall = dayNumber(addToDay(from, period, times, anchor ?? from.day)) * DAY_MS + timeOfDay;
  const then = steadyOffset(wall, timeZone);
  // A clock on the wall is at most a day away from UTC, and for a day around nothing changes.
  return then !== undefined && steadyOffset(wall - then, timeZone) === then ? wall - then : undefined;
}

/** Returns the day of the month of an instant, and whether its month has no later one. */
export function dayOfMonth(ms: number, timeZone: string): { day: number; isLast: boolean } {
  const { year, month, day } = parseDay(localDate(ms, timeZone));
  return { day, isLast: day === daysInMonth(year, month) };
}

/** Equal for equal periods: its months, or its days below zero; 12 months and 1 year have the same key. */
export function periodKey(period: Period): number {
  return period.unit === 'day' ? -period.length : monthsOf(period);
}

/** Returns the months of a period of months or years. */
export function monthsOf(period: Period): number {
  return period.unit === 'year' ? period.length * 12 : period.length;
}

/** The last calendar day that was asked for: the lines of a cart begin at few instants. */
let lastAsked: { readonly ms: number; readonly timeZone: string; readonly date: LocalDate } | undefined;

/** Returns the calendar day of an instant in a time zone. */
export function localDate(ms: number, timeZone: string): LocalDate {
  if (lastAsked?.ms === ms && lastAsked.timeZone === timeZone) return lastAsked.date;
  const offset = steadyOffset(ms, timeZone);
  const date =
    offset === undefined
      ? zoned(ms, timeZone).toPlainDate().toString()
      : formatDay(civilDay(Math.floor((ms + offset) / DAY_MS)));
  lastAsked = { ms, timeZone, date };
  return date;
}

/** Returns how far the clocks of a time zone are ahead of UTC at an instant, in milliseconds; throws where there is no such zone. */
export function offsetAt(ms: number, timeZone: string): number {
  return timeZone === 'UTC' ? 0 : zoned(ms, timeZone).offsetNanoseconds / 1_000_000;
}

/** Returns the first instant of a calendar day. */
export function startOfDay(date: LocalDate, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;
}

/** Returns whether a calendar day can be written with a year of four digits. */
export function isWritable(date: LocalDate): boolean {
  return date.length === 'YYYY-MM-DD'.length;
}

/** Returns the last day of a period that begins on `from`. */
export function lastDay(from: LocalDate, period: Period): LocalDate {
  const first = parseDay(from);
  return formatDay(civilDay(dayNumber(addToDay(first, period, 1, first.day)) - 1));
}

/** Returns the calendar day before one. */
export function dayBefore(date: LocalDate): LocalDate {
  return formatDay(civilDay(dayNumber(parseDay(date)) - 1));
}

/** Whole days from one calendar day to another. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(parseDay(to)) - dayNumber(parseDay(from));
}

/** Returns an ISO 8601 duration of one unit, such as `P1Y`, `P2M` or `P30D`. */
export function formatPeriod(period: Period): string {
  return `P${period.length}${period.unit.charAt(0).toUpperCase()}`;
}

/** Returns the time from one instant to a later one, in whole units of `unit` or, where there is not one, of the next smaller. */
export function elapsed(from: number, to: number, unit: Period['unit'], timeZone: string): string {
  const start = zoned(from, timeZone);
  const end = zoned(to, timeZone);
  for (const wanted of UNITS.slice(UNITS.indexOf(unit))) {
    const length = start.until(end, { largestUnit: `${wanted}s` })[`${wanted}s`];
    if (length >= 1) return formatPeriod({ unit: wanted, length });
  }
  return 'P0D';
}

/** Returns the same, rounded up: after so long nothing is missing any more. */
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

/**
 * Returns the instant of a local time on the calendar day `days` after that of `ms`: a time that DST skips moves
 * forward, a doubled one is the earlier.
 */
export function localTimeOnDay(ms: number, days: number, time: string, timeZone: string): number {
  const day = zoned(ms, timeZone).toPlainDate().add({ days });
  return day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
}

/** Returns the weekday, 1 (Monday) to 7, of the calendar day `days` after that of `ms`. */
export function weekday(ms: number, days: number, timeZone: string): number {
  return zoned(ms, timeZone).toPlainDate().add({ days }).dayOfWeek;
}

/** The last date that was formatted: the transitions of a cart name few different ones. */
let lastFormatted: { readonly ms: number; readonly name: string; readonly text: string } | undefined;

/** Returns a medium-length date in a language, such as "May 17, 2031". */
export function formatMediumDate(ms: number, language: string, timeZone: string): string {
  const name = `${language} ${timeZone}`;
  if (lastFormatted?.ms === ms && lastFormatted.name === name) return lastFormatted.text;
  const text = formatOf(name, language, timeZone).format(ms);
  lastFormatted = { ms, name, text };
  return text;
}

function formatOf(name: string, language: string, timeZone: string): Intl.DateTimeFormat {
  let format = dateFormats.get(name);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone });
    // Requests choose the language, and there are many.
    if (dateFormats.size >= MOST_DATE_FORMATS) dateFormats.clear();
    dateFormats.set(name, format);
  }
  return format;
}

const MOST_DATE_FORMATS = 50;
/** By language and time zone: to make one takes longer than to use it a hundred times. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/**
 * Returns the offset of a zone from UTC, in milliseconds, where its clocks are not changed on the UTC day of `ms`, the
 * day before or the day after.
 */
function steadyOffset(ms: number, timeZone: string): number | undefined {
  if (timeZone === 'UTC') return 0;
  const day = Math.floor(ms / DAY_MS);
  const offsets = offsetsOf(timeZone);
  const offset = midnightOffset(offsets, day, timeZone);
  for (const other of [day - 1, day + 1, day + 2]) {
    if (midnightOffset(offsets, other, timeZone) !== offset) return undefined;
  }
  return offset;
}

/** The offsets of zones at midnight UTC, by day: every quote asks for those of a few days, and the library is slow. */
const offsetsByZone = new Map<string, Map<number, number>>();
const MOST_ZONES = 100;
const MOST_DAYS = 5_000;

function offsetsOf(timeZone: string): Map<number, number> {
  let offsets = offsetsByZone.get(timeZone);
  if (offsets === undefined) {
    if (offsetsByZone.size >= MOST_ZONES) offsetsByZone.clear();
    offsets = new Map();
    offsetsByZone.set(timeZone, offsets);
  }
  return offsets;
}

function midnightOffset(offsets: Map<number, number>, day: number, timeZone: string): number {
  let offset = offsets.get(day);
  if (offset === undefined) {
    if (offsets.size >= MOST_DAYS) offsets.clear();
    offset = zoned(day * DAY_MS, timeZone).offsetNanoseconds / 1_000_000;
    offsets.set(day, offset);
  }
  return offset;
}

function zoned(ms: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
}
