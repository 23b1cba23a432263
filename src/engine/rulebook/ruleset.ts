import type { CartKeys } from '../vocabulary/keys';
import type { Plan } from '../vocabulary/plan';
import type { Draft } from './draft';
import { compileDraft } from './overlay';
import type { RelatedProductRule, Rulebook } from './rulebook';
import type { DiscountRule, PromotionRule } from './rules';
import type { UpgradePath } from './upgrade-path';

/** The rules that a quote is judged by: the stored ones, with those of a draft in the place of the ones that they replace. */
export interface Ruleset {
  readonly provider: Rulebook['provider'];
  readonly version: number;
  readonly plans: ReadonlyMap<string, Plan>;
  promotion(id: string): PromotionRule | undefined;
  discount(id: string): DiscountRule | undefined;
  /** Returns every promotion of every status. */
  promotions(): Iterable<PromotionRule>;
  /** Returns every discount of every status. */
  discounts(): Iterable<DiscountRule>;
  /** Returns the active discounts that a cart that brings these keys could get without a code. */
  discountsFor(brought: CartKeys): readonly DiscountRule[];
  /** Returns the active discounts of advertised promotions that a cart that brings these keys could get if their conditions were met. */
  advertisedFor(brought: CartKeys): readonly DiscountRule[];
  /** Returns the active related products that a cart that brings these keys could be offered. */
  relatedProductsFor(brought: CartKeys): readonly RelatedProductRule[];
  /** Returns the active upgrade paths to a target with these keys. */
  upgradePathsFor(brought: CartKeys): readonly UpgradePath[];
  /** Returns the active upgrade paths from a source with these keys. */
  upgradePathsFrom(brought: CartKeys): readonly UpgradePath[];
}

/** Returns the rules of a rulebook, with a draft laid over them where there is one. */
export function rulesOf(rulebook: Rulebook, draft: Draft | undefined): Ruleset {
  const { provider, version, plans } = rulebook;
  if (draft === undefined) {
    return {
      provider,
      version,
      plans,
      promotion: (id) => rulebook.promotions.get(id),
      discount: (id) => rulebook.discounts.get(id),
      promotions: () => rulebook.promotions.values(),
      discounts: () => rulebook.discounts.values(),
      discountsFor: (brought) => rulebook.discountIndex.find(brought),
      advertisedFor: (brought) => rulebook.advertisedIndex.find(brought),
      relatedProductsFor: (brought) => rulebook.relatedProductIndex.find(brought),
      upgradePathsFor: (brought) => rulebook.upgradePathIndex.find(brought),
      upgradePathsFrom: (brought) => rulebook.upgradeSourceIndex.find(brought),
    };
  }
  const { rules, replaced } = compileDraft(rulebook, draft);
  const stands = ({ id, promotion }: DiscountRule): boolean =>
    !replaced.has(id) && !(promotion !== undefined && replaced.has(promotion.id));
  const over = <T>(stored: Iterable<T>, holds: (rule: T) => boolean, unsaved: Iterable<T>): readonly T[] => [
    ...[...stored].filter(holds),
    ...unsaved,
  ];
  return {
    provider,
    version,
    plans,
    promotion: (id) => rules.promotions.get(id) ?? rulebook.promotions.get(id),
    discount: (id) => {
      const stored = rulebook.discounts.get(id);
      return rules.discounts.get(id) ?? (stored !== undefined && stands(stored) ? stored : undefined);
    },
    promotions: () => over(rulebook.promotions.values(), ({ id }) => !replaced.has(id), rules.promotions.values()),
    discounts: () => over(rulebook.discounts.values(), stands, rules.discounts.values()),
    discountsFor: (brought) => over(rulebook.discountIndex.find(brought), stands, rules.discountIndex.find(brought)),
    advertisedFor: (brought) =>
      over(rulebook.advertisedIndex.find(brought), stands, rules.advertisedIndex.find(brought)),
    relatedProductsFor: (brought) =>
      over(
        rulebook.relatedProductIndex.find(brought),
        ({ source }) => !replaced.has(source.id),
        rules.relatedProductIndex.find(brought),
      ),
    upgradePathsFor: (brought) =>
      over(
        rulebook.upgradePathIndex.find(brought),
        ({ id }) => !replaced.has(id),
        rules.upgradePathIndex.find(brought),
      ),
    upgradePathsFrom: (brought) =>
      over(
        rulebook.upgradeSourceIndex.find(brought),
        ({ id }) => !replaced.has(id),
        rules.upgradeSourceIndex.find(brought),
      ),
  };
}
