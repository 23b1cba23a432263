import type { PricedCart } from '../cart/priced-cart';
import type { Subscription } from '../cart/subscription';
import { multiply, subtract } from '../money/integer';
import { formatMoney, minorDigits, parseMoney } from '../money/money';
import { divideRounded, roundMoney } from '../money/rounding';
import type { TransitionKind } from '../rulebook/upgrade-path';
import { daysBetween, localDate } from '../time/calendar';
import { formatInstant } from '../time/instant';
import type { Step } from './quoted-transition';
import type { Timing } from './timing';

/** Returns what happens where the target is bought in addition. */
export function stepsInAddition(cart: PricedCart, timing: Timing, price: string): Step[] {
  return [step('start_subscription', timing.effectiveAt), ...invoicesOf(cart, timing, price)];
}

/** Returns what happens where the target, for `price`, takes the place of a subscription, in order. */
export function stepsOf(
  cart: PricedCart,
  transition: TransitionKind,
  subscription: Subscription,
  timing: Timing,
  price: string,
): Step[] {
  return [
    ...(transition === 'last_booking' ? cancellation(cart, subscription) : []),
    step('end_subscription', timing.effectiveAt),
    ...(CREDITING.has(transition) ? credit(cart, subscription) : []),
    step('start_subscription', timing.effectiveAt),
    ...invoicesOf(cart, timing, price),
  ];
}

/** The transitions that end a period that has been paid. */
const CREDITING: ReadonlySet<TransitionKind> = new Set(['immediately_with_invoice', 'immediately_prorated']);

function step(type: Step['type'], at: number): Step {
  return { type, at: formatInstant(at) };
}

/** Amounts of steps are positive: what costs nothing has no invoice. */
function invoicesOf({ digits, settings }: PricedCart, { invoices }: Timing, price: string): Step[] {
  const whole = roundMoney(parseMoney(price), digits, settings.roundingMode);
  const steps: Step[] = [];
  for (const { issuedAt, days, part } of invoices) {
    const amount = part ? divideRounded(multiply(whole, part.num), part.den, settings.roundingMode) : whole;
    if (amount === 0) continue;
    const { from, to } = days;
    steps.push({ type: 'issue_invoice', at: formatInstant(issuedAt), amount: formatMoney(amount, digits), from, to });
  }
  return steps;
}

/** Returns the last invoice in full. */
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
 * Returns the unused days of the last invoice [PL]: of its days one end counts, or both; the day of the change is never
 * a used one; what was used is rounded once. Of one day's invoice nothing is left where one end counts.
 */
function credit(cart: PricedCart, { lastInvoice, currency }: Subscription): Step[] {
  if (lastInvoice === undefined) return [];
  const { residualDays, roundingMode } = cart.settings;
  const today = localDate(cart.at, cart.timeZone);
  const days = daysBetween(lastInvoice.from, lastInvoice.to) + (residualDays === 'both_ends' ? 1 : 0);
  if (days === 0) return [];
  const used = Math.min(Math.max(daysBetween(lastInvoice.from, today), 0), days);
  const digits = minorDigits(currency);
  const invoiced = roundMoney(parseMoney(lastInvoice.amount), digits, roundingMode);
  const unused = subtract(invoiced, divideRounded(multiply(invoiced, used), days, roundingMode));
  if (unused === 0) return [];
  const from = today > lastInvoice.from ? today : lastInvoice.from;
  return [{ ...step('credit', cart.at), amount: formatMoney(unused, digits), from, to: lastInvoice.to }];
}
