import {
  addPeriods,
  daysBetween,
  elapsed,
  formatMediumDate,
  formatPeriod,
  lastDay,
  localDate,
  periodKey,
  subtractPeriod,
} from '../../../src/engine/time/calendar';
import { formatInstant, type Period, parseInstant } from '../../../src/engine/time/instant';

const year: Period = { unit: 'year', length: 1 };
const month: Period = { unit: 'month', length: 1 };
const day: Period = { unit: 'day', length: 1 };

function later(instant: string, period: Period, times: number, timeZone = 'UTC'): string {
  return formatInstant(addPeriods(parseInstant(instant), period, times, timeZone));
}

describe('adding periods', () => {
  test('adding periods of months clamps to the end of the month and keeps the day it began on', () => {
    const january = '2023-01-31T12:00:00Z';
    expect([1, 2, 3, 13].map((times) => later(january, month, times))).toEqual([
      '2023-02-28T12:00:00Z',
      '2023-03-31T12:00:00Z',
      '2023-04-30T12:00:00Z',
      '2024-02-29T12:00:00Z',
    ]);
  });

  test('adding periods of years keeps a leap day where there is one', () => {
    expect([1, 4].map((times) => later('2024-02-29T00:00:00Z', year, times))).toEqual([
      '2025-02-28T00:00:00Z',
      '2028-02-29T00:00:00Z',
    ]);
  });

  test("adding periods of days keeps the time of day on the provider's clock", () => {
    expect(later('2024-03-30T23:00:00Z', day, 1, 'Europe/Berlin')).toBe('2024-03-31T22:00:00Z');
    expect(later('2024-10-26T22:00:00Z', day, 1, 'Europe/Berlin')).toBe('2024-10-27T23:00:00Z');
    expect(later('2024-03-30T23:00:00Z', day, 1)).toBe('2024-03-31T23:00:00Z');
  });

  test('adding periods moves a time that the clocks skip forward, and takes the earlier of a doubled one', () => {
    expect(later('2024-03-30T02:30:00+01:00', day, 1, 'Europe/Berlin')).toBe('2024-03-31T01:30:00Z');
    expect(later('2024-10-26T02:30:00+02:00', day, 1, 'Europe/Berlin')).toBe('2024-10-27T00:30:00Z');
  });

  test('adding periods counts months where the provider is: it is the 31st there already', () => {
    // 30 January, 23:30 UTC is 31 January in Berlin; a month later is the last of February there.
    expect(later('2024-01-30T23:30:00Z', month, 1, 'Europe/Berlin')).toBe('2024-02-28T23:30:00Z');
    expect(later('2024-01-30T23:30:00Z', month, 2, 'Europe/Berlin')).toBe('2024-03-30T23:30:00Z');
  });

  test('adding periods and taking them away meet the end of a shorter month', () => {
    const back = (instant: string, period: Period) =>
      formatInstant(subtractPeriod(parseInstant(instant), period, 'UTC'));
    expect(back('2024-03-31T00:00:00Z', month)).toBe('2024-02-29T00:00:00Z');
    expect(back('2024-02-29T00:00:00Z', year)).toBe('2023-02-28T00:00:00Z');
  });
});

test('twelve months and a year are the same period, thirty days and a month are not', () => {
  expect(periodKey({ unit: 'month', length: 24 })).toBe(periodKey({ unit: 'year', length: 2 }));
  expect(periodKey({ unit: 'day', length: 30 })).not.toBe(periodKey(month));
});

test('a calendar day is that of the zone', () => {
  const late = parseInstant('2024-06-11T22:30:00Z');
  expect(localDate(late, 'Europe/Berlin')).toBe('2024-06-12');
  expect(localDate(late, 'UTC')).toBe('2024-06-11');
});

test('the last day of a period is the one before the next begins', () => {
  expect(lastDay('2024-03-01', month)).toBe('2024-03-31');
  expect(lastDay('2024-01-31', month)).toBe('2024-02-28');
  expect(lastDay('2024-03-11', year)).toBe('2025-03-10');
  expect(lastDay('2024-06-12', { ...day, length: 30 })).toBe('2024-07-11');
});

test('days between are counted on the calendar', () => {
  expect(daysBetween('2023-02-01', '2024-01-31')).toBe(364);
  expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
  expect(daysBetween('2024-03-01', '2024-03-01')).toBe(0);
});

test('what has passed is told in whole units, in smaller ones where there is none', () => {
  const since = (instant: string, unit: Period['unit']) =>
    elapsed(parseInstant(instant), parseInstant('2024-06-12T10:00:00Z'), unit, 'UTC');
  expect(since('2021-06-12T10:00:00Z', 'year')).toBe('P3Y');
  expect(since('2021-06-12T10:00:01Z', 'year')).toBe('P2Y');
  expect(since('2023-06-12T10:00:01Z', 'year')).toBe('P11M');
  expect(since('2024-05-13T10:00:00Z', 'month')).toBe('P30D');
  expect(since('2024-06-12T09:00:00Z', 'year')).toBe('P0D');
});

test('instants are told in UTC, whatever offset they came in', () => {
  expect(formatInstant(parseInstant('2024-06-12T15:30:00+05:30'))).toBe('2024-06-12T10:00:00Z');
  expect(formatInstant(parseInstant('2024-06-12T10:00:00.250Z'))).toBe('2024-06-12T10:00:00.250Z');
});

test('a period is an ISO 8601 duration', () => {
  expect([year, { ...month, length: 2 }, { ...day, length: 30 }].map(formatPeriod)).toEqual(['P1Y', 'P2M', 'P30D']);
});

test('a date is of medium length, in the language and on the clock wanted', () => {
  const date = parseInstant('2031-05-16T22:30:00Z');
  expect(formatMediumDate(date, 'en', 'Europe/Berlin')).toBe('May 17, 2031');
  expect(formatMediumDate(date, 'de', 'Europe/Berlin')).toBe('17.05.2031');
  expect(formatMediumDate(date, 'en', 'UTC')).toBe('May 16, 2031');
});
