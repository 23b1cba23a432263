import type { CartKeys } from '../vocabulary/keys';
import type { Plan } from '../vocabulary/plan';
import type { DiscountRule, PromotionRule, RelatedProductRule } from './rules';
import type { Catalog } from './saved';
import type { UpgradePath } from './upgrade-path';

/** The rules that a quote is judged by: the stored ones, with those of a draft in the place of the ones that they replace. */
export interface Ruleset {
  readonly provider: Catalog['provider'];
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
