import type { CartLine, EnteredCode, Explain } from '../cart/cart';
import type { Customer } from '../cart/customer';
import type { Subscription, TransitionChoices } from '../cart/subscription';
import type { AppliedDiscount } from '../decision/applied-discount';
import type { QuotedLine, Totals } from '../decision/quoted-line';
import { multiply } from '../money/integer';
import { type Currency, type MoneySum, parseMoney } from '../money/money';
import { divideRounded, type RoundingMode } from '../money/rounding';
import type { Instant } from '../time/instant';
import type { Attributes } from '../vocabulary/attributes';
import type { Language, LocalizedString } from '../vocabulary/localized-text';
import type { Term } from '../vocabulary/resource';
import type { Quote } from './answer';

/** One of several carts that are quoted together. */
export interface CartToQuote {
  /** Names the cart in the answer; unique in the request. */
  id: Term;
  /**
   * The lines of the cart.
   * @maxItems 500
   */
  lines: CartLine[];
  /**
   * The subscriptions that the customer holds.
   * @maxItems 100
   */
  subscriptions?: Subscription[];
  /**
   * What the customer chose for lines that an upgrade path concerns; or `"offers"`, to be told what the subscriptions may
   * change to.
   */
  transitions?: TransitionChoices | 'offers';
}

/** What several carts of one customer have in common. */
export interface ManyQuotesRequest {
  /** The currency of every price. */
  currency: Currency;
  /** The language of the answer; absent: the customer's, else the provider's default. */
  language?: Language;
  /** The instant of the quotes; absent: now. */
  at?: Instant;
  /**
   * The promo codes that the customer entered, in order.
   * @maxItems 50
   */
  promoCodes?: EnteredCode[];
  /**
   * What to explain.
   * @default "codes"
   */
  explain?: Explain;
  /** Further facts that the platform knows about every cart, for rules. */
  attributes?: Attributes;
  /** What the platform knows about the customer. */
  customer?: Customer;
  /**
   * The carts, with at most 2,000 lines in all; a cart that is wrong fails alone.
   * @minItems 1
   * @maxItems 200
   */
  quotes: CartToQuote[];
  /**
   * Whole quotes, or prices only, as for a price list.
   * @default "full"
   */
  answer?: 'full' | 'prices';
}

/**
 * A percentage of an answer: up to 4 decimals, `"0"` where nothing is off.
 * @pattern ^(100|\d{1,2}(\.\d{1,4})?)$
 */
export type PercentOff = string;

/** A line's price; its setup fee is left out. */
export interface PricedQuoteLine extends Totals {
  /** The line's id in the cart. */
  id: Term;
  /** What part of the subtotal is taken off, in percent. */
  percentOff: PercentOff;
}

/** The prices of a cart, setup fees included in its totals. */
export interface CartPrices extends Totals {
  /** The cart's id. */
  id: Term;
  /**
   * The cart's lines.
   * @maxItems 500
   */
  lines: PricedQuoteLine[];
  /**
   * The titles of the rules that apply, each once, in the order in which they apply.
   * @maxItems 100000
   */
  titles: LocalizedString[];
  /** When the first of these prices may end: the earliest end of a window, or of a grant, of a rule that applies. */
  validUntil?: Instant;
}

const HUNDRED_PERCENT = 1_000_000;

/** Reduces a quote to what a price list shows. */
export function pricesOf(id: Term, { totals, lines, discounts }: Quote, roundingMode: RoundingMode): CartPrices {
  const ends = discounts.flatMap((discount) => endOf(discount) ?? []);
  return {
    id,
    subtotal: totals.subtotal,
    discount: totals.discount,
    total: totals.total,
    lines: lines.map((line) => priceOf(line, roundingMode)),
    titles: [...new Set(discounts.flatMap(({ title }) => title ?? []))],
    // Instants of answers are UTC; only fractions of a second differ in length.
    validUntil: ends.length === 0 ? undefined : ends.reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a)),
  };
}

/** Returns the end of the windows that a discount depends on, or of the grant that gave it. */
function endOf({ grantId, validUntil, endsAt }: AppliedDiscount): Instant | undefined {
  return grantId === undefined ? endsAt : validUntil;
}

function priceOf({ id, subtotal, discount, total }: QuotedLine, roundingMode: RoundingMode): PricedQuoteLine {
  return { id, subtotal, discount, total, percentOff: percentOff(subtotal, discount, roundingMode) };
}

/** Returns what part of the subtotal the discount is, in percent without trailing zeros. */
function percentOff(subtotal: MoneySum, discount: MoneySum, roundingMode: RoundingMode): PercentOff {
  const whole = parseMoney(subtotal);
  if (whole === 0) return '0';
  const units = Number(divideRounded(multiply(parseMoney(discount), HUNDRED_PERCENT), whole, roundingMode));
  return String(units / 10_000);
}
