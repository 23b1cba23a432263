import type { Condition } from '../../engine/conditions/index';
import type { CustomTypeInput } from '../../engine/rulebook/custom-type';
import type { Discount, DiscountInput } from '../../engine/rulebook/discount';
import type { PromotionInput } from '../../engine/rulebook/promotion';
import type { RelatedProductInput } from '../../engine/rulebook/related-product';
import type { UpgradePathInput } from '../../engine/rulebook/upgrade-path';
import type { PlanInput } from '../../engine/vocabulary/plan';
import type { Stored } from '../../engine/vocabulary/resource';
import type { TagInput } from '../../engine/vocabulary/tag';
import { atOnce, mapInSteps, type Steps } from '../slices';
import type { CatalogResources } from './rows';

/** A provider's rules as one document, by key; promo codes are no part of it, and what is archived is absent. */
export interface CatalogDocument {
  /**
   * The tags.
   * @maxItems 100000
   */
  tags: TagInput[];
  /**
   * The plans; the key of a plan is its `id`.
   * @maxItems 100000
   */
  plans: PlanInput[];
  /**
   * The promotions with their conditions and discounts.
   * @maxItems 100000
   */
  promotions: PromotionInput[];
  /**
   * The global discounts.
   * @maxItems 100000
   */
  discounts: DiscountInput[];
  /**
   * The related products.
   * @maxItems 100000
   */
  relatedProducts: RelatedProductInput[];
  /**
   * The upgrade paths.
   * @maxItems 100000
   */
  upgradePaths: UpgradePathInput[];
  /**
   * The kinds of conditions that the provider defined, by name; absent: they stay as they are.
   * @maxItems 200
   */
  conditionTypes?: CustomTypeInput[];
  /**
   * The kinds of discount values that the provider defined, by name; absent: they stay as they are.
   * @maxItems 200
   */
  discountTypes?: CustomTypeInput[];
}

/** Returns whether a resource, or its row, is in the document. */
export function isLive(resource: object): boolean {
  // Tags and plans have no status.
  return !('status' in resource) || resource.status !== 'archived';
}

/** Returns the document of these resources, the oldest first; nested lists in their order. */
export function documentOf(resources: CatalogResources): CatalogDocument {
  return atOnce(documentInSteps(resources));
}

/** Returns the same in steps: a large catalog takes its time. */
export function* documentInSteps(resources: CatalogResources): Steps<CatalogDocument> {
  const { tags, plans, promotions, discounts, relatedProducts, upgradePaths, conditionTypes, discountTypes } =
    resources;
  const globals = discounts.filter((discount) => discount.promotionId === undefined && isLive(discount));
  return {
    tags: yield* mapInSteps(tags, byKey),
    plans: yield* mapInSteps(plans, (plan) => ({ id: plan.id, ...withoutServerMade(plan) })),
    promotions: yield* mapInSteps(promotions.filter(isLive), (promotion) => ({
      ...byKey(promotion),
      ...conditionsOf(promotion),
      discounts: promotion.discounts.filter(isLive).map(discountEntry),
    })),
    discounts: yield* mapInSteps(globals, discountEntry),
    relatedProducts: yield* mapInSteps(relatedProducts.filter(isLive), (product) => ({
      ...byKey(product),
      ...conditionsOf(product),
    })),
    upgradePaths: yield* mapInSteps(upgradePaths.filter(isLive), byKey),
    conditionTypes: conditionTypes.map(withoutServerMade),
    discountTypes: discountTypes.map(withoutServerMade),
  };
}

function discountEntry(discount: Discount): DiscountInput {
  const { promotionId: _place, ...entry } = byKey(discount);
  return { ...entry, ...conditionsOf(discount) };
}

/** Without a key the id stands for it: whoever sends the document back means the same resource. */
function byKey<T extends Stored & { key?: string }>(resource: T): Omit<T, keyof Stored> & { key: string } {
  const { key = resource.id, ...fields } = withoutServerMade(resource);
  return { key, ...fields } as Omit<T, keyof Stored> & { key: string };
}

function conditionsOf({ conditions = [] }: { conditions?: Condition[] }): { conditions: Condition[] } {
  // What the store answers has its server-made part.
  return { conditions: conditions.map((condition) => withoutServerMade(condition as Condition & Stored) as Condition) };
}

function withoutServerMade<T extends Stored>(resource: T): Omit<T, keyof Stored> {
  const { id: _id, version: _version, createdAt: _createdAt, updatedAt: _updatedAt, ...fields } = resource;
  return fields;
}
