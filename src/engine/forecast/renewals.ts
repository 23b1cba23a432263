import type { CartLine } from '../cart/cart';
import { dayBefore, periodKey } from '../time/calendar';
import type { LocalDate } from '../time/instant';
import { type Recurrence, recurrencesAfter } from '../time/recurrence';

/** A line of the cart that renews. */
export interface RenewingLine {
  readonly line: CartLine;
  readonly from: LocalDate;
  readonly to: LocalDate | undefined;
}

/** The lines that renew at one instant, in the cart's order. */
export interface Renewal {
  /** Milliseconds. */
  readonly at: number;
  readonly lines: RenewingLine[];
}

/**
 * Returns the first `count` renewals after `at` of each line with a period, merged by instant, in order. `starts` has
 * for each line the instant from which its periods are counted; a line without one does not renew.
 */
export function renewalsOf(
  lines: readonly CartLine[],
  starts: readonly (number | undefined)[],
  at: number,
  count: number,
  timeZone: string,
): Renewal[] {
  const known = new Map<string, readonly Recurrence[]>();
  const renewals = new Map<number, Renewal>();
  for (const [index, line] of lines.entries()) {
    const start = starts[index];
    if (line.period === undefined || start === undefined) continue;
    const key = `${start} ${periodKey(line.period)}`;
    const due = known.get(key) ?? recurrencesAfter(start, line.period, at, count + 1, timeZone);
    known.set(key, due);
    for (let place = 0; place < Math.min(count, due.length); place++) {
      const { at: instant, date } = due[place] as Recurrence;
      const renewal = renewals.get(instant) ?? { at: instant, lines: [] };
      renewals.set(instant, renewal);
      const next = due[place + 1];
      // A period ends where the next one begins, on the anchor day.
      renewal.lines.push({ line, from: date, to: next && dayBefore(next.date) });
    }
  }
  return [...renewals.values()].sort((a, b) => a.at - b.at);
}
