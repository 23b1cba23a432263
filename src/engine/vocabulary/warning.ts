/** A likely mistake in a rule; each code has its section in `docs/lint.md`. */
export type WarningCode =
  | 'code_condition_without_codes'
  | 'condition_never_holds'
  | 'conditions_exclude_each_other'
  | 'group_required_and_refused'
  | 'no_common_currency'
  | 'order_discount_always_loses'
  | 'outside_promotion_window'
  | 'per_customer_above_total'
  | 'selector_matches_nothing'
  | 'shadowed_by_exclusive'
  | 'tag_without_plan'
  | 'tier_never_reached'
  | 'unregistered_plan';

/** A likely mistake in a rule that is sound enough to be stored. */
export interface Warning {
  /** Stable and machine-readable. */
  code: WarningCode;
  /**
   * The JSON pointer in the resource.
   * @maxLength 1000
   */
  pointer: string;
  /**
   * What is likely wrong, for people.
   * @maxLength 2000
   */
  detail: string;
}

/** The most warnings of one resource. */
export const MOST_WARNINGS = 100;

/** What the answer to a write has beside the resource. */
export interface Warned {
  /**
   * Likely mistakes, in the answer to a write; absent: none were found. Ignored in a write.
   * @maxItems 100
   */
  warnings?: Warning[];
}
