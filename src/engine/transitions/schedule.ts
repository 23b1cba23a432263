import type { Subscription } from '../cart/cart';
import type { PricedCart, PricedLine } from '../cart/priced-cart';
import { multiply, subtract } from '../money/integer';
import { divideRounded, formatMoney, minorDigits, parseMoney, roundMoney } from '../money/money';
import type { TransitionKind } from '../rulebook/upgrade-path';
import { addPeriods, daysBetween, lastDay, localDate } from '../time/calendar';
import { formatInstant, parseInstant } from '../time/instant';
import type { Step } from './quoted-transition';

/** When a transition takes effect, when its target is first invoiced and from when on, and what happens. */
export interface Schedule {
  readonly effectiveAt: number;
  readonly invoicedFrom: number;
  readonly steps: Step[];
}

/** The target bought beside the source: both start and invoice are at the quote's instant. */
export function inAddition(cart: PricedCart, line: PricedLine, price: string): Schedule {
  return {
    effectiveAt: cart.at,
    invoicedFrom: cart.at,
    steps: [step('start_subscription', cart.at), ...invoice(cart, line, price, cart.at, cart.at)],
  };
}

/** The source ends and the target begins, as the path's kind of transition says [PL]. */
export function replacement(
  cart: PricedCart,
  line: PricedLine,
  transition: TransitionKind,
  subscription: Subscription,
  price: string,
): Schedule {
  const { at } = cart;
  const next = parseInstant(subscription.nextBookingAt);
  const changeAt = (
    effectiveAt: number,
    invoicedFrom: number,
    issuedAt: number,
    before: Step[],
    after: Step[],
  ): Schedule => ({
    effectiveAt,
    invoicedFrom,
    steps: [
      ...before,
      step('end_subscription', effectiveAt),
      ...after,
      step('start_subscription', effectiveAt),
      ...invoice(cart, line, price, issuedAt, invoicedFrom),
    ],
  });
  switch (transition) {
    case 'immediately_with_invoice':
      return changeAt(at, at, at, [], credit(cart, subscription));
    case 'immediately_invoice_next_booking':
      return changeAt(at, next, next, [], []);
    case 'last_booking': {
      const last = parseInstant(subscription.lastBookingAt ?? subscription.startedAt);
      return changeAt(last, last, at, cancellation(cart, subscription), []);
    }
    case 'next_booking':
      return changeAt(next, next, next, [], []);
    case 'end_of_interval': {
      const end = parseInstant(subscription.termEndsAt ?? subscription.nextBookingAt);
      return changeAt(end, end, end, [], []);
    }
  }
}

function step(type: Step['type'], at: number): Step {
  return { type, at: formatInstant(at) };
}

/** Amounts of steps are positive: a line that costs nothing has no invoice. */
function invoice(cart: PricedCart, line: PricedLine, price: string, issuedAt: number, from: number): Step[] {
  if (parseMoney(price) === 0) return [];
  const first = localDate(from, cart.timeZone);
  return [
    {
      ...step('issue_invoice', issuedAt),
      amount: price,
      from: first,
      ...(line.period !== undefined && { to: lastDay(first, line.period) }),
    },
  ];
}

/** The last invoice in full. */
function cancellation(cart: PricedCart, { lastInvoice, currency }: Subscription): Step[] {
  if (lastInvoice === undefined) return [];
  const digits = minorDigits(currency);
  const amount = roundMoney(parseMoney(lastInvoice.amount), digits, cart.settings.roundingMode);
  if (amount === 0) return [];
  return [
    {
      ...step('cancel_invoice', cart.at),
      amount: formatMoney(amount, digits),
      from: lastInvoice.from,
      to: lastInvoice.to,
    },
  ];
}

/**
 * The unused days of the last invoice [PL]: of its days one end counts, or both; the day of the change is never a used
 * one; what was used is rounded once.
 */
function credit(cart: PricedCart, { lastInvoice, currency }: Subscription): Step[] {
  if (lastInvoice === undefined) return [];
  const { residualDays, roundingMode } = cart.settings;
  const today = localDate(cart.at, cart.timeZone);
  const days = daysBetween(lastInvoice.from, lastInvoice.to) + (residualDays === 'both_ends' ? 1 : 0);
  const used = Math.min(Math.max(daysBetween(lastInvoice.from, today), 0), days);
  const digits = minorDigits(currency);
  const invoiced = roundMoney(parseMoney(lastInvoice.amount), digits, roundingMode);
  const unused = subtract(invoiced, divideRounded(multiply(invoiced, used), days, roundingMode));
  if (unused === 0) return [];
  const from = today > lastInvoice.from ? today : lastInvoice.from;
  return [{ ...step('credit', cart.at), amount: formatMoney(unused, digits), from, to: lastInvoice.to }];
}

/** The target's first invoice after the quote's instant: one already issued is followed by that of the next period. */
export function nextInvoice(cart: PricedCart, { period }: PricedLine, { invoicedFrom }: Schedule): number | undefined {
  if (invoicedFrom > cart.at) return invoicedFrom;
  if (period === undefined) return undefined;
  // No period is longer than this, so that the count starts at or before the one wanted.
  const longest = period.length * { day: 1, month: 31, year: 366 }[period.unit] * 86_400_000;
  for (let periods = Math.max(1, Math.floor((cart.at - invoicedFrom) / longest) - 1); ; periods += 1) {
    const next = addPeriods(invoicedFrom, period, periods, cart.timeZone);
    if (next > cart.at) return next;
  }
}
