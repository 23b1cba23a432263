import type { CartLine, EnteredCode } from '../cart/cart';
import type { NumberedType } from '../conditions/index';
import type { Amounts, Currency, MoneySum } from '../money/money';
import type { OfferAction } from '../rulebook/related-product';
import type { Instant, LocalDate } from '../time/instant';
import type { QuotedTransition } from '../transitions/quoted-transition';
import type { UpgradeOffer } from '../transitions/upgrade-offers';
import type { LocalizedString } from '../vocabulary/localized-text';
import type { Reason, UnmetCondition } from '../vocabulary/reasons';
import type { Id, Name, Term } from '../vocabulary/resource';

/** Amounts before and after discounts. */
export interface Totals {
  /** Before discounts. */
  subtotal: MoneySum;
  /** What is taken off. */
  discount: MoneySum;
  /** What is left to pay. */
  total: MoneySum;
}

/** The amounts of a whole cart. */
export interface CartTotals extends Totals {
  /** What is to be paid at the quote's instant: the amount of the payment then. */
  dueNow: MoneySum;
}

/** What one discount takes off one line. */
export interface LineDiscount {
  /** The discount. */
  discountId: Id;
  /** Its promotion; absent: a global discount. */
  promotionId?: Id;
  /** The grant that gave it. */
  grantId?: Id;
  /** Rounded to one digit more than the currency has. */
  exactAmount: MoneySum;
  /** Its part of the line's discount. */
  amount: MoneySum;
}

/** A line's setup fee. */
export interface QuotedSetup extends Totals {
  /**
   * What each discount takes off the setup fee; the parts add up to `discount`.
   * @maxItems 100000
   */
  discounts: LineDiscount[];
}

/** A quoted line; setup fees are apart. */
export interface QuotedLine extends Totals {
  /** The line's id in the cart. */
  id: Term;
  /** The setup fee, where the line has one. */
  setup?: QuotedSetup;
  /**
   * What each discount takes off the recurring charge; the parts add up to `discount`.
   * @maxItems 100000
   */
  discounts: LineDiscount[];
}

/** A discount that applies, over the whole cart, setup fees included. */
export interface AppliedDiscount {
  /** The discount. */
  discountId: Id;
  /** Its promotion; absent: a global discount. */
  promotionId?: Id;
  /** The code that opened the promotion, as sent, trimmed. */
  promoCode?: EnteredCode;
  /** The discount's name; with a publishable key only where there is no title. */
  name?: Name;
  /** The promotion's title in the answer's language. */
  title?: LocalizedString;
  /** The promotion's words for the invoice in the answer's language. */
  billingDescription?: LocalizedString;
  /** What it takes off in all. */
  amount: MoneySum;
  /** The earliest end of the windows of the discount, its promotion and its code. */
  endsAt?: Instant;
  /** The grant that gave it; absent: it applies in its own right. */
  grantId?: Id;
  /** The end of the grant, or of the one that redeeming now would record. */
  validUntil?: Instant;
  /**
   * How many payments are left after this one.
   * @isInt
   * @minimum 0
   */
  paymentsLeft?: number;
  /** What is left of the balance after this cart. */
  balance?: Amounts;
  /** The end that `coverage: "until_end"` used. */
  coveredUntil?: Instant;
}

/** What became of an entered code. */
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
   * Too many unknown codes were tried: this one was not looked up, and may be sent again after so many seconds.
   * @isInt
   * @minimum 1
   */
  retryAfter?: number;
}

/** A promotion or discount that does not apply, and why. */
export interface Declined {
  /** The promotion. */
  promotionId?: Id;
  /** The discount, where the reason is the discount's own. */
  discountId?: Id;
  /** The name of the discount where there is one, else of the promotion; never with a publishable key. */
  name?: Name;
  /** The promotion's title in the answer's language. */
  title?: LocalizedString;
  /** Why. */
  reason: Reason;
  /** The begin of the window that the quote's instant is outside of: the rule's, or that of a code that was sent. */
  startsAt?: Instant;
  /** The end of that window. */
  endsAt?: Instant;
  /** The promotion, or global discount, that it lost to. */
  blockedBy?: Id;
  /**
   * The JSON pointer of the missing fact in the request, where the reason is `missing_fact` and no condition tells.
   * @maxLength 500
   */
  pointer?: string;
  /**
   * The conditions that do not hold.
   * @maxItems 200
   */
  unmet?: UnmetCondition[];
}

/** A related product to offer. */
export interface Offer {
  /** The related product. */
  relatedProductId: Id;
  /** Its title in the answer's language. */
  title?: LocalizedString;
  /** Its description in the answer's language, sanitised HTML. */
  descriptionHtml?: LocalizedString;
  /**
   * Its picture.
   * @maxLength 2000
   */
  imageUrl?: string;
  /** What to start when it is accepted. */
  action: OfferAction;
  /**
   * Its place in the list.
   * @isInt
   */
  sort: number;
  /** Whether the platform should add it by itself: a gift. */
  autoAdd: boolean;
  /** With `offerPrices`: what its line would cost in this cart, setup fee left out; absent: it has no line in the currency. */
  price?: Totals;
  /** The line's setup fee in this cart, where it has one. */
  setup?: Totals;
  /** The line, ready to be added to the cart. */
  line?: CartLine;
}

/** What is missing until a condition holds: money or a count. */
export interface MissingNumber {
  /** The type of the condition. */
  type: NumberedType;
  /** How much money, of a total. */
  amount?: MoneySum;
  /**
   * How many, of a quantity, of orders or of services.
   * @isLong
   */
  count?: number;
}

/** An advertised promotion of which one number is missing, and what it would bring. */
export interface Nudge {
  /** The promotion. */
  promotionId: Id;
  /** Its title in the answer's language. */
  title?: LocalizedString;
  /** What is missing. */
  missing: MissingNumber;
  /** What the cart would save by it. */
  saving: MoneySum;
  /** What the cart would cost by it. */
  total: MoneySum;
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
