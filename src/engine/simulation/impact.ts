import type { CodeFact } from '../judging/facts';
import { add, quotient } from '../money/integer';
import { type Currency, formatMoney, type MoneySum, minorDigits, parseMoney, powerOfTen } from '../money/money';
import type { Quote } from '../quote/answer';
import { type PreparedQuote, prepareUnder } from '../quote/quote';
import type { QuoteRequest } from '../quote/quote-request';
import type { Ruleset } from '../rulebook/ruleset';
import { RequestRefused } from '../vocabulary/problem';
import type { Id, Name } from '../vocabulary/resource';

/** Sums of money by currency; nothing is ever converted. */
export type MoneyByCurrency = { [currency: string]: MoneySum };

/** What a cart costs by one set of rules. */
export interface SimulatedTotals {
  /** What is taken off. */
  discount: MoneySum;
  /** What is left to pay. */
  total: MoneySum;
}

/** An order that the draft changes. */
export interface ChangedOrder {
  /** The redemption. */
  redemptionId: Id;
  /** The order's currency. */
  currency: Currency;
  /** By the stored rules. */
  before: SimulatedTotals;
  /** With the draft. */
  after: SimulatedTotals;
}

/** What a promotion or a global discount takes off, without the draft and with it. */
export interface PromotionImpact {
  /** The promotion; absent: a global discount. */
  promotionId?: Id;
  /** The global discount. */
  discountId?: Id;
  /** Its name. */
  name: Name;
  /**
   * The orders that it applies to by the stored rules.
   * @isLong
   */
  ordersBefore: number;
  /**
   * The orders that it applies to with the draft.
   * @isLong
   */
  ordersAfter: number;
  /** What it takes off by the stored rules, by currency. */
  discountBefore: MoneyByCurrency;
  /** What it takes off with the draft, by currency. */
  discountAfter: MoneyByCurrency;
}

/** What a draft would have done to orders. */
export interface Impact {
  /**
   * The orders that were replayed.
   * @isLong
   */
  orders: number;
  /**
   * Those whose discount or total the draft changes.
   * @isLong
   */
  changed: number;
  /**
   * Those that the stored rules or the draft refuse today, such as one whose subscription can't be changed any more; they count
   * nowhere else.
   * @isLong
   */
  refused: number;
  /** What the stored rules take off, by currency. */
  discountBefore: MoneyByCurrency;
  /** What the draft takes off, by currency. */
  discountAfter: MoneyByCurrency;
  /**
   * By promotion and global discount, those of the most orders first.
   * @maxItems 200
   */
  byPromotion: PromotionImpact[];
  /**
   * The first changed orders.
   * @maxItems 20
   */
  examples: ChangedOrder[];
}

/** An order to replay. */
export interface ReplayedOrder {
  readonly redemptionId: string;
  readonly request: QuoteRequest;
  /** Milliseconds. */
  readonly at: number;
}

const MOST_EXAMPLES = 20;
const MOST_TOLD = 200;
/** Of more rules the others are only in the sums. */
const MOST_RULES = 1_000;

/** Nothing replayed yet. */
export function noImpact(): Impact {
  return { orders: 0, changed: 0, refused: 0, discountBefore: {}, discountAfter: {}, byPromotion: [], examples: [] };
}

/** Returns the codes that orders name. */
export function codesOf(orders: readonly ReplayedOrder[], rules: Ruleset): string[] {
  const codes = orders.flatMap((order) => attempt(() => prepared(order, rules).needed.codes) ?? []);
  return [...new Set(codes)];
}

/**
 * Replays an order by the stored rules and with the draft, and adds what that does. Each order is judged for itself: no
 * limit is used and no budget spent by others, and the customer keeps no grant.
 */
export function replay(
  impact: Impact,
  order: ReplayedOrder,
  { before, after }: { readonly before: Ruleset; readonly after: Ruleset },
  codes: ReadonlyMap<string, CodeFact>,
): void {
  const facts = { codes, usage: new Map(), grants: [], redeeming: true };
  const quotes = attempt(() => ({
    before: prepared(order, before).evaluate(facts).quote,
    after: prepared(order, after).evaluate(facts).quote,
  }));
  if (quotes === undefined) {
    impact.refused += 1;
    return;
  }
  impact.orders += 1;
  const { currency } = quotes.before;
  const [was, is] = [quotes.before.totals, quotes.after.totals];
  addTo(impact.discountBefore, currency, was.discount);
  addTo(impact.discountAfter, currency, is.discount);
  if (was.discount !== is.discount || was.total !== is.total) {
    impact.changed += 1;
    if (impact.examples.length < MOST_EXAMPLES) {
      const { redemptionId } = order;
      impact.examples.push({ redemptionId, currency, before: totalsOf(was), after: totalsOf(is) });
    }
  }
  countRules(impact, quotes.before, before, 'Before');
  countRules(impact, quotes.after, after, 'After');
}

/** Returns the impact as it is told: of its rules those of the most orders. */
export function toldImpact(impact: Impact): Impact {
  const orders = ({ ordersBefore, ordersAfter }: PromotionImpact) => Math.max(ordersBefore, ordersAfter);
  const byPromotion = impact.byPromotion.toSorted((a, b) => orders(b) - orders(a)).slice(0, MOST_TOLD);
  return { ...impact, byPromotion };
}

/** Leaves out what would only be told. */
function prepared({ request, at }: ReplayedOrder, rules: Ruleset): PreparedQuote {
  const { draft: _, nudges: __, offerPrices: ___, redemptionId: ____, explain: _____, ...cart } = request;
  return prepareUnder(rules, cart, at);
}

function countRules(impact: Impact, quote: Omit<Quote, 'digest'>, rules: Ruleset, side: 'Before' | 'After'): void {
  const seen = new Set<PromotionImpact>();
  for (const { promotionId, discountId, amount } of quote.discounts) {
    const source = promotionId === undefined ? rules.discount(discountId) : rules.promotion(promotionId);
    const rule = ruleOf(impact, promotionId, discountId, source?.source.name ?? discountId);
    if (rule === undefined) continue;
    if (!seen.has(rule)) rule[`orders${side}`] += 1;
    seen.add(rule);
    addTo(rule[`discount${side}`], quote.currency, amount);
  }
}

function ruleOf(
  { byPromotion }: Impact,
  promotionId: string | undefined,
  discountId: string,
  name: string,
): PromotionImpact | undefined {
  const known = byPromotion.find((rule) =>
    promotionId === undefined ? rule.discountId === discountId : rule.promotionId === promotionId,
  );
  if (known !== undefined || byPromotion.length === MOST_RULES) return known;
  const rule: PromotionImpact = {
    ...(promotionId === undefined ? { discountId } : { promotionId }),
    name,
    ordersBefore: 0,
    ordersAfter: 0,
    discountBefore: {},
    discountAfter: {},
  };
  byPromotion.push(rule);
  return rule;
}

function totalsOf({ discount, total }: SimulatedTotals): SimulatedTotals {
  return { discount, total };
}

function addTo(sums: MoneyByCurrency, currency: string, amount: MoneySum): void {
  const digits = minorDigits(currency);
  const sum = add(parseMoney(sums[currency] ?? '0'), parseMoney(amount));
  sums[currency] = formatMoney(quotient(sum, powerOfTen(6 - digits)), digits);
}

/** Returns what an order may be refused by today; other errors are faults of ours and go on. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof RequestRefused) return undefined;
    throw error;
  }
}
