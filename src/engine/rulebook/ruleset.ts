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
  if (draft === undefined) return new StoredRules(rulebook);
  const { provider, version, plans } = rulebook;
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

/** The rules of a rulebook as they are. A class: every quote asks for one, and a literal of closures is made of twelve. */
class StoredRules implements Ruleset {
  readonly provider: Rulebook['provider'];
  readonly version: number;
  readonly plans: ReadonlyMap<string, Plan>;

  constructor(private readonly rulebook: Rulebook) {
    this.provider = rulebook.provider;
    this.version = rulebook.version;
    this.plans = rulebook.plans;
  }

  promotion(id: string): PromotionRule | undefined {
    return this.rulebook.promotions.get(id);
  }

  discount(id: string): DiscountRule | undefined {
    return this.rulebook.discounts.get(id);
  }

  promotions(): Iterable<PromotionRule> {
    return this.rulebook.promotions.values();
  }

  discounts(): Iterable<DiscountRule> {
    return this.rulebook.discounts.values();
  }

  discountsFor(brought: CartKeys): readonly DiscountRule[] {
    return this.rulebook.discountIndex.find(brought);
  }

  advertisedFor(brought: CartKeys): readonly DiscountRule[] {
    return this.rulebook.advertisedIndex.find(brought);
  }

  relatedProductsFor(brought: CartKeys): readonly RelatedProductRule[] {
    return this.rulebook.relatedProductIndex.find(brought);
  }

  upgradePathsFor(brought: CartKeys): readonly UpgradePath[] {
    return this.rulebook.upgradePathIndex.find(brought);
  }

  upgradePathsFrom(brought: CartKeys): readonly UpgradePath[] {
    return this.rulebook.upgradeSourceIndex.find(brought);
  }
}
