import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import type { Subscription } from '../cart/subscription';
import type { Fraction } from '../money/fraction';
import type { TransitionKind } from '../rulebook/upgrade-path';
import { addAnchored, dayBefore, daysBetween, isWritable, lastDay, localDate, startOfDay } from '../time/calendar';
import { formatInstant, LAST_INSTANT, type LocalDate, parseInstant } from '../time/instant';
import { daysOfPeriod, type PeriodDays } from '../time/period-days';
import { anchorDay, firstAfter, firstNotBefore } from '../time/recurrence';
import type { FieldError } from '../vocabulary/problem';
import type { Step } from './quoted-transition';

/** When a transition takes effect and when its target is invoiced, known before anything is priced. */
export interface Timing {
  /** Milliseconds. */
  readonly effectiveAt: number;
  /** The instant from which the target's first whole period is counted. */
  readonly invoicedFrom: number;
  /** The target's invoices as far as the transition knows them, by date. */
  readonly invoices: readonly Invoice[];
}

/** An invoice of the target. */
export interface Invoice {
  /** Milliseconds. */
  readonly issuedAt: number;
  /** The days that it is for. */
  readonly days: Days;
  /** The part of the line's price that it is about; absent: all of it. */
  readonly part?: Fraction;
}

/** The first and, where a line has a period, the last local day of an invoice. */
export interface Days {
  readonly from: LocalDate;
  readonly to?: LocalDate;
}

/** Returns the target bought beside the source: it starts and is invoiced at the quote's instant. */
export function timingInAddition(cart: PricedCart, line: PricedLine): Timing | FieldError {
  return invoicedOnce(cart, line, { effectiveAt: cart.at, issuedAt: cart.at, invoicedFrom: cart.at });
}

/** Returns when the source ends and the target begins, as the path's kind of transition says [PL]; an error where it cannot. */
export function timingOf(
  cart: PricedCart,
  line: PricedLine,
  transition: TransitionKind,
  subscription: Subscription,
): Timing | FieldError {
  if (transition === 'immediately_prorated') return prorated(cart, line, subscription);
  const dates = datesOf(cart, transition, subscription);
  return isError(dates) ? dates : invoicedOnce(cart, line, dates);
}

/** Reports whether a date could not be computed. */
export function isError(result: object | number): result is FieldError {
  return typeof result === 'object' && 'pointer' in result;
}

/** When a transition takes effect, and when and from when on its only invoice is issued. */
interface Dates {
  readonly effectiveAt: number;
  readonly issuedAt: number;
  readonly invoicedFrom: number;
}

function datesOf(
  cart: PricedCart,
  transition: Exclude<TransitionKind, 'immediately_prorated'>,
  subscription: Subscription,
): Dates | FieldError {
  const { at } = cart;
  const then = (due: number | FieldError, effectiveAt?: number): Dates | FieldError =>
    isError(due) ? due : { effectiveAt: effectiveAt ?? due, issuedAt: due, invoicedFrom: due };
  switch (transition) {
    case 'immediately_with_invoice':
      return then(at);
    case 'immediately_invoice_next_booking':
      return then(nextBooking(cart, subscription), at);
    case 'last_booking': {
      const last = lastBooking(cart, subscription);
      return isError(last) ? last : { effectiveAt: last, issuedAt: at, invoicedFrom: last };
    }
    case 'next_booking':
      return then(nextBooking(cart, subscription));
    case 'end_of_interval':
      return then(endOfTerm(cart, subscription));
  }
}

/** The due date stays: the rest of the running period is invoiced now, the whole of the next one when it begins. */
function prorated(cart: PricedCart, line: PricedLine, subscription: Subscription): Timing | FieldError {
  const { at, timeZone } = cart;
  const next = nextBooking(cart, subscription);
  if (isError(next)) return next;
  const whole = invoiceFor(line, next, localDate(next, timeZone));
  if (isError(whole)) return whole;
  const today = localDate(at, timeZone);
  const left = daysBetween(today, whole.days.from);
  const all = daysBetween(localDate(bookingBefore(cart, subscription, next), timeZone), whole.days.from);
  const rest: Invoice = {
    issuedAt: at,
    days: { from: today, to: dayBefore(whole.days.from) },
    part: { num: left, den: all },
  };
  return { effectiveAt: at, invoicedFrom: next, invoices: left === 0 ? [whole] : [rest, whole] };
}

/** Returns the booking that `next` follows; one that is not past, or that was followed by bookings that were missed, is not it. */
function bookingBefore({ at, timeZone }: PricedCart, subscription: Subscription, next: number): number {
  const { lastBookingAt, nextBookingAt, startedAt, interval } = subscription;
  const last = lastBookingAt === undefined ? undefined : parseInstant(lastBookingAt);
  const isMovedOn = next !== parseInstant(nextBookingAt);
  if (last !== undefined && !isMovedOn && last <= at && localDate(last, timeZone) < localDate(next, timeZone))
    return last;
  return addAnchored(next, interval, -1, anchorDay(next, parseInstant(startedAt), timeZone), timeZone);
}

