import { type ConditionGroup, prepareGroups } from '../conditions/groups';
import type { Language } from '../vocabulary/localized-text';
import type { Plan } from '../vocabulary/plan';
import type { Settings } from '../vocabulary/provider';
import { inOrder, isActive } from '../vocabulary/resource';
import type { Discount } from './discount';
import { KeyIndex } from './key-index';
import type { Promotion } from './promotion';
import type { RelatedProduct } from './related-product';
import {
  type DiscountRule,
  discountKeys,
  narrowest,
  type PromotionRule,
  prepareDiscount,
  preparePromotion,
  requiredKeys,
} from './rules';
import type { UpgradePath } from './upgrade-path';

/** Everything that one provider has saved, as the store reads it; rules of every status. */
export interface Catalog {
  /** The provider's id, zone, language and settings with their defaults filled in. */
  provider: { id: string; timeZone: string; defaultLanguage: Language; settings: Settings };
  /** Counts the provider's catalog writes. */
  version: number;
  /** Promotions with their conditions and discounts. */
  promotions: readonly Promotion[];
  /** Global discounts. */
  discounts: readonly Discount[];
  /** Related products. */
  relatedProducts: readonly RelatedProduct[];
  /** Upgrade paths. */
  upgradePaths: readonly UpgradePath[];
  /** Registered plans. */
  plans: readonly Plan[];
}

/** A related product made ready to be offered. */
export interface RelatedProductRule {
  readonly source: RelatedProduct;
  readonly groups: readonly ConditionGroup[];
}

/** A catalog made ready for quotes: rules prepared, and indexed by what a cart must bring for them. */
export interface Rulebook {
  readonly provider: Catalog['provider'];
  readonly version: number;
  readonly plans: ReadonlyMap<string, Plan>;
  /** Promotions of every status, by id. */
  readonly promotions: ReadonlyMap<string, PromotionRule>;
  /** Discounts of every status, global or of a promotion, by id. */
  readonly discounts: ReadonlyMap<string, DiscountRule>;
  /** Related products of every status, by id. */
  readonly relatedProducts: ReadonlyMap<string, RelatedProductRule>;
  /** Upgrade paths of every status, by id. */
  readonly upgradePaths: ReadonlyMap<string, UpgradePath>;
  /** Active discounts that need no code, by what a cart must bring. */
  readonly discountIndex: KeyIndex<DiscountRule>;
  /** Active related products, by what a cart must bring. */
  readonly relatedProductIndex: KeyIndex<RelatedProductRule>;
  /** Active upgrade paths by target tag. */
  readonly upgradePathIndex: KeyIndex<UpgradePath>;
  /** Active upgrade paths by source tag. */
  readonly upgradeSourceIndex: KeyIndex<UpgradePath>;
}

/**
 * Compiles a catalog; an unknown condition or value type is an error. What is the same object as in the rulebook `before`
 * is taken from there as it is.
 */
export function compileRulebook(catalog: Catalog, before?: Rulebook): Rulebook {
  const promotions = inOrder(catalog.promotions).map((source) => {
    const known = before?.promotions.get(source.id);
    return known?.source === source ? known : preparePromotion(source);
  });
  const globals = inOrder(catalog.discounts).map((source) => {
    const known = before?.discounts.get(source.id);
    return known?.source === source ? known : prepareDiscount(source);
  });
  const discounts = [...promotions.flatMap((promotion) => promotion.discounts), ...globals];
  const relatedProducts = catalog.relatedProducts.map((source): RelatedProductRule => {
    const known = before?.relatedProducts.get(source.id);
    return known?.source === source ? known : { source, groups: prepareGroups(source.conditions, 'each') };
  });
  return {
    provider: catalog.provider,
    version: catalog.version,
    plans: new Map(catalog.plans.map((plan) => [plan.id, plan])),
    promotions: byId(promotions, ({ id }) => id),
    discounts: byId(discounts, ({ id }) => id),
    relatedProducts: byId(relatedProducts, ({ source }) => source.id),
    upgradePaths: byId(catalog.upgradePaths, ({ id }) => id),
    discountIndex: new KeyIndex(
      discounts.filter((discount) => discount.isActive && mayApplyUnasked(discount.promotion)),
      discountKeys,
    ),
    relatedProductIndex: new KeyIndex(
      relatedProducts.filter(({ source }) => isActive(source)),
      ({ groups }) => narrowest(requiredKeys(groups)),
    ),
    upgradePathIndex: new KeyIndex(catalog.upgradePaths.filter(isActive), ({ targets }) => [
      { kind: 'tag', values: targets },
    ]),
    upgradeSourceIndex: new KeyIndex(catalog.upgradePaths.filter(isActive), ({ sources }) => [
      { kind: 'tag', values: sources },
    ]),
  };
}

function mayApplyUnasked(promotion: PromotionRule | undefined): boolean {
  return promotion === undefined || (promotion.isActive && !promotion.needsCode);
}

function byId<T>(rules: readonly T[], id: (rule: T) => string): ReadonlyMap<string, T> {
  return new Map(rules.map((rule) => [id(rule), rule]));
}
