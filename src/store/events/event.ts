import type { EnteredCode } from '../../engine/cart/cart';
import type { Totals } from '../../engine/decision/quoted-line';
import type { Amounts, Currency, Money, MoneySum } from '../../engine/money/money';
import type { RefundedLine } from '../../engine/returns/answer';
import type { Instant } from '../../engine/time/instant';
import type { Id, Key, Name, Status, Term } from '../../engine/vocabulary/resource';

/**
 * An event's id: later ones in a provider's feed sort after earlier ones.
 * @pattern ^[0-9]{16}-[0-9a-z]{1,13}$
 */
export type EventId = string;

/** What may happen. */
export type EventType =
  | 'redemption.held'
  | 'redemption.confirmed'
  | 'redemption.cancelled'
  | 'redemption.expired'
  | 'redemption.replaced'
  | 'redemption.returned'
  | 'promotion.created'
  | 'promotion.updated'
  | 'promotion.archived'
  | 'promotion.started'
  | 'promotion.ended'
  | 'promotion.limit_reached'
  | 'promotion.budget_spent'
  | 'promo_code.used_up'
  | 'grant.created'
  | 'grant.used_up'
  | 'grant.ended'
  | 'grant.revoked'
  | 'catalog.imported';

/** Something that happened. */
export type FeedEvent =
  | RedemptionEvent
  | RedemptionReplacedEvent
  | RedemptionReturnedEvent
  | PromotionEvent
  | PromotionLimitEvent
  | PromotionBudgetEvent
  | PromoCodeEvent
  | GrantEvent
  | CatalogEvent;

/** What the database makes of every event. */
interface Placed {
  /** The event's id. */
  id: EventId;
  /** When it was written, by the database's clock. */
  at: Instant;
}

/** What becomes of a redemption. */
export interface RedemptionEvent extends Placed {
  /** What happened. */
  type: 'redemption.held' | 'redemption.confirmed' | 'redemption.cancelled' | 'redemption.expired';
  /** The redemption. */
  data: RedemptionFacts;
}

/** The cart of an order was changed. */
export interface RedemptionReplacedEvent extends Placed {
  /** What happened. */
  type: 'redemption.replaced';
  /** The redemption as it is now. */
  data: ReplacedRedemption;
}

/** Units of an order came back. */
export interface RedemptionReturnedEvent extends Placed {
  /** What happened. */
  type: 'redemption.returned';
  /** The redemption, and what came back. */
  data: ReturnedRedemption;
}

/** A promotion was written, or the time of its window has come while it was active. */
export interface PromotionEvent extends Placed {
  /** What happened. */
  type: 'promotion.created' | 'promotion.updated' | 'promotion.archived' | 'promotion.started' | 'promotion.ended';
  /** The promotion. */
  data: PromotionFacts;
}

/** A redemption took the last use of a promotion. */
export interface PromotionLimitEvent extends Placed {
  /** What happened. */
  type: 'promotion.limit_reached';
  /** The limit. */
  data: ReachedLimit;
}

/** A redemption took the rest of a promotion's budget. */
export interface PromotionBudgetEvent extends Placed {
  /** What happened. */
  type: 'promotion.budget_spent';
  /** The budget. */
  data: SpentBudget;
}

/** A redemption took the last use of a promo code. */
export interface PromoCodeEvent extends Placed {
  /** What happened. */
  type: 'promo_code.used_up';
  /** The code. */
  data: UsedUpCode;
}

/** What becomes of a grant. */
export interface GrantEvent extends Placed {
  /** What happened. */
  type: 'grant.created' | 'grant.used_up' | 'grant.ended' | 'grant.revoked';
  /** The grant. */
  data: GrantFacts;
}

/** The catalog was made equal to a document that changes something. */
export interface CatalogEvent extends Placed {
  /** What happened. */
  type: 'catalog.imported';
  /** What the document changed. */
  data: ImportedCatalog;
}

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
