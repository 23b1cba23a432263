import type { LocalDate, Period } from './instant';

/** A day, in milliseconds. */
export const DAY_MS = 86_400_000;

/** A day of the Gregorian calendar. */
export interface CivilDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Returns days from 1970-01-01 to a day (after Howard Hinnant's `days_from_civil`; a year that begins in March has its leap day last). */
export function dayNumber({ year, month, day }: CivilDay): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Returns the day that lies so many days after 1970-01-01. */
export function civilDay(number: number): CivilDay {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

/** Returns how many days a month has. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Returns the day `times` periods after one (before, where negative): of months and years on the day of the month
 * `anchor`, or the last one of a shorter month.
 */
export function addToDay(from: CivilDay, { unit, length }: Period, times: number, anchor: number): CivilDay {
  if (unit === 'day') return civilDay(dayNumber(from) + length * times);
  const months = from.year * 12 + from.month - 1 + (unit === 'year' ? 12 : 1) * length * times;
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  return { year, month, day: Math.min(anchor, daysInMonth(year, month)) };
}

/** Returns `YYYY-MM-DD`; years of more than four digits have a sign and six. */
export function formatDay({ year, month, day }: CivilDay): LocalDate {
  const written = year > 9999 ? `+${String(year).padStart(6, '0')}` : String(year).padStart(4, '0');
  return `${written}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

/** Reads what `formatDay` writes. */
export function parseDay(date: LocalDate): CivilDay {
  return { year: Number(date.slice(0, -6)), month: Number(date.slice(-5, -3)), day: Number(date.slice(-2)) };
}
