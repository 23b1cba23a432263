import type { Currency, Money } from '../money/money';
import type { Instant, Period } from '../time/instant';
import type { Attributes } from '../vocabulary/attributes';
import type { Language } from '../vocabulary/localized-text';
import type { Term } from '../vocabulary/resource';
import type { Action } from '../vocabulary/selector';
import type { Customer } from './customer';
import type { Subscription, TransitionChoices } from './subscription';

/** What a quote explains: what concerns the codes sent, also every candidate that matches a line, or every active rule. */
export type Explain = 'codes' | 'candidates' | 'all';

/** A line of the cart. */
export interface CartLine {
  /** The platform's id of the line, unique in the cart. */
  id: Term;
  /**
   * What the line does.
   * @default "order"
   */
  action?: Action;
  /** The type of service. */
  serviceType: Term;
  /** The plan. */
  plan?: Term;
  /**
   * The plan's groups; those of the registered plan are added.
   * @maxItems 50
   */
  planGroups?: Term[];
  /** The add-on, where the line is one. */
  addon?: Term;
  /**
   * The platform's name of the service that the line orders, renews or changes.
   * @minLength 1
   * @maxLength 255
   */
  serviceId?: string;
  /**
   * The line's tags; those of the registered plan are added.
   * @maxItems 50
   */
  tags?: Term[];
  /**
   * The title for customers; absent: the registered plan's.
   * @maxLength 500
   */
  title?: string;
  /** The period that is ordered. */
  period?: Period;
  /**
   * How many units.
   * @isLong
   * @minimum 1
   * @maximum 1000000000
   * @default 1
   */
  quantity?: number;
  /** The price of one unit for the period. */
  unitPrice: Money;
  /** No discount brings a unit below this price. */
  minUnitPrice?: Money;
  /** The setup fee, once per line. */
  setupFee?: Money;
  /** When the service was ordered; absent: the quote's `at`. */
  orderedAt?: Instant;
  /** When the period begins; absent: when the line's transition takes effect, else the quote's `at`. */
  startsAt?: Instant;
  /** Further facts that the platform knows about the line, for rules; those of the registered plan are added. */
  attributes?: Attributes;
}

/** A cart snapshot, with what is known about its customer. */
export interface Cart {
  /** The currency of every price in the cart. */
  currency: Currency;
  /** The language of the answer; absent: the customer's, else the provider's default. */
  language?: Language;
  /** The instant of the quote; absent: now. */
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
  /** Further facts that the platform knows about the cart, for rules. */
  attributes?: Attributes;
  /** What the platform knows about the customer. */
  customer?: Customer;
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
  /**
   * The maximum number of nudges: what is missing for an advertised promotion, and what the cart would save by it.
   * @isInt
   * @minimum 1
   * @maximum 10
   */
  nudges?: number;
  /**
   * Whether offers carry their price in this cart and the line to add.
   * @default false
   */
  offerPrices?: boolean;
}

/**
 * A promo code as entered; beside blanks and invisible characters (Unicode category Cf) there must be something.
 * @pattern [^\s\u0085\p{Cf}]
 * @maxLength 200
 */
export type EnteredCode = string;
