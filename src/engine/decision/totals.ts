import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import type { Deduction } from '../combining/remaining-prices';
import type { Candidate } from '../judging/candidate';
import { serviceOf } from '../judging/kept';
import { giveLeftovers } from '../money/allocation';
import { add, type Integer, quotient, remainder, subtract, sum } from '../money/integer';
import { formatMoney, type Money } from '../money/money';
import { divideRounded } from '../money/rounding';
import { answerTooLarge } from '../vocabulary/answer-size';
import type { LineDiscount, QuotedLine, QuotedSetup, Totals } from './quoted-line';

/** More do not fit into an answer, because each takes over a hundred bytes. */
const MOST_LINE_DISCOUNTS = 80_000;

/** A line's takes, and what each takes off it in minor units. */
interface Rounded {
  readonly takes: readonly Deduction[];
  readonly recurring: readonly Integer[];
  readonly setup: readonly Integer[];
}

/**
 * Adds up what is taken off each line: exact amounts are added, the sum is rounded to the currency's digits [HS]. Notes
 * at each candidate what it takes off the cart.
 */
export function priceLines(cart: PricedCart, takes: readonly Deduction[]): Priced {
  const applied: Candidate[] = [];
  const rounded = byLine(cart, takes).map((own, index) => round(cart, cart.lines[index] as PricedLine, own, applied));
  return new Priced(cart, rounded, applied);
}

/** What the takes make of a cart. Written out only as far as it is asked for: alternatives are compared by their totals. */
export class Priced {
  #lines: QuotedLine[] | undefined;

  constructor(
    private readonly cart: PricedCart,
    private readonly rounded: readonly Rounded[],
    /** The candidates that take something off the cart, in the order of the lines. */
    readonly applied: readonly Candidate[],
  ) {}

  /** The cart's totals, setup fees included. */
  get totals(): Totals {
    const { lines, measured, digits } = this.cart;
    let { subtotal } = measured;
    for (const { setup } of lines) if (setup !== undefined) subtotal = add(subtotal, setup);
    let discount: Integer = 0;
    for (const { taken } of this.applied) discount = add(discount, taken);
    return {
      subtotal: formatMoney(subtotal, digits),
      discount: formatMoney(discount, digits),
      total: formatMoney(subtract(subtotal, discount), digits),
    };
  }

  /** All lines; the request is refused where their discounts are too many for an answer. */
  get lines(): QuotedLine[] {
    this.#lines ??= this.#write();
    return this.#lines;
  }

  /** Returns one line. */
  line(index: number): QuotedLine {
    const { digits, lines } = this.cart;
    const { id, subtotal, setup: fee } = lines[index] as PricedLine;
    const line = this.rounded[index] as Rounded;
    const off = sum(line.recurring);
    // A candidate that takes nothing off the cart is not listed on a line either.
    const discounts = lineDiscounts(line.takes, line.recurring, recurringOf, digits);
    return {
      id,
      subtotal: formatMoney(subtotal, digits),
      discount: formatMoney(off, digits),
      total: formatMoney(subtract(subtotal, off), digits),
      setup: fee === undefined ? undefined : quotedSetup(line, fee, digits),
      discounts,
    };
  }

  #write(): QuotedLine[] {
    let told = 0;
    return this.rounded.map((_, index) => {
      const line = this.line(index);
      told += line.discounts.length + (line.setup?.discounts.length ?? 0);
      if (told > MOST_LINE_DISCOUNTS) throw answerTooLarge();
      return line;
    });
  }
}

function byLine({ lines }: PricedCart, takes: readonly Deduction[]): readonly (readonly Deduction[])[] {
  const own: Deduction[][] = new Array(lines.length).fill(NO_TAKES);
  for (const take of takes) {
    const { index } = take.line;
    const others = own[index];
    // Most lines have one take at most: a list that grows by itself has room for many.
    if (others === undefined || others.length === 0) own[index] = [take];
    else others.push(take);
  }
  return own;
}

const NO_TAKES: Deduction[] = [];

const NOTHING: readonly Integer[] = [];
const NOT_REDUCED: Rounded = { takes: [], recurring: NOTHING, setup: NOTHING };

function round(cart: PricedCart, line: PricedLine, takes: readonly Deduction[], applied: Candidate[]): Rounded {
  if (takes.length === 0) return NOT_REDUCED;
  const { roundingMode } = cart.settings;
  const recurring = roundParts(takes, recurringOf, roundingMode);
  const setup = line.setup === undefined ? NOTHING : roundParts(takes, setupOf, roundingMode);
  for (let index = 0; index < takes.length; index++) {
    const { candidate } = takes[index] as Deduction;
    const amount = add(recurring[index] ?? 0, setup[index] ?? 0);
    if (amount === 0) continue;
    if (candidate.taken === 0) applied.push(candidate);
    candidate.taken = add(candidate.taken, amount);
    const service = candidate.services && serviceOf(line, cart);
    if (service !== undefined) candidate.services?.add(service);
  }
  return { takes, recurring, setup };
}

function recurringOf(take: Deduction): Integer {
  return take.recurring;
}

function setupOf(take: Deduction): Integer {
  return take.setup;
}

function quotedSetup({ takes, setup }: Rounded, fee: Integer, digits: number): QuotedSetup {
  const off = sum(setup);
  // No spread: every line has such an object, and they must share one shape.
  return {
    subtotal: formatMoney(fee, digits),
    discount: formatMoney(off, digits),
    total: formatMoney(subtract(fee, off), digits),
    discounts: lineDiscounts(takes, setup, setupOf, digits),
  };
}

function lineDiscounts(
  takes: readonly Deduction[],
  amounts: readonly Integer[],
  ticksOf: (take: Deduction) => Integer,
  digits: number,
): LineDiscount[] {
  if (takes.length === 0) return [];
  const isTold = (take: Deduction): boolean => ticksOf(take) !== 0 && take.candidate.taken !== 0;
  const discounts = takes.map((take, index) =>
    lineDiscount(take, ticksOf(take), formatMoney(amounts[index] ?? 0, digits), digits),
  );
  return takes.every(isTold) ? discounts : discounts.filter((_, index) => isTold(takes[index] as Deduction));
}

function lineDiscount(
  { candidate: { rule, grant } }: Deduction,
  ticks: Integer,
  amount: Money,
  digits: number,
): LineDiscount {
  return {
    discountId: rule.id,
    promotionId: rule.promotion?.id,
    grantId: grant?.id,
    exactAmount: formatMoney(ticks, digits + 1),
    amount,
  };
}

/** Returns ticks as minor units that add up to their rounded sum; leftovers by the largest remainder, ties to the earlier one. */
function roundParts(
  takes: readonly Deduction[],
  ticksOf: (take: Deduction) => Integer,
  mode: PricedCart['settings']['roundingMode'],
): readonly Integer[] {
  if (takes.length === 1) return [divideRounded(ticksOf(takes[0] as Deduction), 10, mode)];
  const ticks = takes.map(ticksOf);
  const parts = ticks.map((part) => quotient(part, 10));
  const left = subtract(divideRounded(sum(ticks), 10, mode), sum(parts));
  if (left !== 0) {
    const remainders = ticks.map((part) => remainder(part, 10));
    giveLeftovers(parts, remainders, Number(left));
  }
  return parts;
}
