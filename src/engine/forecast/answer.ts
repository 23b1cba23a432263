import type { Totals } from '../decision/quoted-line';
import type { MoneySum } from '../money/money';
import type { Quote } from '../quote/answer';
import type { QuoteRequest } from '../quote/quote-request';
import type { Instant, LocalDate } from '../time/instant';
import type { LocalizedString } from '../vocabulary/localized-text';
import type { Id, Name, Term } from '../vocabulary/resource';

/** A cart, and how far to look ahead. */
export interface ForecastRequest {
  /** The cart, as it would be quoted. */
  quote: QuoteRequest;
  /**
   * How many renewals of each line to foretell; 12 at most with a publishable key.
   * @isInt
   * @minimum 1
   * @maximum 36
   */
  payments: number;
}

/** What one discount takes off a line that renews. */
export interface ForecastDiscount {
  /** The discount. */
  discountId: Id;
  /** The discount's name. */
  name?: Name;
  /** The promotion's title in the answer's language. */
  title?: LocalizedString;
  /** What it takes off the line. */
  amount: MoneySum;
}

/** A line at a renewal. */
export interface ForecastLine extends Totals {
  /** The line. */
  lineId: Term;
  /** The first local day that is paid for. */
  from: LocalDate;
  /** The last local day that is paid for; absent: it lies beyond the year 9999. */
  to?: LocalDate;
  /**
   * What each discount takes off; the parts add up to `discount`.
   * @maxItems 100000
   */
  discounts: ForecastDiscount[];
}

/** A discount that takes something else off a line than at the payment before; at the first renewal, than in the quote. */
export interface ForecastChange {
  /** The line. */
  lineId: Term;
  /** The discount. */
  discountId: Id;
  /** Whether it takes something off from now on, no longer, or another amount. */
  change: 'begins' | 'ends' | 'amount';
  /** What it took off the line before. */
  before?: MoneySum;
  /** What it takes off the line now. */
  after?: MoneySum;
}

/** What will be paid at one instant. */
export interface ForecastPayment {
  /** When. */
  at: Instant;
  /** The sum of the lines. */
  total: MoneySum;
  /**
   * The lines that renew then, in the cart's order.
   * @maxItems 500
   */
  lines: ForecastLine[];
  /**
   * What changes against the payment before.
   * @maxItems 100000
   */
  changes: ForecastChange[];
}

/** A quote, and what its lines will cost when they renew. */
export interface Forecast {
  /** The quote of the cart. */
  quote: Quote;
  /**
   * The renewals, merged by instant, in order.
   * @maxItems 18000
   */
  forecast: ForecastPayment[];
  /**
   * What the forecast assumes, in words.
   * @maxItems 20
   */
  assumptions: Assumption[];
}

/**
 * A sentence.
 * @maxLength 10000
 */
export type Assumption = string;
