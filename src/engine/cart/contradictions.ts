import { formatInstant, type Instant, parseInstant } from '../time/instant';
import { duplicates, type FieldError } from '../vocabulary/problem';
import type { Cart } from './cart';

/** The farthest from the quote's instant that a line may begin, or a subscription be booked or end. */
const MOST_YEARS = 100;
const MOST_MS = MOST_YEARS * 366 * 86_400_000;

/** Finds what in a request contradicts itself; `at` is the quote's instant. */
export function contradictions(request: Cart, at: number): FieldError[] {
  const errors = duplicates(request.lines, 'id', '/lines');
  for (let index = 0; index < request.lines.length; index++) {
    const startsAt = request.lines[index]?.startsAt;
    if (startsAt !== undefined) findFar(`/lines/${index}/startsAt`, startsAt, at, errors);
  }
  if (request.subscriptions === undefined) return errors;
  errors.push(...duplicates(request.subscriptions, 'id', '/subscriptions'));
  for (const [index, { lastInvoice, nextBookingAt, termEndsAt }] of request.subscriptions.entries()) {
    findFar(`/subscriptions/${index}/nextBookingAt`, nextBookingAt, at, errors);
    findFar(`/subscriptions/${index}/termEndsAt`, termEndsAt, at, errors);
    if (lastInvoice !== undefined && lastInvoice.to < lastInvoice.from) {
      errors.push({
        pointer: `/subscriptions/${index}/lastInvoice/to`,
        code: 'invoice_period',
        detail: 'The last day of the invoice must not come before its first day.',
      });
    }
  }
  return errors;
}

function findFar(pointer: string, instant: Instant | undefined, at: number, errors: FieldError[]): void {
  if (instant === undefined || Math.abs(parseInstant(instant) - at) <= MOST_MS) return;
  const detail = `must lie within ${MOST_YEARS} years of the quote's instant, ${formatInstant(at)}`;
  errors.push({ pointer, code: 'too_far', detail });
}
