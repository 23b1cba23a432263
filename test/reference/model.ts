import type { CartTotals, LineDiscount, QuotedLine, Totals } from '../../src/engine/decision/quoted-line';
import type { Facts } from '../../src/engine/judging/facts';
import type { Payment, QuotedCode } from '../../src/engine/quote/answer';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Charge } from '../../src/engine/rulebook/discount';
import type { Promotion } from '../../src/engine/rulebook/promotion';
import type { Catalog } from '../../src/engine/rulebook/saved';
import type { Reason } from '../../src/engine/vocabulary/reasons';
import { digitsOf, type Line, readCart } from './cart';
import { type JudgedCode, judgeCodes } from './codes';
import { type Applied, combine } from './combining/combine';
import type { Terms } from './combining/taking';
import { Fraction } from './fraction';
import { modelPayments } from './payments';
import { budgetLeft, type Rule, rightsOf, rulesOf, type Setting } from './rules';
import { modelTransitions } from './transitions';

/** What the model says of a cart: the part of a quote that the rules of combination decide. */
export interface ModelQuote {
  lines: QuotedLine[];
  totals: CartTotals;
  /** What is to be collected when. */
  payments: Payment[];
  /** What each discount takes off in all, setup fees included, by its id and its grant's. */
  discounts: { [discountId: string]: string };
  promoCodes: { code: string; status: QuotedCode['status']; reason?: Reason }[];
}

/** Quotes a cart slowly and plainly, by the contract's sections 4 and 5 alone. */
export function modelQuote(catalog: Catalog, request: QuoteRequest, at: number, facts: Facts): ModelQuote {
  const { settings } = catalog.provider;
  const lines = linesOf(catalog, request, at);
  const digits = digitsOf(request.currency);
  const setting: Setting = { request, at, lines, facts };
  const terms: Terms = { at, lines, currency: request.currency, digits, roundingMode: settings.roundingMode };
  const rules = rulesOf(catalog, setting);

  // A promotion over its budget is declined and everything is computed again without it.
  const overdrawn = new Set<string>();
  for (;;) {
    const codes = judgeCodes(catalog, rules, setting, overdrawn);
    const opened = new Set(codes.flatMap((code) => (code.takesPlace ? [code.promotionId] : [])));
    const eligible = rules.flatMap((rule) => rightsOf(rule, setting, opened.has(rule.promotion?.id ?? ''), overdrawn));
    const applied = combine(eligible, settings.combination, setting, terms);
    const priced = settle(applied, terms);
    const spent = catalog.promotions.filter((promotion) => {
      const left = budgetLeft(promotion, setting);
      const amount = countedAmount(priced, promotion, terms);
      return left !== undefined && amount.isPositive() && amount.compare(left) > 0;
    });
    if (spent.length === 0) return withPayments(answer(lines, priced, codes, digits), catalog, request, at);
    for (const promotion of spent) overdrawn.add(promotion.id);
  }
}

/** What a promotion's own rights count to its budget: what they take, and the whole of what is carried over. */
function countedAmount(
  priced: readonly Priced[],
  promotion: Promotion,
  { currency, digits, roundingMode }: Terms,
): Fraction {
  const own = new Set(
    priced.map(({ rule }) => rule).filter((rule) => rule.promotion === promotion && rule.right === 'own'),
  );
  return Fraction.sum(
    [...own].map((rule) => {
      const amount = amountOf(priced, (other) => other === rule);
      const { value, carryOver } = rule.discount;
      if (!carryOver || value.type !== 'amount_off' || !amount.isPositive()) return amount;
      return Fraction.parse(value.amounts[currency] ?? '0').round(digits, roundingMode);
    }),
  );
}

// Each discount on a line is exact to one digit more, the sum is rounded, leftover cents go by largest remainder.

interface Priced extends Applied {
  /** What it takes off in the currency's digits. */
  share: Fraction;
}

function settle(applied: readonly Applied[], { lines, digits, roundingMode }: Terms): Priced[] {
  const charges: readonly Charge[] = ['recurring', 'setup'];
  return lines.flatMap((line) =>
    charges.flatMap((charge) => {
      const takings = applied.filter((taking) => taking.line === line && taking.charge === charge);
      const exact = takings.map((taking) => taking.amount);
      const most = charge === 'setup' ? (line.setup ?? Fraction.ZERO) : line.room;
      const sum = Fraction.min(Fraction.sum(exact).round(digits, roundingMode), most);
      const shares = settleExact(exact, sum, digits);
      return takings.map((taking, index) => ({ ...taking, share: shares[index] ?? Fraction.ZERO }));
    }),
  );
}

/** Each its amount rounded down, the cents that the rounded sum has more by largest remainder. */
function settleExact(exact: readonly Fraction[], sum: Fraction, digits: number): Fraction[] {
  const down = exact.map((amount) => amount.floor(digits));
  const cents = sum.minus(Fraction.sum(down)).wholeSteps(digits);
  const remainders = exact.map((amount, index) => amount.minus(down[index] ?? Fraction.ZERO));
  const order = exact.map((_, index) => index).sort((a, b) => compareAt(remainders, b, a) || a - b);
  const lucky = new Set(order.slice(0, Number(cents)));
  const cent = Fraction.of(1n, 10n ** BigInt(digits));
  return down.map((amount, index) => (lucky.has(index) ? amount.plus(cent) : amount));
}

