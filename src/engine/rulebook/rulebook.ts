import type { CustomTypes } from '../cart/custom-types';
import type { SharedIndex } from '../indexing/shared-index';
import type { CartKeys } from '../vocabulary/keys';
import type { Plan } from '../vocabulary/plan';
import type { Discount } from './discount';
import type { FiledPromotion, FiledRule } from './filing';
import type { Promotion } from './promotion';
import type { RelatedProduct } from './related-product';
import type { DiscountRule, PromotionRule, RelatedProductRule } from './rules';
import type { Ruleset } from './ruleset';
import { type Catalog, type Held, type HeldRule, ready, rulesIn } from './saved';
import type { UpgradePath } from './upgrade-path';

/** Stored rules by what names them. */
export interface KeyedRules {
  has(id: string): boolean;
  idOf(key: string): string | undefined;
}

type HeldPromotion = HeldRule<Promotion, FiledPromotion, PromotionRule>;

/** The rules of a rulebook by their ids. */
export interface Shelves {
  readonly promotions: ReadonlyMap<string, HeldPromotion>;
  readonly globals: ReadonlyMap<string, HeldRule<Discount, FiledRule, DiscountRule>>;
  /** Global ones and those of promotions. */
  readonly discounts: ReadonlyMap<string, Held<DiscountRule>>;
  readonly relatedProducts: ReadonlyMap<string, HeldRule<RelatedProduct, FiledRule, RelatedProductRule>>;
  readonly upgradePaths: ReadonlyMap<string, UpgradePath>;
}

/** The same, filed by what a cart must bring. */
export interface HeldRules extends Shelves {
  readonly asked: SharedIndex<Held<DiscountRule>>;
  readonly advertised: SharedIndex<Held<DiscountRule>>;
  readonly offered: SharedIndex<Held<RelatedProductRule>>;
  readonly pathsByTarget: SharedIndex<UpgradePath>;
  readonly pathsBySource: SharedIndex<UpgradePath>;
}

/** How many rules are prepared in one step. */
const AT_ONCE = 50;

/** A catalog made ready for quotes: indexed by what a cart must bring; a rule is read and prepared when it is first met. */
export class Rulebook implements Ruleset {
  #allPrepared = false;

  constructor(
    readonly provider: Catalog['provider'],
    readonly version: number,
    /** The kinds of conditions and values that the provider defined. */
    readonly types: CustomTypes,
    readonly plans: ReadonlyMap<string, Plan>,
    readonly held: HeldRules,
  ) {}

  promotion(id: string): PromotionRule | undefined {
    return this.held.promotions.get(id)?.rule;
  }

  discount(id: string): DiscountRule | undefined {
    return this.held.discounts.get(id)?.rule;
  }

  promotions(): Iterable<PromotionRule> {
    return rulesIn(this.held.promotions.values());
  }

  discounts(): Iterable<DiscountRule> {
    return rulesIn(this.held.discounts.values());
  }

  /** Returns every related product of every status. */
  relatedProducts(): Iterable<RelatedProductRule> {
    return rulesIn(this.held.relatedProducts.values());
  }

  /** Returns every upgrade path of every status. */
  upgradePaths(): Iterable<UpgradePath> {
    return this.held.upgradePaths.values();
  }

  discountsFor(brought: CartKeys): readonly DiscountRule[] {
    return ready(this.held.asked.find(brought));
  }

  advertisedFor(brought: CartKeys): readonly DiscountRule[] {
    return ready(this.held.advertised.find(brought));
  }

  relatedProductsFor(brought: CartKeys): readonly RelatedProductRule[] {
    return ready(this.held.offered.find(brought));
  }

  upgradePathsFor(brought: CartKeys): readonly UpgradePath[] {
    return this.held.pathsByTarget.find(brought);
  }

  upgradePathsFrom(brought: CartKeys): readonly UpgradePath[] {
    return this.held.pathsBySource.find(brought);
  }

  /** The ids and keys of the rules, for which none need be read. */
  get keyed(): { readonly [kind in 'promotions' | 'discounts' | 'relatedProducts' | 'upgradePaths']: KeyedRules } {
    const { promotions, globals, discounts, relatedProducts, upgradePaths } = this.held;
    return {
      promotions: keyedBy(promotions, () => filedIn(promotions.values())),
      discounts: keyedBy(discounts, function* () {
        for (const { saved } of promotions.values()) yield* saved.filed.discounts;
        yield* filedIn(globals.values());
      }),
      relatedProducts: keyedBy(relatedProducts, () => filedIn(relatedProducts.values())),
      upgradePaths: keyedBy(upgradePaths, () => upgradePaths.values()),
    };
  }

  /** Prepares every rule, step by step, for whoever looks at all of them. */
  *prepareAll(): Generator<undefined, void> {
    if (this.#allPrepared) return;
    let count = 0;
    for (const shelf of [this.promotions(), this.discounts(), this.relatedProducts()]) {
      for (const _ of shelf) if (++count % AT_ONCE === 0) yield;
    }
    this.#allPrepared = true;
  }
}

type Keyed = { readonly id: string; readonly key?: string | undefined };

function keyedBy(shelf: { has(id: string): boolean }, all: () => Iterable<Keyed>): KeyedRules {
  return {
    has: (id) => shelf.has(id),
    idOf: (key) => {
      for (const one of all()) if (one.key === key) return one.id;
      return undefined;
    },
  };
}

function* filedIn(
  held: Iterable<{ readonly saved: { readonly id: string; readonly filed: { readonly key?: string | undefined } } }>,
): Generator<Keyed> {
  for (const { saved } of held) yield { id: saved.id, key: saved.filed.key };
}
