import type { Subscription } from '../../src/engine/cart/subscription';
import type { QuotedLine } from '../../src/engine/decision/quoted-line';
import type { Payment } from '../../src/engine/quote/answer';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Catalog } from '../../src/engine/rulebook/saved';
import type { Period } from '../../src/engine/time/instant';
import { addUnits, DAY, inUnits } from './calendar';
import { digitsOf } from './cart';
import { Fraction } from './fraction';
import { type ModelTransition, modelTransitions, nextBookingOf } from './transitions';

/** One thing that is due, or credited. */
interface Entry {
  at: number;
  lineId: string;
  amount: Fraction;
  setup?: Fraction;
  days?: { from: string; to?: string };
  credit?: Fraction;
}

/** What is to be collected when, by "`payments`" in sections 10 and 15 of the contract; in UTC. */
export function modelPayments(
  catalog: Catalog,
  request: QuoteRequest,
  at: number,
  lines: readonly QuotedLine[],
): Payment[] {
  const digits = digitsOf(request.currency);
  const { transitions } = modelTransitions(catalog, request, at);
  const entries = lines.flatMap((line): Entry[] => {
    const transition = transitions.find(({ lineId }) => lineId === line.id);
    const setup = Fraction.parse(line.setup?.total ?? '0');
    if (transition?.outcome === 'choice_required') return [];
    const fee: Entry = { at, lineId: line.id, amount: setup, setup };
    return [fee, ...invoicesOf(catalog, request, at, line, transition)];
  });
  const instants = [...new Set(entries.map((entry) => entry.at))].sort((a, b) => a - b);
  return instants.flatMap((instant): Payment[] => {
    const due = entries.filter((entry) => entry.at === instant);
    const items = lines.flatMap((line): Payment['items'] => {
      const own = due.filter((entry) => entry.lineId === line.id);
      const amount = Fraction.sum(own.map((entry) => entry.amount));
      const setup = Fraction.sum(own.map((entry) => entry.setup ?? Fraction.ZERO));
      const days = own.find((entry) => entry.days !== undefined && entry.amount.compare(Fraction.ZERO) > 0)?.days;
      if (amount.compare(Fraction.ZERO) === 0) return [];
      const fee = setup.compare(Fraction.ZERO) === 0 ? {} : { setup: setup.format(digits) };
      return [{ lineId: line.id, amount: amount.format(digits), ...fee, ...days }];
    });
    const sum = Fraction.sum(due.map((entry) => entry.amount));
    const credit = Fraction.sum(due.map((entry) => entry.credit ?? Fraction.ZERO));
    if (items.length === 0 && credit.compare(Fraction.ZERO) === 0) return [];
    const left = sum.minus(credit);
    return [
      {
        at: new Date(instant).toISOString(),
        amount: Fraction.max(left, Fraction.ZERO).format(digits),
        ...(credit.compare(Fraction.ZERO) > 0 && { credit: credit.format(digits) }),
        ...(left.compare(Fraction.ZERO) < 0 && { surplus: Fraction.ZERO.minus(left).format(digits) }),
        items,
      },
    ];
  });
}

/** The invoices, and the credits, of one line. */
function invoicesOf(
  { upgradePaths, provider: { settings } }: Catalog,
  { lines, subscriptions = [], currency }: QuoteRequest,
  at: number,
  { id: lineId, total }: QuotedLine,
  transition: ModelTransition | undefined,
): Entry[] {
  const line = lines.find(({ id }) => id === lineId);
  const price = Fraction.parse(total);
  const digits = digitsOf(currency);
  const whole = (issuedAt: number, from: number, own = line?.startsAt): Entry => {
    const days = daysFrom(own === undefined ? from : Date.parse(own), line?.period);
    const isPlain = transition === undefined && line?.period === undefined;
    return { at: issuedAt, lineId, amount: price, ...(!isPlain && { days }) };
  };
  const subscription = subscriptions.find(({ id }) => id === transition?.subscriptionIds[0]);
  const path = upgradePaths.find(({ id }) => id === transition?.upgradePathId);
  if (transition?.outcome !== 'replace' || subscription === undefined || path === undefined) return [whole(at, at)];
  const next = nextBookingOf(subscription, at);
  const credit = (amount: Fraction): Entry[] => [{ at, lineId, amount: Fraction.ZERO, credit: amount }];
  const unused = () => credit(unusedOf(subscription, at, digits, settings));
  switch (path.transition) {
    case 'immediately_with_invoice':
      return [...unused(), whole(at, at)];
    case 'immediately_invoice_next_booking':
      return [whole(next, next)];
    case 'last_booking': {
      const cancelled = Fraction.parse(subscription.lastInvoice?.amount ?? '0').round(digits, settings.roundingMode);
      return [...credit(cancelled), whole(at, transition.effectiveAt ?? at)];
    }
    case 'next_booking':
    case 'end_of_interval':
      return [whole(transition.effectiveAt ?? at, transition.effectiveAt ?? at)];
    case 'immediately_prorated': {
      const days = (from: number) => Math.round((midnight(next) - midnight(from)) / DAY);
      const share = Fraction.of(days(at), days(bookingBefore(subscription, at, next)));
      const rest = price.times(share).round(digits, settings.roundingMode);
      const to = day(next - DAY);
      return [
        ...unused(),
        { at, lineId, amount: rest, days: { from: day(at), to } },
        whole(next, next, new Date(next).toISOString()),
      ];
    }
  }
}

function bookingBefore(subscription: Subscription, at: number, next: number): number {
  const { lastBookingAt, nextBookingAt, startedAt, interval } = subscription;
  const last = Date.parse(lastBookingAt ?? '');
  if (next === Date.parse(nextBookingAt) && last <= at && midnight(last) < midnight(next)) return last;
  const { unit, count } = inUnits(interval);
  if (unit === 'day') return next - count * DAY;
  // Back from the anchor day, which a short month may have cut.
  const isMonthEnd = new Date(next + DAY).getUTCDate() === 1;
  const anchor = Math.max(new Date(next).getUTCDate(), isMonthEnd ? new Date(startedAt).getUTCDate() : 0);
  const first = addUnits(next - (new Date(next).getUTCDate() - 1) * DAY, 'month', -count);
  const daysInMonth = Math.round((addUnits(first, 'month', 1) - first) / DAY);
  return first + (Math.min(anchor, daysInMonth) - 1) * DAY;
}

/** The invoice less its used days; the day of the change is not used. */
function unusedOf(
  { lastInvoice }: Subscription,
  at: number,
  digits: number,
  { residualDays, roundingMode }: Catalog['provider']['settings'],
): Fraction {
  if (lastInvoice === undefined) return Fraction.ZERO;
  const between = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);
  const days = between(lastInvoice.from, lastInvoice.to) + (residualDays === 'both_ends' ? 1 : 0);
  if (days === 0) return Fraction.ZERO;
  const used = Math.min(Math.max(between(lastInvoice.from, day(at)), 0), days);
  const amount = Fraction.parse(lastInvoice.amount).round(digits, roundingMode);
  return amount.minus(amount.times(Fraction.of(used, days)).round(digits, roundingMode));
}

function daysFrom(from: number, period: Period | undefined): { from: string; to?: string } {
  if (period === undefined) return { from: day(from) };
  const { unit, count } = inUnits(period);
  return { from: day(from), to: day(addUnits(midnight(from), unit, count) - DAY) };
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function midnight(at: number): number {
  return Math.floor(at / DAY) * DAY;
}
