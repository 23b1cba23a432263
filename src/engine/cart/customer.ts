import type { Currency, Money } from '../money/money';
import type { Instant } from '../time/instant';
import type { Attributes } from '../vocabulary/attributes';
import type { Language } from '../vocabulary/localized-text';
import type { Term } from '../vocabulary/resource';

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

/** What the platform knows about the customer; what is absent is a missing fact, an empty list is a fact. */
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
  /** Further facts that the platform knows about the customer, for rules. */
  attributes?: Attributes;
}
