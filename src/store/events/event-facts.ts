import type { EnteredCode } from '../../engine/cart/cart';
import type { Totals } from '../../engine/decision/quoted-line';
import type { Amounts, Currency, Money, MoneySum } from '../../engine/money/money';
import type { RefundedLine } from '../../engine/returns/answer';
import type { Instant } from '../../engine/time/instant';
import type { Id, Key, Name, Status, Term } from '../../engine/vocabulary/resource';

/** What an event tells of a redemption. */
export interface RedemptionFacts {
  /** The redemption. */
  redemptionId: Id;
  /** The platform's order. */
  orderId: Term;
  /** The customer, where the order names one and has not been forgotten since. */
  customerId?: Term;
  /** The currency of its amounts. */
  currency: Currency;
  /** Its amounts, setup fees included. */
  totals: Totals;
  /** Until when it is held, or was. */
  expiresAt?: Instant;
}

/** A redemption whose cart was changed. */
export interface ReplacedRedemption extends RedemptionFacts {
  /** Its amounts before. */
  before: Totals;
}

/** A redemption of which units came back. */
export interface ReturnedRedemption extends RedemptionFacts {
  /** The money that goes back for these units. */
  refund: MoneySum;
  /**
   * The units that came back this time.
   * @maxItems 500
   */
  lines: RefundedLine[];
}

/** What an event tells of a promotion. */
export interface PromotionFacts {
  /** The promotion. */
  promotionId: Id;
  /** The client's key. */
  key?: Key;
  /** The name for the back office. */
  name: Name;
  /** Whether it takes part. */
  status: Status;
  /** Inclusive start. */
  startsAt?: Instant;
  /** Exclusive end. */
  endsAt?: Instant;
  /**
   * Counts its writes.
   * @isInt
   */
  version: number;
  /** Whether it is gone for good. */
  removed?: boolean;
}

/** A promotion without a use left. */
export interface ReachedLimit {
  /** The promotion. */
  promotionId: Id;
  /**
   * How often it may be used in all.
   * @isLong
   */
  limit: number;
}

/** A promotion without money left. */
export interface SpentBudget {
  /** The promotion. */
  promotionId: Id;
  /** The currency whose budget is spent. */
  currency: Currency;
  /** The budget. */
  budget: Money;
}

/** A promo code without a use left. */
export interface UsedUpCode {
  /** The code's id. */
  promoCodeId: Id;
  /** Its promotion. */
  promotionId: Id;
  /** The code. */
  code: EnteredCode;
  /**
   * How often it may be used.
   * @isLong
   */
  maxRedemptions: number;
}

/** What an event tells of a grant. */
export interface GrantFacts {
  /** The grant. */
  grantId: Id;
  /** The customer who keeps, or kept, the discount; absent: was forgotten since. */
  customerId?: Term;
  /** The discount. */
  discountId: Id;
  /**
   * The only service that it is kept for.
   * @minLength 1
   * @maxLength 255
   */
  serviceId?: string;
  /** The redemption that it came from. */
  redemptionId?: Id;
  /** Inclusive start. */
  startsAt: Instant;
  /** Exclusive end; absent: as long as something is left. */
  endsAt?: Instant;
  /**
   * For how many payments it was given.
   * @isLong
   */
  payments?: number;
  /** The money that was given. */
  balance?: Amounts;
}

/** What a document changed, in resources. */
export interface ImportedCatalog {
  /**
   * The version that the catalog has now.
   * @isLong
   */
  catalogVersion: number;
  /**
   * New ones.
   * @isLong
   */
  created: number;
  /**
   * Different ones.
   * @isLong
   */
  changed: number;
  /**
   * Archived and removed ones.
   * @isLong
   */
  archived: number;
}
