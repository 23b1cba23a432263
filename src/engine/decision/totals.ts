import type { PricedCart, PricedLine } from '../cart/priced-cart';
import type { Deduction } from '../combining/remaining-prices';
import type { Candidate } from '../judging/candidates';
import { serviceOf } from '../judging/kept';
import { giveLeftovers } from '../money/allocation';
import { add, type Integer, quotient, remainder, subtract, sum } from '../money/integer';
import { formatMoney, type Money } from '../money/money';
import { divideRounded } from '../money/rounding';
import { answerTooLarge } from '../vocabulary/answer-size';
import type { LineDiscount, QuotedLine, QuotedSetup, Totals } from './quoted-line';

/** More do not fit into an answer, because each takes over a hundred bytes. */
const MOST_LINE_DISCOUNTS = 80_000;

/** What the takes make of a cart. */
export interface Priced {
  readonly lines: QuotedLine[];
  readonly totals: Totals;
  /** The candidates that take something off the cart, in the order of the lines. */
  readonly applied: readonly Candidate[];
}

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
  const { digits } = cart;
  const applied: Candidate[] = [];
  const rounded = byLine(cart, takes).map((own, index) => round(cart, cart.lines[index] as PricedLine, own, applied));
  let subtotal: Integer = 0;
  let discount: Integer = 0;
  let told = 0;
  // A candidate that takes nothing off the cart is not listed on a line either, so its total must be known first.
  const lines = rounded.map((line, index): QuotedLine => {
    const { id, subtotal: price, setup: fee } = cart.lines[index] as PricedLine;
    const off = sum(line.recurring);
    const feeOff = sum(line.setup);
    subtotal = add(subtotal, add(price, fee ?? 0));
    discount = add(discount, add(off, feeOff));
    const discounts = lineDiscounts(line.takes, line.recurring, recurringOf, digits);
    const setup = fee === undefined ? undefined : quotedSetup(line, fee, feeOff, digits);
    told += discounts.length + (setup?.discounts.length ?? 0);
    if (told > MOST_LINE_DISCOUNTS) throw answerTooLarge();
    // No spread of `totalsOf`: every line has such an object, and they must share one shape.
    return {
      id,
      subtotal: formatMoney(price, digits),
      discount: formatMoney(off, digits),
      total: formatMoney(subtract(price, off), digits),
      setup,
      discounts,
    };
  });
  return { lines, totals: totalsOf(subtotal, discount, digits), applied };
}

function byLine({ lines }: PricedCart, takes: readonly Deduction[]): Deduction[][] {
  const own: Deduction[][] = lines.map(() => []);
  for (const take of takes) own[take.line.index]?.push(take);
  return own;
}

const NOTHING: readonly Integer[] = [];

function round(cart: PricedCart, line: PricedLine, takes: readonly Deduction[], applied: Candidate[]): Rounded {
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

function quotedSetup({ takes, setup }: Rounded, fee: Integer, off: Integer, digits: number): QuotedSetup {
  return { ...totalsOf(fee, off, digits), discounts: lineDiscounts(takes, setup, setupOf, digits) };
}

function lineDiscounts(
  takes: readonly Deduction[],
  amounts: readonly Integer[],
  ticksOf: (take: Deduction) => Integer,
  digits: number,
): LineDiscount[] {
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

function totalsOf(subtotal: Integer, discount: Integer, digits: number): Totals {
  return {
    subtotal: formatMoney(subtotal, digits),
    discount: formatMoney(discount, digits),
    total: formatMoney(subtract(subtotal, discount), digits),
  };
}