function compareAt(values: readonly Fraction[], a: number, b: number): number {
  return (values[a] ?? Fraction.ZERO).compare(values[b] ?? Fraction.ZERO);
}

// The answer.

function answer(
  lines: readonly Line[],
  priced: readonly Priced[],
  codes: readonly JudgedCode[],
  digits: number,
): Undated {
  // A discount that takes nothing is not listed; two grants of one discount are two entries.
  const listed = priced.filter(({ rule }) => amountOf(priced, (other) => other === rule).isPositive());
  const quotedLines = lines.map((line) =>
    quoteLine(
      line,
      listed.filter((taking) => taking.line === line),
      digits,
    ),
  );
  const amounts = listed.map(({ rule }): [string, Fraction] => [
    `${rule.discount.id} ${rule.grant?.id ?? ''}`,
    amountOf(priced, (other) => other === rule),
  ]);
  const subtotal = Fraction.sum(lines.flatMap((line) => [line.subtotal, line.setup ?? Fraction.ZERO]));
  const first = new Map([...codes].reverse().flatMap((code) => (code.takesPlace ? [[code.promotionId, code]] : [])));
  return {
    lines: quotedLines,
    totals: totals(
      subtotal,
      amountOf(priced, () => true),
      digits,
    ),
    discounts: Object.fromEntries(amounts.map(([id, amount]) => [id, amount.format(digits)])),
    promoCodes: codes.map((judged) => {
      const { code, promotionId, reason } = judged;
      if (reason !== undefined) return { code, status: 'declined', reason };
      const effect = amountOf(priced, (rule) => rule.promotion?.id === promotionId && rule.right === 'own');
      const hasEffect = first.get(promotionId) === judged && effect.isPositive();
      return hasEffect ? { code, status: 'applied' } : { code, status: 'declined', reason: 'promo_code_no_effect' };
    }),
  };
}

function quoteLine(line: Line, priced: readonly Priced[], digits: number): QuotedLine {
  const recurring = priced.filter((taking) => taking.charge === 'recurring');
  const setup = priced.filter((taking) => taking.charge === 'setup');
  return {
    id: line.id,
    ...totals(
      line.subtotal,
      amountOf(recurring, () => true),
      digits,
    ),
    ...(line.setup === undefined
      ? {}
      : {
          setup: {
            ...totals(
              line.setup,
              amountOf(setup, () => true),
              digits,
            ),
            discounts: lineDiscounts(setup, digits),
          },
        }),
    discounts: lineDiscounts(recurring, digits),
  };
}

function lineDiscounts(priced: readonly Priced[], digits: number): LineDiscount[] {
  return priced.map(({ rule, amount, share }) => ({
    discountId: rule.discount.id,
    ...(rule.promotion === undefined ? {} : { promotionId: rule.promotion.id }),
    ...(rule.right === 'grant' ? { grantId: rule.grant?.id } : {}),
    exactAmount: amount.format(digits + 1),
    amount: share.format(digits),
  }));
}

function totals(subtotal: Fraction, discount: Fraction, digits: number): Totals {
  return {
    subtotal: subtotal.format(digits),
    discount: discount.format(digits),
    total: subtotal.minus(discount).format(digits),
  };
}

function amountOf(priced: readonly Priced[], isMeant: (rule: Rule) => boolean): Fraction {
  return Fraction.sum(priced.filter(({ rule }) => isMeant(rule)).map(({ share }) => share));
}

/** A quote whose payments are yet to be told. */
type Undated = Omit<ModelQuote, 'payments' | 'totals'> & { totals: Totals };

/** What is due at the quote's instant is the payment then. */
function withPayments({ totals, ...quoted }: Undated, catalog: Catalog, request: QuoteRequest, at: number): ModelQuote {
  const payments = modelPayments(catalog, request, at, quoted.lines);
  const now = payments.find((payment) => Date.parse(payment.at) === at);
  const dueNow = now?.amount ?? Fraction.ZERO.format(digitsOf(request.currency));
  return { ...quoted, totals: { ...totals, dueNow }, payments };
}

/** A line's period begins at its own `startsAt`, else when its transition takes effect, else at once. */
function linesOf(catalog: Catalog, request: QuoteRequest, at: number): Line[] {
  const begins = modelTransitions(catalog, request, at).transitions;
  return readCart(request, at, catalog.plans, catalog.provider.settings.roundingMode).map((line, index) => {
    const effectiveAt = begins.find(({ lineId }) => lineId === line.id)?.effectiveAt;
    return request.lines[index]?.startsAt === undefined ? { ...line, startsAt: effectiveAt ?? at } : line;
  });
}
