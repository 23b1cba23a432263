import type { ConditionBase } from './condition';

/** A valid code of this promotion is in the request. */
export interface PromoCodeCondition extends ConditionBase {
  /** The condition type. */
  type: 'promo_code';
}
