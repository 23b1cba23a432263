import { type CustomTypes, NO_CUSTOM_TYPES } from '../cart/custom-types';
import { type ConditionGroup, prepareGroups } from '../conditions/groups';
import type { Keys } from '../vocabulary/keys';
import type { Language } from '../vocabulary/localized-text';
import type { Plan } from '../vocabulary/plan';
import type { Settings } from '../vocabulary/provider';
import { inOrder, isActive } from '../vocabulary/resource';
import { type CustomUser, usesCustomTypes } from './custom-parts';
import type { Discount } from './discount';
import { KeyIndex } from './key-index';
import type { Promotion } from './promotion';
import type { RelatedProduct } from './related-product';
import {
  type DiscountRule,
  discountKeys,
  keysOfAdvertised,
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
  /** The kinds of conditions and values that the provider defined. */
  readonly types: CustomTypes;
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
  /** Active discounts of active promotions that are advertised, by what a cart must bring beside what is still to be met. */
  readonly advertisedIndex: KeyIndex<DiscountRule>;
  /** Active related products, by what a cart must bring. */
  readonly relatedProductIndex: KeyIndex<RelatedProductRule>;
  /** Active upgrade paths by target tag. */
  readonly upgradePathIndex: KeyIndex<UpgradePath>;
  /** Active upgrade paths by source tag. */
  readonly upgradeSourceIndex: KeyIndex<UpgradePath>;
}

/**
 * Compiles a catalog; an unknown condition or value type is an error. What is the same object as in the rulebook `before`
 * is taken from there as it is, unless it is of a type that changed.
 */
export function compileRulebook(catalog: Catalog, before?: Rulebook, types = NO_CUSTOM_TYPES): Rulebook {
  const steps = compileInSteps(catalog, before, types);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How many rules are compiled in one step. */
const AT_ONCE = 50;

/** Returns the same in steps, between which others may be let in: a large catalog takes seconds. */
export function* compileInSteps(
  catalog: Catalog,
  before: Rulebook | undefined,
  types: CustomTypes,
): Generator<undefined, Rulebook> {
  const stays = <R extends { readonly source: CustomUser }>(known: R | undefined, source: R['source']): known is R =>
    known?.source === source && (before?.types === types || !usesCustomTypes(source));
  const promotions = yield* each(inOrder(catalog.promotions), (source) => {
    const known = before?.promotions.get(source.id);
    return stays(known, source) ? known : preparePromotion(source, types);
  });
  const globals = yield* each(inOrder(catalog.discounts), (source) => {
    const known = before?.discounts.get(source.id);
    return stays(known, source) ? known : prepareDiscount(source, types);
  });
  const discounts = [...promotions.flatMap((promotion) => promotion.discounts), ...globals];
  const relatedProducts = yield* each(catalog.relatedProducts, (source): RelatedProductRule => {
    const known = before?.relatedProducts.get(source.id);
    return stays(known, source) ? known : { source, groups: prepareGroups(source.conditions, 'each', types) };
  });
  const asked = discounts.filter((discount) => discount.isActive && mayApplyUnasked(discount.promotion));
  const advertised = discounts.filter(
    ({ isActive: active, promotion }) => active && promotion?.isActive && promotion.source.advertise,
  );
  const paths = catalog.upgradePaths.filter(isActive);
  return {
    provider: catalog.provider,
    version: catalog.version,
    types,
    plans: yield* byId(catalog.plans, ({ id }) => id),
    promotions: yield* byId(promotions, ({ id }) => id),
    discounts: yield* byId(discounts, ({ id }) => id),
    relatedProducts: yield* byId(relatedProducts, ({ source }) => source.id),
    upgradePaths: yield* byId(catalog.upgradePaths, ({ id }) => id),
    discountIndex: yield* indexed(asked, discountKeys),
    advertisedIndex: yield* indexed(advertised, keysOfAdvertised),
    relatedProductIndex: yield* indexed(
      relatedProducts.filter(({ source }) => isActive(source)),
      ({ groups }) => narrowest(requiredKeys(groups)),
    ),
    upgradePathIndex: yield* indexed(paths, ({ targets }) => [{ kind: 'tag', values: targets }]),
    upgradeSourceIndex: yield* indexed(paths, ({ sources }) => [{ kind: 'tag', values: sources }]),
  };
}

function* each<T, R>(entries: readonly T[], make: (entry: T) => R): Generator<undefined, R[]> {
  const made: R[] = [];
  for (const entry of entries) {
    made.push(make(entry));
    if (made.length % AT_ONCE === 0) yield;
  }
  return made;
}

function* byId<T>(rules: readonly T[], id: (rule: T) => string): Generator<undefined, ReadonlyMap<string, T>> {
  const map = new Map<string, T>();
  yield* each(rules, (rule) => map.set(id(rule), rule));
  return map;
}

function* indexed<T>(
  rules: readonly T[],
  keysOf: (rule: T) => readonly Keys[] | undefined,
): Generator<undefined, KeyIndex<T>> {
  const index = new KeyIndex<T>();
  yield* each(rules, (rule) => index.add(rule, keysOf(rule)));
  return index;
}

function mayApplyUnasked(promotion: PromotionRule | undefined): boolean {
  return promotion === undefined || (promotion.isActive && !promotion.needsCode);
}
