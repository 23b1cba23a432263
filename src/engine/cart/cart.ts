import type { Currency, Money } from '../money/money';
import type { Instant, LocalDate, Period } from '../time/instant';
import type { Attributes } from '../vocabulary/attributes';
import type { Language } from '../vocabulary/localized-text';
import type { Term } from '../vocabulary/resource';
import type { Action } from '../vocabulary/selector';

/** What a quote explains: what concerns the codes sent, also every candidate that matches a line, or every active rule. */
export type Explain = 'codes' | 'candidates' | 'all';

/** A service that the customer has or had. */
export interface OwnedService {
  /** The type of service. */
  serviceType: Term;
  /** The plan. */
  plan?: Term;
  /**
   * The plan's groups.
   * @maxItems 50
   */
  planGroups?: Term[];
  /** The state of the service. */
  status: 'active' | 'processing' | 'stopped' | 'ordered' | 'deleted';
  /**
   * Whether it is paid.
   * @default false
   */
  paid?: boolean;
  /**
   * How many.
   * @isLong
   * @minimum 1
   * @maximum 1000000000
   * @default 1
   */
  quantity?: number;
  /** When it was activated. */
  activatedAt?: Instant;
  /** When it was ordered. */
  orderedAt?: Instant;
}

/** An entry of the customer's account. */
export interface AccountEntry {
  /** When it was booked. */
  at: Instant;
  /** How much. */
  amount: Money;
  /** In which currency. */
  currency: Currency;
}

/** What the platform knows of the customer; what is absent is a missing fact, an empty list is a fact. */
export interface Customer {
  /** The platform's id of the customer. */
  id?: Term;
  /** When the customer registered. */
  registeredAt?: Instant;
  /** The customer's language. */
  language?: Language;
  /**
   * The customer's groups.
   * @maxItems 100
   */
  groups?: Term[];
  /**
   * Orders placed before this one.
   * @isLong
   * @minimum 0
   */
  orderCount?: number;
  /** When the first service was activated, else ordered; wins over `services`. */
  firstServiceAt?: Instant;
  /**
   * The customer's services.
   * @maxItems 1000
   */
  services?: OwnedService[];
  /**
   * What the customer spent.
   * @maxItems 10000
   */
  expenses?: AccountEntry[];
  /**
   * What the customer paid in.
   * @maxItems 10000
   */
  payments?: AccountEntry[];
  /** What else the platform knows of the customer, for rules. */
  attributes?: Attributes;
}

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
  /** What else the platform knows of the line, for rules; those of the registered plan are added. */
  attributes?: Attributes;
}

/** The last invoice of a subscription. */
export interface LastInvoice {
  /** Its amount, in the subscription's currency. */
  amount: Money;
  /** The first day that it covers. */
  from: LocalDate;
  /** The last day that it covers; not before `from`. */
  to: LocalDate;
}

/** A subscription that the customer holds. */
export interface Subscription {
  /** The platform's id of the subscription. */
  id: Term;
  /**
   * The title for customers.
   * @maxLength 500
   */
  title?: string;
  /**
   * Only an active subscription can change over.
   * @default "active"
   */
  status?: 'active' | 'cancelled' | 'ended';
  /** The type of service. */
  serviceType?: Term;
  /** The plan. */
  plan?: Term;
  /**
   * The subscription's tags; those of the registered plan are added.
   * @maxItems 50
   */
  tags?: Term[];
  /** The price of one interval. */
  price: Money;
  /** The currency of the price. */
  currency: Currency;
  /** How often it is booked. */
  interval: Period;
  /** How long it is bound. */
  term?: Period;
  /** When it began. */
  startedAt: Instant;
  /** When it was last booked. */
  lastBookingAt?: Instant;
  /** When it is booked next. */
  nextBookingAt: Instant;
  /** When its term ends. */
  termEndsAt?: Instant;
  /** Its last invoice. */
  lastInvoice?: LastInvoice;
}

/** What the customer chose for a line that an upgrade path concerns. */
export interface TransitionChoice {
  /** The line that is bought. */
  lineId: Term;
  /** The subscription to change over. */
  subscriptionId?: Term;
  /** Whether the subscription changes over, or is kept and the target bought in addition. */
  choice: 'convert' | 'keep';
}

/**
 * What the customer chose, at most once for each line.
 * @maxItems 500
 */
export type TransitionChoices = TransitionChoice[];

/** A cart snapshot, with what is known of its customer. */
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
  /** What else the platform knows of the cart, for rules. */
  attributes?: Attributes;
  /** What the platform knows of the customer. */
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
   * How many nudges the answer may tell: what is missing for an advertised promotion, and what the cart would save by it.
   * @isInt
   * @minimum 1
   * @maximum 10
   */
  nudges?: number;
  /**
   * Whether offers tell what they would cost in this cart, with the line to add.
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
