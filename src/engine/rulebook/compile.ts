import { type CustomTypes, NO_CUSTOM_TYPES } from '../cart/custom-types';
import type { Entry } from '../indexing/key-index';
import { SharedIndex } from '../indexing/shared-index';
import type { Plan } from '../vocabulary/plan';
import { isActive } from '../vocabulary/resource';
import type { CustomUser } from './custom-type';
import type { Discount } from './discount';
import type { Filing } from './filing';
import { Rulebook, type Shelves } from './rulebook';
import {
  type DiscountRule,
  prepareDiscount,
  preparePromotion,
  prepareRelatedProduct,
  type RelatedProductRule,
} from './rules';
import { type Catalog, type Held, HeldPart, HeldRule, type Saved, type SavedCatalog, savedCatalog } from './saved';
import type { UpgradePath } from './upgrade-path';

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

/** How many rules are taken in one step. */
const AT_ONCE = 50;

/** Returns the same in steps, between which others may be let in: a large catalog takes its time. */
export function* compileInSteps(
  catalog: SavedCatalog,
  before: Rulebook | undefined,
  types: CustomTypes,
): Generator<undefined, Rulebook> {
  const known = before?.held;
  const promotions = yield* shelf(catalog.promotions, known?.promotions, types, preparePromotion);
  const globals = yield* shelf(catalog.discounts, known?.globals, types, prepareGlobal);
  const relatedProducts = yield* shelf(catalog.relatedProducts, known?.relatedProducts, types, prepareRelatedProduct);
  const discounts = new Map<string, Held<DiscountRule>>();
  yield* each(promotions.values(), (held) => {
    const isKnown = known?.promotions.get(held.saved.id) === held;
    for (const [index, { id }] of held.saved.filed.discounts.entries()) {
      discounts.set(id, (isKnown ? known?.discounts.get(id) : undefined) ?? new HeldPart(held, index));
    }
  });
  yield* each(globals, ([id, held]) => discounts.set(id, held));
  const upgradePaths = new Map(catalog.upgradePaths.map((path) => [path.id, path]));
  const plans = new Map<string, Plan>();
  yield* each(catalog.plans, (plan) => plans.set(plan.id, plan));
  const shelves: Shelves = { promotions, globals, discounts, relatedProducts, upgradePaths };
  const added = known && (yield* difference(shelves, known));
  const gone = known && (yield* difference(known, shelves));
  function* filed<T>(index: SharedIndex<T> | undefined, list: (of: Shelves) => Listed<T>) {
    const all = () => list(shelves);
    if (index === undefined || added === undefined || gone === undefined) return yield* SharedIndex.of(all());
    return yield* index.next(
      { added: filedOnes(list(added)), gone: filedOnes(list(gone)).map(({ rule }) => rule) },
      all,
    );
  }
  return new Rulebook(catalog.provider, catalog.version, types, plans, {
    ...shelves,
    asked: yield* filed(known?.asked, asked),
    advertised: yield* filed(known?.advertised, advertised),
    offered: yield* filed(known?.offered, offered),
    pathsByTarget: yield* filed(known?.pathsByTarget, pathsByTarget),
    pathsBySource: yield* filed(known?.pathsBySource, pathsBySource),
  });
}

function prepareGlobal(source: Discount, types: CustomTypes): DiscountRule {
  return prepareDiscount(source, types);
}

/** Holds saved rules; what is the same as before is the same object. */
function* shelf<R extends CustomUser, F, T>(
  saved: readonly Saved<R, F>[],
  before: ReadonlyMap<string, HeldRule<R, F, T>> | undefined,
  types: CustomTypes,
  prepare: (source: R, types: CustomTypes) => T,
): Generator<undefined, Map<string, HeldRule<R, F, T>>> {
  const held = new Map<string, HeldRule<R, F, T>>();
  yield* each(saved, (one) => {
    const known = before?.get(one.id);
    held.set(one.id, known?.suits(one, types) ? known : new HeldRule(one, types, prepare));
  });
  return held;
}

/** Returns what one of two catalogs has and the other has not. */
function* difference(one: Shelves, other: Shelves): Generator<undefined, Shelves> {
  return {
    promotions: yield* without(one.promotions, other.promotions),
    globals: yield* without(one.globals, other.globals),
    discounts: one.discounts,
    relatedProducts: yield* without(one.relatedProducts, other.relatedProducts),
    upgradePaths: yield* without(one.upgradePaths, other.upgradePaths),
  };
}

function* without<T>(
  one: ReadonlyMap<string, T>,
  other: ReadonlyMap<string, T>,
): Generator<undefined, ReadonlyMap<string, T>> {
  const left = new Map<string, T>();
  yield* each(one, ([id, rule]) => {
    if (other.get(id) !== rule) left.set(id, rule);
  });
  return left;
}

function* each<T>(entries: Iterable<T>, take: (entry: T) => void): Generator<undefined, void> {
  let count = 0;
  for (const entry of entries) {
    take(entry);
    if (++count % AT_ONCE === 0) yield;
  }
}

/** Where rules are filed: `undefined` for each that is not, as many are stepped over in a large catalog. */
type Listed<T> = Generator<Entry<T> | undefined>;

function* asked({ promotions, discounts, globals }: Shelves): Listed<Held<DiscountRule>> {
  for (const { saved } of promotions.values()) {
    for (const filed of saved.filed.discounts) yield entry(filed.asked, () => discounts.get(filed.id));
  }
  for (const held of globals.values()) yield entry(held.saved.filed.asked, () => held);
}

function* advertised({ promotions, discounts }: Shelves): Listed<Held<DiscountRule>> {
  for (const { saved } of promotions.values()) {
    for (const filed of saved.filed.discounts) yield entry(filed.advertised, () => discounts.get(filed.id));
  }
}

function* offered({ relatedProducts }: Shelves): Listed<Held<RelatedProductRule>> {
  for (const held of relatedProducts.values()) yield entry(held.saved.filed.asked, () => held);
}

function* pathsByTarget({ upgradePaths }: Shelves): Listed<UpgradePath> {
  for (const path of upgradePaths.values())
    if (isActive(path)) yield { rule: path, keys: [{ kind: 'tag', values: path.targets }] };
}

function* pathsBySource({ upgradePaths }: Shelves): Listed<UpgradePath> {
  for (const path of upgradePaths.values())
    if (isActive(path)) yield { rule: path, keys: [{ kind: 'tag', values: path.sources }] };
}

/** Returns how a rule is filed; the rule itself is looked for only where it is to be found in this way. */
function entry<T>(filing: Filing | undefined, find: () => T | undefined): Entry<T> | undefined {
  const rule = filing && find();
  return rule === undefined ? undefined : { rule, keys: filing === 'always' ? undefined : filing };
}

function filedOnes<T>(listed: Listed<T>): Entry<T>[] {
  return Array.from(listed).filter((one) => one !== undefined);
}
