import type { Subscription } from '../cart/cart';
import type { PricedCart, PricedLine } from '../cart/priced-cart';
import type { TransitionKind } from '../rulebook/upgrade-path';
import { isWritable, lastDay, localDate, startOfDay } from '../time/calendar';
import { formatInstant, LAST_INSTANT, type LocalDate, parseInstant } from '../time/instant';
import { anchorDay, firstAfter, firstNotBefore } from '../time/recurrence';
import type { FieldError } from '../vocabulary/problem';

/** When a transition takes effect and when its target is invoiced, known before anything is priced. */
export interface Timing {
  /** Milliseconds. */
  readonly effectiveAt: number;
  /** When the target is invoiced. */
  readonly issuedAt: number;
  /** The instant from which that invoice's period is counted. */
  readonly invoicedFrom: number;
  /** The days that it is for. */
  readonly days: Days;
}

/** The first and, where a line has a period, the last local day of an invoice. */
export interface Days {
  readonly from: LocalDate;
  readonly to?: LocalDate;
}

/** The target bought beside the source: it starts and is invoiced at the quote's instant. */
export function timingInAddition(cart: PricedCart, line: PricedLine): Timing | FieldError {
  return invoicedAs(cart, line, { effectiveAt: cart.at, issuedAt: cart.at, invoicedFrom: cart.at });
}

/** When the source ends and the target begins, as the path's kind of transition says [PL]; an error where it cannot. */
export function timingOf(
  cart: PricedCart,
  line: PricedLine,
  transition: TransitionKind,
  subscription: Subscription,
): Timing | FieldError {
  const dates = datesOf(cart, transition, subscription);
  if ('pointer' in dates) return dates;
  return invoicedAs(cart, line, dates);
}

type Dates = Omit<Timing, 'days'>;

function datesOf(cart: PricedCart, transition: TransitionKind, subscription: Subscription): Dates | FieldError {
  const { at } = cart;
  const then = (due: number | FieldError, effectiveAt?: number): Dates | FieldError =>
    typeof due === 'number' ? { effectiveAt: effectiveAt ?? due, issuedAt: due, invoicedFrom: due } : due;
  switch (transition) {
    case 'immediately_with_invoice':
      return then(at);
    case 'immediately_invoice_next_booking':
      return then(nextBooking(cart, subscription), at);
    case 'last_booking': {
      const last = lastBooking(cart, subscription);
      return typeof last === 'number' ? { effectiveAt: last, issuedAt: at, invoicedFrom: last } : last;
    }
    case 'next_booking':
      return then(nextBooking(cart, subscription));
    case 'end_of_interval':
      return then(endOfTerm(cart, subscription));
  }
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

/** The last booking as far as it is known: that, else the beginning of the last invoice, else that of the subscription. */
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
function invoicedAs(cart: PricedCart, line: PricedLine, dates: Dates): Timing | FieldError {
  const { startsAt } = cart.request.lines[line.index] ?? {};
  const from = localDate(startsAt === undefined ? dates.invoicedFrom : parseInstant(startsAt), cart.timeZone);
  if (!isWritable(from)) return outOfRange(startsAt === undefined ? '/at' : `/lines/${line.index}/startsAt`);
  if (line.period === undefined) return { ...dates, days: { from } };
  const to = lastDay(from, line.period);
  return isWritable(to) ? { ...dates, days: { from, to } } : outOfRange(`/lines/${line.index}/period`);
}

/** The target's first invoice after the quote's instant: one already issued is followed by that of the next period. */
export function nextInvoice(
  { at, timeZone }: PricedCart,
  { period }: PricedLine,
  { issuedAt, invoicedFrom }: Timing,
): number | undefined {
  if (issuedAt > at) return issuedAt;
  return period && firstAfter(invoicedFrom, period, at, timeZone);
}

/** Whether an instant can be written: RFC 3339 has four digits for the year. */
export function isInRange(ms: number, timeZone: string): boolean {
  return ms <= LAST_INSTANT && isWritable(localDate(ms, timeZone));
}

/** The error of a date that cannot be written, at the fact that it is reckoned from. */
export function outOfRange(pointer: string): FieldError {
  return { pointer, code: 'out_of_range', detail: 'leads to a date beyond the year 9999' };
}

function pointerOf({ request }: PricedCart, subscription: Subscription): string {
  return `/subscriptions/${(request.subscriptions ?? []).indexOf(subscription)}`;
}
