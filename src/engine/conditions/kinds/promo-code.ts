import { type ConditionBase, type ConditionKind, verdict } from '../condition';

/** A valid code of this promotion is in the request. */
export interface PromoCodeCondition extends ConditionBase {
  /** The condition type. */
  type: 'promo_code';
}

/** Promo code. */
export const promoCode: ConditionKind<PromoCodeCondition> = {
  title: 'Promo code',
  needsCode: true,
  prepare: () => (_cart, rule) => verdict(rule.hasCode),
};
