import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  addAnchored,
  addPeriods,
  dayBefore,
  dayOfMonth,
  daysBetween,
  lastDay,
  localDate,
} from '../../../src/engine/time/calendar';
import type { Period } from '../../../src/engine/time/instant';
import { law } from '../../support/laws';

const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
);
/** Any instant, and instants close to where clocks are changed. */
const instant = fc.oneof(
  fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2100, 0) }),
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-29T01:00Z',
        '2026-10-25T01:00Z',
        '2011-12-30T10:00Z',
        '2007-11-04T02:31Z',
        '2026-04-04T15:00Z',
      ),
      fc.integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }),
    )
    .map(([text, shift]) => Date.parse(text) + shift),
);
const period: fc.Arbitrary<Period> = fc.record({
  unit: fc.constantFrom('day', 'month', 'year'),
  length: fc.integer({ min: 1, max: 36 }),
});
const times = fc.integer({ min: -40, max: 40 });
const date = fc
  .integer({ min: Date.UTC(1970, 0), max: Date.UTC(9999, 11, 31) })
  .map((ms) => new Date(ms).toISOString().slice(0, 10));

const zoned = (ms: number, timeZone: string) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
const amount = ({ unit, length }: Period, count: number) => ({ [`${unit}s`]: length * count });

describe('reckoning with whole numbers is what the calendar library says', () => {
  law('of instants and local days', fc.tuple(instant, zone, period, times), ([ms, timeZone, length, count]) => {
    const there = zoned(ms, timeZone);
    expect(localDate(ms, timeZone)).toBe(there.toPlainDate().toString());
    expect(dayOfMonth(ms, timeZone)).toEqual({ day: there.day, isLast: there.day === there.daysInMonth });
    expect(addPeriods(ms, length, count, timeZone)).toBe(there.add(amount(length, count)).epochMilliseconds);
  });

  law(
    'of days of the month that are kept',
    fc.tuple(instant, zone, times, fc.integer({ min: 1, max: 31 })),
    (given) => {
      const [ms, timeZone, count, day] = given;
      const moved = zoned(ms, timeZone).toPlainDateTime().add({ months: count }).with({ day });
      const expected = moved.toZonedDateTime(timeZone).epochMilliseconds;
      expect(addAnchored(ms, { unit: 'month', length: 1 }, count, day, timeZone)).toBe(expected);
    },
  );

  law('of dates', fc.tuple(date, date, period), ([from, to, length]) => {
    const plain = Temporal.PlainDate.from(from);
    expect(daysBetween(from, to)).toBe(plain.until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days);
    expect(dayBefore(from)).toBe(plain.subtract({ days: 1 }).toString());
    expect(lastDay(from, length)).toBe(plain.add(amount(length, 1)).subtract({ days: 1 }).toString());
  });
});
