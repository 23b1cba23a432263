import type { EnteredCode } from '../cart/cart';
import type { AppliedDiscount, Declined } from '../decision/applied-discount';
import type { CartTotals, QuotedLine } from '../decision/quoted-line';
import type { Currency, MoneySum } from '../money/money';
import type { Nudge, Offer } from '../offers/offer';
import type { Instant, LocalDate } from '../time/instant';
import type { QuotedTransition } from '../transitions/quoted-transition';
import type { UpgradeOffer } from '../transitions/upgrade-offers';
import type { Reason } from '../vocabulary/reasons';
import type { Id, Term } from '../vocabulary/resource';

/** The outcome of an entered code. */
export interface QuotedCode {
  /** As sent, trimmed. */
  code: EnteredCode;
  /** Whether it applies. */
  status: 'applied' | 'declined';
  /** The code's promotion, where the code is known. */
  promotionId?: Id;
  /** Why it does not. */
  reason?: Reason;
  /** The promotion, or global discount, that it lost to. */
  blockedBy?: Id;
  /** Where the reason is the code's own window, its begin. */
  startsAt?: Instant;
  /** Where the reason is the code's own window, its end. */
  endsAt?: Instant;
  /**
   * Too many unknown codes were tried: this one was not looked up. Send it again after this many seconds.
   * @isInt
   * @minimum 1
   */
  retryAfter?: number;
}

/** A line's part of a payment. */
export interface PaymentItem {
  /** The line. */
  lineId: Term;
  /** What is paid for it, its setup fee included. */
  amount: MoneySum;
  /** The setup fee in it. */
  setup?: MoneySum;
  /** The first local day that is paid for. */
  from?: LocalDate;
  /** The last local day that is paid for. */
  to?: LocalDate;
}

/** What the platform has to collect at one instant. */
export interface Payment {
  /** When. */
  at: Instant;
  /** How much: the items less the credit, never below zero. */
  amount: MoneySum;
  /** What is credited then; absent: nothing. */
  credit?: MoneySum;
  /** What is left of the credit; absent: nothing. */
  surplus?: MoneySum;
  /**
   * What is paid for, in the cart's order.
   * @maxItems 500
   */
  items: PaymentItem[];
}

/** The answer to a cart: discounts, refusals, offers and transitions. */
export interface Quote {
  /** The instant of the quote. */
  at: Instant;
  /** The currency of every amount. */
  currency: Currency;
  /**
   * The version of the provider's catalog that was used.
   * @isLong
   */
  catalogVersion: number;
  /**
   * Covers request and rules: the same digest means the same question to the same rules.
   * @maxLength 100
   */
  digest: string;
  /**
   * The lines, in the cart's order.
   * @maxItems 500
   */
  lines: QuotedLine[];
  /**
   * The discounts that apply.
   * @maxItems 100000
   */
  discounts: AppliedDiscount[];
  /** The whole cart, setup fees included. */
  totals: CartTotals;
  /**
   * What is to be collected now, and what is known of later, by date.
   * @maxItems 1000
   */
  payments: Payment[];
  /**
   * The codes, in the request's order.
   * @maxItems 50
   */
  promoCodes: QuotedCode[];
  /**
   * What does not apply, as `explain` asks.
   * @maxItems 100000
   */
  declined: Declined[];
  /**
   * Related products to offer.
   * @maxItems 1000
   */
  offers: Offer[];
  /**
   * Where the request asks for nudges: what is missing for advertised promotions, the larger saving first.
   * @maxItems 10
   */
  nudges?: Nudge[];
  /**
   * What upgrade paths do with the lines.
   * @maxItems 500
   */
  transitions: QuotedTransition[];
  /**
   * What the subscriptions may change to, where the request asks for `transitions: "offers"`.
   * @maxItems 1000
   */
  upgradeOffers?: UpgradeOffer[];
}
