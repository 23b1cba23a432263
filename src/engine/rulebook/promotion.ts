import type { Condition } from '../conditions/index';
import type { Amounts } from '../money/money';
import type { Instant } from '../time/instant';
import type { Metadata } from '../vocabulary/attributes';
import type { LocalizedText } from '../vocabulary/localized-text';
import type { Key, Name, Note, ServerMade, Status, Stored, Term } from '../vocabulary/resource';
import type { Warned } from '../vocabulary/warning';
import type { Discount, DiscountInput } from './discount';
import type { RuleUsage } from './rule-usage';

/** How often, and for how much money, a promotion may be redeemed; never exceeded under any concurrency. */
export interface Limits {
  /**
   * Redemptions in all.
   * @isLong
   * @minimum 1
   */
  total?: number;
  /**
   * Redemptions per customer.
   * @isLong
   * @minimum 1
   */
  perCustomer?: number;
  /** The money that the promotion may take off in all, per currency; a use that would overdraw it is declined. */
  budget?: Amounts;
}

/** The client-supplied fields of a promotion itself, without its nested lists. */
export interface PromotionFields {
  /** The name for the back office and for answers. */
  name: Name;
  /** The client's key. */
  key?: Key;
  /** The title for customers. */
  title?: LocalizedText;
  /** The words on the invoice. */
  billingDescription?: LocalizedText;
  /** A note for the back office. */
  note?: Note;
  /**
   * Only an active promotion takes part.
   * @default "active"
   */
  status?: Status;
  /** Inclusive start. */
  startsAt?: Instant;
  /** Exclusive end. */
  endsAt?: Instant;
  /**
   * Higher values come first.
   * @isInt
   * @default 0
   */
  priority?: number;
  /**
   * Whether it applies alone: of the exclusive promotions only the first one, and nothing else.
   * @default false
   */
  exclusive?: boolean;
  /**
   * Whether quotes may advertise it with a nudge that says what is missing.
   * @default false
   */
  advertise?: boolean;
  /** Of the discounts that share a stacking group only the first applies to a line. */
  stackingGroup?: Term;
  /**
   * The plans that the promotion is attached to; absent: all.
   * @maxItems 1000
   */
  plans?: Term[];
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
  /** Usage limits. */
  limits?: Limits;
}

/** A promotion to save; its nested lists are created, replaced and removed with it, in one transaction. */
export interface PromotionInput extends PromotionFields, ServerMade, Warned {
  /** How much of it is used; ignored in a write. */
  usage?: RuleUsage;
  /**
   * When the promotion applies: every group, and every condition without a group, must hold.
   * @maxItems 200
   */
  conditions?: Condition[];
  /**
   * What the promotion takes off.
   * @maxItems 200
   */
  discounts?: DiscountInput[];
}

/** A stored promotion with its conditions and discounts. */
export interface Promotion extends PromotionFields, Stored, Warned {
  /** How much of it is used; in reads of one, and of lists with `usage=true`. */
  usage?: RuleUsage;
  /**
   * When the promotion applies.
   * @maxItems 200
   */
  conditions: Condition[];
  /**
   * What the promotion takes off, with what customers keep of what it took off before.
   * @maxItems 100000
   */
  discounts: Discount[];
}
