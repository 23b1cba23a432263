import type { Currency, Money } from '../money/money';
import type { Instant, LocalDate, Period } from '../time/instant';
import type { Term } from '../vocabulary/resource';

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
