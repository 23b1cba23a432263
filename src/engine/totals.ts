import type { LineDiscount, QuotedLine, Totals } from './answer';
import type { Candidate } from './candidates';
import type { Take } from './ledger';
import { divideRounded, formatMoney, type Money } from './money';
import type { PricedCart, PricedLine } from './priced-cart';

/** What the takes make of a cart. */
export interface Priced {
  readonly lines: QuotedLine[];
  readonly totals: Totals;
  /** What each candidate takes off the whole cart, setup fees included, in minor units; none that takes nothing. */
  readonly amounts: ReadonlyMap<Candidate, bigint>;
}

/** Adds up what is taken off each line: exact amounts are added, the sum is rounded to the currency's digits [HS]. */
export function priceLines(cart: PricedCart, takes: readonly Take[]): Priced {
  const amounts = new Map<Candidate, bigint>();
  const byLine = new Map<PricedLine, Take[]>();
  for (const take of takes) {
    const own = byLine.get(take.line);
    if (own === undefined) byLine.set(take.line, [take]);
    else own.push(take);
  }
  const rounded = cart.lines.map((line) => {
    const own = byLine.get(line) ?? NO_TAKES;
    const recurring = roundParts(
      own.map((take) => take.recurring),
      cart,
    );
    const setup =
      line.setup === undefined
        ? NO_PARTS
        : roundParts(
            own.map((take) => take.setup),
            cart,
          );
    for (let index = 0; index < own.length; index++) {
      const { candidate } = own[index] as Take;
      const amount = (recurring[index] ?? 0n) + (setup[index] ?? 0n);
      if (amount > 0n) amounts.set(candidate, (amounts.get(candidate) ?? 0n) + amount);
    }
    return { line, own, recurring, setup };
  });
  const money = (minor: bigint): string => formatMoney(minor, cart.digits);
  const quoted = rounded.map(({ line, own, recurring, setup }): QuotedLine => {
    const { subtotal, discount, total } = totalsOf(line.subtotal, sum(recurring), money);
    const discounts: LineDiscount[] = [];
    for (let index = 0; index < own.length; index++) {
      const take = own[index] as Take;
      if (take.recurring === 0n || !amounts.has(take.candidate)) continue;
      discounts.push(lineDiscount(take, money(recurring[index] ?? 0n), cart.digits));
    }
    return line.setup === undefined
      ? { id: line.id, subtotal, discount, total, discounts }
      : { id: line.id, subtotal, discount, total, setup: totalsOf(line.setup, sum(setup), money), discounts };
  });
  const subtotal = sum(cart.lines.map((line) => line.subtotal + (line.setup ?? 0n)));
  const discount = sum(rounded.map(({ recurring, setup }) => sum(recurring) + sum(setup)));
  return { lines: quoted, totals: totalsOf(subtotal, discount, money), amounts };
}

const NO_TAKES: readonly Take[] = [];
const NO_PARTS: readonly bigint[] = [];

function lineDiscount({ candidate: { rule }, recurring }: Take, amount: Money, digits: number): LineDiscount {
  return {
    discountId: rule.source.id,
    ...(rule.promotion && { promotionId: rule.promotion.source.id }),
    exactAmount: formatMoney(recurring, digits + 1),
    amount,
  };
}

/** Ticks as minor units that add up to their rounded sum; leftovers by the largest remainder, ties to the earlier one. */
function roundParts(exact: readonly bigint[], { settings }: PricedCart): bigint[] {
  const whole = sum(exact);
  if (whole === 0n) return exact.map(() => 0n);
  const minor = divideRounded(whole, 10n, settings.roundingMode);
  const parts = exact.map((ticks) => ticks / 10n);
  let left = minor - sum(parts);
  if (left === 0n) return parts;
  const byRemainder = exact.map((ticks, index) => ({ index, remainder: ticks % 10n }));
  byRemainder.sort((a, b) => Number(b.remainder - a.remainder) || a.index - b.index);
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}

function totalsOf(subtotal: bigint, discount: bigint, money: (minor: bigint) => string): Totals {
  return { subtotal: money(subtotal), discount: money(discount), total: money(subtotal - discount) };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((a, b) => a + b, 0n);
}
