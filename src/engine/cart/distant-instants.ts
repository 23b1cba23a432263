import { type Instant, parseInstant } from '../time/instant';
import type { FieldError } from '../vocabulary/problem';
import type { Cart } from './cart';

const DAY_MS = 86_400_000;
const CENTURY_MS = 36_525 * DAY_MS;

/** The instants of a cart that lie more than a hundred years from the quote's: nobody plans that far, and calendars are slow. */
export function distantInstants({ lines, subscriptions }: Cart, at: number): FieldError[] {
  const errors: FieldError[] = [];
  const check = (instant: Instant | undefined, pointer: () => string): void => {
    if (instant === undefined || Math.abs(parseInstant(instant) - at) <= CENTURY_MS) return;
    const detail = 'must lie within 100 years of the instant of the quote';
    errors.push({ pointer: pointer(), code: 'out_of_range', detail });
  };
  for (let index = 0; index < lines.length; index++) {
    check(lines[index]?.startsAt, () => `/lines/${index}/startsAt`);
  }
  for (const [index, { nextBookingAt, termEndsAt }] of subscriptions?.entries() ?? []) {
    check(nextBookingAt, () => `/subscriptions/${index}/nextBookingAt`);
    check(termEndsAt, () => `/subscriptions/${index}/termEndsAt`);
  }
  return errors;
}
