import { type CustomTypes, NO_CUSTOM_TYPES } from '../cart/custom-types';
import type { CartKeys } from '../vocabulary/keys';
import type { Plan } from '../vocabulary/plan';
import { isActive } from '../vocabulary/resource';
import type { Discount } from './discount';
import type { FiledPromotion, FiledRule, Filing } from './filing';
import { KeyIndex } from './key-index';
import type { Promotion } from './promotion';
import type { RelatedProduct } from './related-product';
import {
  type DiscountRule,
  type PromotionRule,
  prepareDiscount,
  preparePromotion,
  prepareRelatedProduct,
  type RelatedProductRule,
} from './rules';
import type { Ruleset } from './ruleset';
import { type Catalog, type Held, HeldPart, HeldRule, ready, rulesIn, type SavedCatalog, savedCatalog } from './saved';
import type { UpgradePath } from './upgrade-path';

/** Stored rules by what names them. */
export interface KeyedRules {
  has(id: string): boolean;
  idOf(key: string): string | undefined;
}

/** The rules of a rulebook by their ids, and filed by what a cart must bring. */
interface HeldRules {
  readonly promotions: ReadonlyMap<string, HeldRule<Promotion, FiledPromotion, PromotionRule>>;
  readonly globals: ReadonlyMap<string, HeldRule<Discount, FiledRule, DiscountRule>>;
  /** Global ones and those of promotions. */
  readonly discounts: ReadonlyMap<string, Held<DiscountRule>>;
  readonly relatedProducts: ReadonlyMap<string, HeldRule<RelatedProduct, FiledRule, RelatedProductRule>>;
  readonly upgradePaths: ReadonlyMap<string, UpgradePath>;
  readonly asked: KeyIndex<Held<DiscountRule>>;
  readonly advertised: KeyIndex<Held<DiscountRule>>;
  readonly offered: KeyIndex<Held<RelatedProductRule>>;
  readonly pathsByTarget: KeyIndex<UpgradePath>;
  readonly pathsBySource: KeyIndex<UpgradePath>;
}

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

/**
 * Compiles a catalog; an unknown condition or value type is an error. What is the same object as in the rulebook `before`
 * is taken from there as it is, unless it is of a type that changed.
 */
export function compileRulebook(catalog: Catalog, before?: Rulebook, types = NO_CUSTOM_TYPES): Rulebook {
  const steps = compileInSteps(savedCatalog(catalog), before, types);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How many rules are filed in one step. */
const AT_ONCE = 50;

/** Returns the same in steps, between which others may be let in: a large catalog takes its time. */
export function* compileInSteps(
  catalog: SavedCatalog,
  before: Rulebook | undefined,
  types: CustomTypes,
): Generator<undefined, Rulebook> {
  const promotions = new Map<string, HeldRule<Promotion, FiledPromotion, PromotionRule>>();
  const globals = new Map<string, HeldRule<Discount, FiledRule, DiscountRule>>();
  const discounts = new Map<string, Held<DiscountRule>>();
  const relatedProducts = new Map<string, HeldRule<RelatedProduct, FiledRule, RelatedProductRule>>();
  const asked = new KeyIndex<Held<DiscountRule>>();
  const advertised = new KeyIndex<Held<DiscountRule>>();
  const offered = new KeyIndex<Held<RelatedProductRule>>();
  yield* each(catalog.promotions, (saved) => {
    const known = before?.held.promotions.get(saved.id);
    const held = known?.suits(saved, types) ? known : new HeldRule(saved, types, preparePromotion);
    promotions.set(saved.id, held);
    for (const [index, { id, ...filed }] of saved.filed.discounts.entries()) {
      const part = new HeldPart(held, index);
      discounts.set(id, part);
      file(asked, part, filed.asked);
      file(advertised, part, filed.advertised);
    }
  });
  yield* each(catalog.discounts, (saved) => {
    const known = before?.held.globals.get(saved.id);
    const held = known?.suits(saved, types) ? known : new HeldRule(saved, types, prepareGlobal);
    globals.set(saved.id, held);
    discounts.set(saved.id, held);
    file(asked, held, saved.filed.asked);
  });
  yield* each(catalog.relatedProducts, (saved) => {
    const known = before?.held.relatedProducts.get(saved.id);
    const held = known?.suits(saved, types) ? known : new HeldRule(saved, types, prepareRelatedProduct);
    relatedProducts.set(saved.id, held);
    file(offered, held, saved.filed.asked);
  });
  const pathsByTarget = new KeyIndex<UpgradePath>();
  const pathsBySource = new KeyIndex<UpgradePath>();
  const upgradePaths = new Map<string, UpgradePath>();
  yield* each(catalog.upgradePaths, (path) => {
    upgradePaths.set(path.id, path);
    if (!isActive(path)) return;
    pathsByTarget.add(path, [{ kind: 'tag', values: path.targets }]);
    pathsBySource.add(path, [{ kind: 'tag', values: path.sources }]);
  });
  const plans = new Map<string, Plan>();
  yield* each(catalog.plans, (plan) => plans.set(plan.id, plan));
  const { provider, version } = catalog;
  const byId = { promotions, globals, discounts, relatedProducts, upgradePaths };
  const held = { ...byId, asked, advertised, offered, pathsByTarget, pathsBySource };
  return new Rulebook(provider, version, types, plans, held);
}

function prepareGlobal(source: Discount, types: CustomTypes): DiscountRule {
  return prepareDiscount(source, types);
}

function* each<T>(entries: readonly T[], take: (entry: T) => void): Generator<undefined, void> {
  let count = 0;
  for (const entry of entries) {
    take(entry);
    if (++count % AT_ONCE === 0) yield;
  }
}

/** Files a rule; what is not to be found in this way is left out. */
function file<T>(index: KeyIndex<T>, rule: T, filing: Filing | undefined): void {
  if (filing !== undefined) index.add(rule, filing === 'always' ? undefined : filing);
}
