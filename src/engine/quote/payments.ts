import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import type { QuotedLine, Totals } from '../decision/quoted-line';
import { add, type Integer, subtract } from '../money/integer';
import { formatMoney, type Money, parseMoney } from '../money/money';
import { roundMoney } from '../money/rounding';
import { type Instant, parseInstant } from '../time/instant';
import { daysOfPeriod, type PeriodDays } from '../time/period-days';
import type { QuotedTransition, Step } from '../transitions/quoted-transition';
import type { Payment, PaymentItem } from './answer';

/**
 * Returns what a platform collects, by date, as far as a quote knows it: at once for what begins at once, else when an
 * invoice is issued.
 */
export function paymentsOf(
  cart: PricedCart,
  at: Instant,
  lines: readonly QuotedLine[],
  totals: Totals,
  transitions: readonly QuotedTransition[],
): Payment[] {
  if (transitions.length > 0) return new Schedule(cart, at, lines).payments(transitions);
  const items = itemsDueNow(cart, lines);
  return items.length === 0 ? [] : [{ at, amount: totals.total, items }];
}

/** Returns what is due at the quote's instant. */
export function dueNow({ digits }: PricedCart, at: Instant, payments: readonly Payment[]): Money {
  return payments.find((payment) => payment.at === at)?.amount ?? nothing(digits);
}

function itemsDueNow(cart: PricedCart, lines: readonly QuotedLine[]): PaymentItem[] {
  const items: PaymentItem[] = [];
  for (let index = 0; index < lines.length; index++) {
    const item = itemDueNow(cart, lines[index] as QuotedLine, daysOf(cart, cart.lines[index] as PricedLine));
    if (item !== undefined) items.push(item);
  }
  return items;
}

/** Returns a whole line with its setup fee; lines that cost nothing are not listed. */
function itemDueNow({ digits }: PricedCart, { id, total, setup }: QuotedLine, days: Days): PaymentItem | undefined {
  const zero = nothing(digits);
  const fee = setup === undefined || setup.total === zero ? undefined : setup.total;
  if (total === zero && fee === undefined) return undefined;
  const amount = fee === undefined ? total : formatMoney(add(units(total, digits), units(fee, digits)), digits);
  const { from, to } = total === zero ? NO_DAYS : days;
  return { lineId: id, amount, setup: fee, from, to };
}

/** By the digits of a currency: each line is compared with it. */
const NOTHING = [0, 1, 2, 3, 4].map((digits) => formatMoney(0, digits));

function nothing(digits: number): Money {
  return NOTHING[digits] ?? formatMoney(0, digits);
}

type Days = Partial<PeriodDays>;

const NO_DAYS: Days = { from: undefined, to: undefined };

function daysOf({ timeZone }: PricedCart, { period, startsAt }: PricedLine): Days {
  return period === undefined ? NO_DAYS : daysOfPeriod(startsAt, period, timeZone);
}

/** What comes together at one instant, in minor units. */
interface Due {
  readonly items: PaymentItem[];
  due: Integer;
  credit: Integer;
}

/** The payments of a cart whose lines do not all begin at once. */
class Schedule {
  readonly #byInstant = new Map<Instant, Due>();

  constructor(
    private readonly cart: PricedCart,
    private readonly at: Instant,
    private readonly lines: readonly QuotedLine[],
  ) {}

  /** Returns everything that is due, by date. */
  payments(transitions: readonly QuotedTransition[]): Payment[] {
    const byLine = new Map(transitions.map((transition) => [transition.lineId, transition]));
    for (const [index, line] of this.lines.entries()) {
      const transition = byLine.get(line.id);
      if (transition === undefined) this.#collect(this.at, itemDueNow(this.cart, line, this.#daysOf(index)));
      else if (transition.steps !== undefined) this.#collectSteps(line, transition.steps);
    }
    return [...this.#byInstant]
      .map(([at, due]) => this.#payment(at, due))
      .sort((a, b) => parseInstant(a.at) - parseInstant(b.at));
  }

  #daysOf(index: number): Days {
    return daysOf(this.cart, this.cart.lines[index] as PricedLine);
  }

  /** The setup fee is due at once, whenever the target is invoiced. */
  #collectSteps(line: QuotedLine, steps: readonly Step[]): void {
    const { digits } = this.cart;
    const none = { ...line, total: nothing(digits) };
    const fee = itemDueNow(this.cart, none, NO_DAYS);
    const isInvoicedNow = steps.some(({ type, at }) => type === 'issue_invoice' && at === this.at);
    if (!isInvoicedNow) this.#collect(this.at, fee);
    for (const { type, at, amount, from, to } of steps) {
      if (amount === undefined) continue;
      if (type !== 'issue_invoice') this.#credit(this.at, units(amount, digits));
      else if (at !== this.at) this.#collect(at, { lineId: line.id, amount, from, to });
      else this.#collect(at, itemDueNow(this.cart, { ...line, total: amount }, { from, to }));
    }
  }

  #collect(at: Instant, item: PaymentItem | undefined): void {
    if (item === undefined) return;
    const due = this.#due(at);
    due.items.push(item);
    due.due = add(due.due, units(item.amount, this.cart.digits));
  }

  #credit(at: Instant, amount: Integer): void {
    const due = this.#due(at);
    due.credit = add(due.credit, amount);
  }

  #due(at: Instant): Due {
    let due = this.#byInstant.get(at);
    if (due === undefined) {
      due = { items: [], due: 0, credit: 0 };
      this.#byInstant.set(at, due);
    }
    return due;
  }

  /** A credit is used up where it arises; what is left of it is not carried on. */
  #payment(at: Instant, { items, due, credit }: Due): Payment {
    const { digits } = this.cart;
    const isSurplus = credit > due;
    return {
      at,
      amount: formatMoney(isSurplus ? 0 : subtract(due, credit), digits),
      ...(credit !== 0 && { credit: formatMoney(credit, digits) }),
      ...(isSurplus && { surplus: formatMoney(subtract(credit, due), digits) }),
      items,
    };
  }
}

/** Returns an amount of the quote in minor units. */
function units(amount: Money, digits: number): Integer {
  return roundMoney(parseMoney(amount), digits, 'half_up');
}