/** A missed booking is moved on by whole intervals, to the first one that is not past. */
function nextBooking(cart: PricedCart, subscription: Subscription): number | FieldError {
  return movedOn(cart, subscription, 'nextBookingAt', subscription.nextBookingAt, subscription.interval);
}

function endOfTerm(cart: PricedCart, subscription: Subscription): number | FieldError {
  const { termEndsAt, term, interval } = subscription;
  if (termEndsAt === undefined) return nextBooking(cart, subscription);
  return movedOn(cart, subscription, 'termEndsAt', termEndsAt, term ?? interval);
}

function movedOn(
  cart: PricedCart,
  subscription: Subscription,
  member: 'nextBookingAt' | 'termEndsAt',
  instant: string,
  period: Subscription['interval'],
): number | FieldError {
  const { at, timeZone } = cart;
  const due = parseInstant(instant);
  const anchor = () => anchorDay(due, parseInstant(subscription.startedAt), timeZone);
  const moved = due >= at ? due : firstNotBefore(due, period, at, anchor(), timeZone);
  return isInRange(moved, timeZone) ? moved : outOfRange(`${pointerOf(cart, subscription)}/${member}`);
}

/** Returns the last booking as far as it is known: that, else the beginning of the last invoice, else that of the subscription. */
function lastBooking(cart: PricedCart, subscription: Subscription): number | FieldError {
  const { lastBookingAt, lastInvoice, startedAt } = subscription;
  const [last, member] =
    lastBookingAt !== undefined
      ? [parseInstant(lastBookingAt), 'lastBookingAt']
      : lastInvoice !== undefined
        ? [startOfDay(lastInvoice.from, cart.timeZone), 'lastInvoice/from']
        : [parseInstant(startedAt), 'startedAt'];
  if (last <= cart.at) return last;
  const detail = `must not be after the quote's instant, ${formatInstant(cart.at)}: the change goes back to it`;
  return { pointer: `${pointerOf(cart, subscription)}/${member}`, code: 'last_booking_later', detail };
}

/** `startsAt` moves the days of an invoice, never the day on which it is due. */
function invoicedOnce(
  cart: PricedCart,
  line: PricedLine,
  { effectiveAt, issuedAt, invoicedFrom }: Dates,
): Timing | FieldError {
  const { startsAt } = cart.request.lines[line.index] ?? {};
  const { from, to } = daysFrom(line, startsAt === undefined ? invoicedFrom : parseInstant(startsAt), cart.timeZone);
  if (from === undefined) return outOfRange(startsAt === undefined ? '/at' : `/lines/${line.index}/startsAt`);
  if (to === undefined && line.period !== undefined) return outOfRange(`/lines/${line.index}/period`);
  const days = to === undefined ? { from } : { from, to };
  return { effectiveAt, invoicedFrom, invoices: [{ issuedAt, days }] };
}

/** Returns the first and the last day of a line that begins at `ms`, as far as they can be written. */
function daysFrom({ period }: PricedLine, ms: number, timeZone: string): PeriodDays {
  if (period !== undefined) return daysOfPeriod(ms, period, timeZone);
  const from = localDate(ms, timeZone);
  return { from: isWritable(from) ? from : undefined, to: undefined };
}

function invoiceFor({ index, period }: PricedLine, issuedAt: number, from: LocalDate): Invoice | FieldError {
  if (period === undefined) return { issuedAt, days: { from } };
  const to = lastDay(from, period);
  return isWritable(to) ? { issuedAt, days: { from, to } } : outOfRange(`/lines/${index}/period`);
}

/**
 * Returns the target's first invoice after the quote's instant, where its steps invoice anything: one already issued is
 * followed by that of the next period.
 */
export function nextPaymentOf(
  { at, timeZone }: PricedCart,
  { index, period }: PricedLine,
  { invoices, invoicedFrom }: Timing,
  steps: readonly Step[],
): number | FieldError | undefined {
  if (steps.every(({ type }) => type !== 'issue_invoice')) return undefined;
  const known = invoices.find(({ issuedAt }) => issuedAt > at);
  const next = known?.issuedAt ?? (period && firstAfter(invoicedFrom, period, at, timeZone));
  return next === undefined || isInRange(next, timeZone) ? next : outOfRange(`/lines/${index}/period`);
}

/** Returns whether an instant can be written: RFC 3339 has four digits for the year. */
function isInRange(ms: number, timeZone: string): boolean {
  return ms <= LAST_INSTANT && isWritable(localDate(ms, timeZone));
}

/** Returns the error for a date that cannot be written, at the fact that it is reckoned from. */
function outOfRange(pointer: string): FieldError {
  return { pointer, code: 'out_of_range', detail: 'leads to a date after the year 9999' };
}

function pointerOf({ request }: PricedCart, subscription: Subscription): string {
  return `/subscriptions/${(request.subscriptions ?? []).indexOf(subscription)}`;
}
