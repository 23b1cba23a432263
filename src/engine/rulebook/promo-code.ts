import type { Instant } from '../time/instant';
import type { Metadata } from '../vocabulary/attributes';
import type { Id, ServerMade, Status, Stored, Term } from '../vocabulary/resource';
import type { Warned } from '../vocabulary/warning';
import type { RuleUsage } from './rule-usage';

/** The client-supplied fields of a promo code. */
export interface PromoCodeFields {
  /**
   * The code; trimmed, without invisible characters (Unicode category Cf), compared by full case folding, unique per
   * provider.
   * @pattern ^[\s\u0085\p{Cf}]*[^\s\u0085\p{Cf}](.{0,98}[^\s\u0085\p{Cf}])?[\s\u0085\p{Cf}]*$
   * @maxLength 200
   */
  code: string;
  /**
   * Only an active code counts.
   * @default "active"
   */
  status?: Status;
  /** Inclusive start. */
  startsAt?: Instant;
  /** Exclusive end. */
  endsAt?: Instant;
  /**
   * Redemptions in all.
   * @isLong
   * @minimum 1
   */
  maxRedemptions?: number;
  /**
   * Redemptions per customer.
   * @isLong
   * @minimum 1
   */
  maxRedemptionsPerCustomer?: number;
  /** The only customer who may use the code. */
  customerId?: Term;
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
  /** Names codes that belong together, so that they can be found and changed at once. */
  batch?: Term;
}

/** A promo code to save. */
export interface PromoCodeInput extends PromoCodeFields, ServerMade, Warned {
  /** How much of it is used; ignored in a write. */
  usage?: RuleUsage;
  /** The promotion that the code belongs to; ignored in a write, the path says it. */
  promotionId?: Id;
  /**
   * How often the code has been redeemed or is held; ignored in a write.
   * @isLong
   */
  redemptions?: number;
}

/** A stored promo code. */
export interface PromoCode extends PromoCodeFields, Stored, Warned {
  /** How much of it is used; in reads of one, and of lists with `usage=true`. */
  usage?: RuleUsage;
  /** The promotion that the code belongs to. */
  promotionId: Id;
  /**
   * How often the code has been redeemed or is held.
   * @isLong
   */
  redemptions: number;
}
