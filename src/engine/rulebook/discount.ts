import type { Condition } from '../conditions/index';
import type { DiscountScope } from '../discount-values/discount-value';
import type { DiscountValue } from '../discount-values/index';
import type { Instant, Period } from '../time/instant';
import type { Metadata } from '../vocabulary/attributes';
import type { Id, Key, Name, Note, ServerMade, Status, Stored, Term } from '../vocabulary/resource';
import type { Selector } from '../vocabulary/selector';
import type { Warned } from '../vocabulary/warning';
import type { RuleUsage } from './rule-usage';

/** A charge of a line: its recurring price, or its setup fee (once per line). */
export type Charge = 'recurring' | 'setup';

/** Whether a discount that ends inside the line's period covers all of it, or only the part until its end. */
export type Coverage = 'whole_period' | 'until_end';

/** The owner of a discount once it is redeemed: the customer for all lines, or each line's service for its own. */
export type KeptFor = 'customer' | 'service';

/** What must be bought to earn the discount: every `quantity` matching units free `maxUnits` (default 1) units. */
export interface Buy {
  /** Which lines count as bought. */
  selector: Selector;
  /**
   * How many units one bundle needs.
   * @isInt
   * @minimum 1
   * @maximum 1000000
   */
  quantity: number;
  /**
   * Whether every further bundle earns again.
   * @default true
   */
  repeat?: boolean;
  /**
   * The maximum number of bundles; not allowed with `repeat: false`, which means one.
   * @isInt
   * @minimum 1
   * @maximum 1000000
   */
  maxRepeats?: number;
}

/** Which units come first where not all are taken. */
export type UnitOrder = 'cheapest_first' | 'dearest_first';

/** The recipients of the discount: any of these customers or groups. */
export interface Recipients {
  /**
   * Customer ids.
   * @maxItems 10000
   */
  customers?: Term[];
  /**
   * Customer groups.
   * @maxItems 10000
   */
  groups?: Term[];
}

/** The client-supplied fields of a discount. */
export interface DiscountFields {
  /** The promotion that the discount is part of; absent: a global discount. Ignored inside a promotion's own list. */
  promotionId?: Id;
  /** The name for the back office and for answers. */
  name: Name;
  /** The client's key. */
  key?: Key;
  /** A note for the back office. */
  note?: Note;
  /** What is taken off. */
  value: DiscountValue;
  /**
   * What the value is counted on.
   * @default "line"
   */
  scope?: DiscountScope;
  /** Which lines are discounted; absent: all. */
  selector?: Selector;
  /**
   * The maximum number of units to discount, in `unitOrder`; per bundle with `buy`; whole sets only with `set_price`.
   * @isInt
   * @minimum 1
   * @maximum 1000000
   */
  maxUnits?: number;
  /**
   * Which units `maxUnits` or a bundle takes, by list price.
   * @default "cheapest_first"
   */
  unitOrder?: UnitOrder;
  /** What must be bought to earn the discount. */
  buy?: Buy;
  /**
   * The charges that are discounted; absent: the recurring one.
   * @minItems 1
   * @uniqueItems true
   * @maxItems 2
   */
  charges?: Charge[];
  /** The recipients; absent: everyone. */
  recipients?: Recipients;
  /**
   * Higher values come first; absent: the promotion's.
   * @isInt
   */
  priority?: number;
  /** Inclusive start. */
  startsAt?: Instant;
  /** Exclusive end. */
  endsAt?: Instant;
  /** How long a customer keeps the discount once redeemed (a grant). */
  validity?: Period;
  /**
   * For how many payments a customer keeps the discount, the redeemed one included; with `validity`, whichever ends first.
   * @isInt
   * @minimum 1
   * @maximum 1000
   */
  payments?: number;
  /**
   * Whether the customer keeps the discount for all services, or each service keeps its own.
   * @default "customer"
   */
  keptFor?: KeptFor;
  /**
   * Whether what the cart could not take stays with the customer as a balance; for `amount_off` with scope `order`.
   * @default false
   */
  carryOver?: boolean;
  /**
   * What a discount that ends inside the line's period covers.
   * @default "whole_period"
   */
  coverage?: Coverage;
  /**
   * Only an active discount takes part.
   * @default "active"
   */
  status?: Status;
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
  /**
   * When the discount applies; of a global discount one of the ungrouped conditions is enough.
   * @maxItems 200
   */
  conditions?: Condition[];
}

/** A discount to save: part of a promotion where `promotionId` says so, else a global discount with its own conditions. */
export interface DiscountInput extends DiscountFields, ServerMade, Warned {
  /** How much of it is used; ignored in a write. */
  usage?: RuleUsage;
}

/** A stored discount. */
export interface Discount extends DiscountFields, Stored, Warned {
  /** How much of a global discount is used; in reads of one, and of lists with `usage=true`. */
  usage?: RuleUsage;
}
