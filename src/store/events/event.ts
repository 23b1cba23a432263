import type { Instant } from '../../engine/time/instant';
import type {
  GrantFacts,
  ImportedCatalog,
  PromotionFacts,
  ReachedLimit,
  RedemptionFacts,
  ReplacedRedemption,
  ReturnedRedemption,
  SpentBudget,
  UsedUpCode,
} from './event-facts';

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
