import type { AttributeChoice } from './attributes';
import type { Id, Name, Term, TypeName } from './resource';

/** Why a rule or a code does not apply. */
export type Reason =
  | 'promo_code_unknown'
  | 'promo_code_not_started'
  | 'promo_code_expired'
  | 'promo_code_used_up'
  | 'promo_code_not_yours'
  | 'promo_code_no_effect'
  | 'one_code_per_order'
  | 'promotion_inactive'
  | 'outside_window'
  | 'limit_reached'
  | 'budget_spent'
  | 'condition_unmet'
  | 'missing_fact'
  | 'expression_failed'
  | 'no_matching_line'
  | 'not_recipient'
  | 'currency_not_priced'
  | 'outranked'
  | 'excluded'
  | 'plan_not_attached'
  | 'no_effect';

/** A condition that does not hold, with its numbers. */
export interface UnmetCondition {
  /** The condition. */
  conditionId: Id;
  /** Its type. */
  type: Term;
  /** The name of the provider's type, where the type is `custom`; never with a publishable key. */
  name?: TypeName;
  /** The title of the provider's type. */
  title?: Name;
  /** Whose attribute it is about. */
  of?: 'cart' | 'customer' | 'line';
  /** Its group. */
  group?: Term;
  /** Whether it is negated. */
  negate?: boolean;
  /** `missing_fact`, `expression_failed`, `currency_not_priced` or `limit_reached`; absent: it is simply not met. */
  reason?: Reason;
  /**
   * The JSON pointer of the missing fact in the request.
   * @maxLength 1000
   */
  pointer?: string;
  /** What the request says, an attribute as it was sent; of a list the first 20 entries. */
  actual?: ToldText | number | boolean | ToldTexts;
  /**
   * How many more entries of the request's list `actual` leaves out.
   * @isInt
   */
  furtherActual?: number;
  /** What the condition asks for; of a list the first 20 entries. */
  required?: ToldText | number | boolean | ToldChoices;
  /**
   * How many more entries of the condition's list `required` leaves out.
   * @isInt
   */
  furtherRequired?: number;
  /** How much is missing, for `gte` and `eq`. */
  missing?: ToldText | number;
}

/**
 * A number, an age or a list as words.
 * @maxLength 10000
 */
export type ToldText = string;

/**
 * The first texts of an attribute.
 * @maxItems 20
 */
export type ToldTexts = ToldText[];

/**
 * The first values that a condition asks for.
 * @maxItems 20
 */
export type ToldChoices = AttributeChoice[];
