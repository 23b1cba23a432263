import type { Knex } from 'knex';
import type { Condition } from '../../engine/conditions/index';
import type { CustomType } from '../../engine/rulebook/custom-type';
import type { Discount } from '../../engine/rulebook/discount';
import type { Promotion } from '../../engine/rulebook/promotion';
import type { RelatedProduct } from '../../engine/rulebook/related-product';
import type { UpgradePath } from '../../engine/rulebook/upgrade-path';
import { groupBy } from '../../engine/vocabulary/lists';
import type { Plan } from '../../engine/vocabulary/plan';
import type { Tag } from '../../engine/vocabulary/tag';
import { type ConditionRow, toCondition } from '../catalog/conditions';
import { type CustomTypeRow, toCustomType } from '../catalog/custom-types';
import { type DiscountRow, toDiscount } from '../catalog/discount-rows';
import { type PlanRow, toPlan } from '../catalog/plans';
import { type PromotionRow, toPromotion } from '../catalog/promotions';
import { type RelatedProductRow, toRelatedProduct } from '../catalog/related-products';
import { type TagRow, toTag } from '../catalog/tags';
import { type PathTagRow, toUpgradePath, type UpgradePathRow } from '../catalog/upgrade-paths';
import { mapInSteps, type Steps } from '../slices';

/** Every row of a provider's catalog: resources by id, what is nested by its place. */
export interface CatalogRows {
  tags: TagRow[];
  plans: PlanRow[];
  promotions: PromotionRow[];
  /** Those of promotions and the global ones. */
  discounts: DiscountRow[];
  relatedProducts: RelatedProductRow[];
  upgradePaths: UpgradePathRow[];
  pathTags: PathTagRow[];
  conditions: ConditionRow[];
  conditionTypes: CustomTypeRow[];
  discountTypes: CustomTypeRow[];
}

/** The tables of the catalog; several of them must be locked in this order. */
export const CATALOG_TABLES = {
  promotions: 'promotions',
  discounts: 'discounts',
  relatedProducts: 'related_products',
  upgradePaths: 'upgrade_paths',
  tags: 'tags',
  plans: 'plans',
  customTypes: 'custom_types',
} as const;

/** The resources of a provider's catalog, of every status. */
export interface CatalogResources {
  tags: Tag[];
  plans: Plan[];
  promotions: Promotion[];
  /** Those of promotions and the global ones. */
  discounts: Discount[];
  relatedProducts: RelatedProduct[];
  upgradePaths: UpgradePath[];
  conditionTypes: CustomType[];
  discountTypes: CustomType[];
}

/** Reads the whole catalog; one query per table. */
export async function readCatalogRows(db: Knex, providerId: string): Promise<CatalogRows> {
  const all = (table: string, order: string[]) => db(table).where('provider_id', providerId).orderBy(order).select('*');
  const types: CustomTypeRow[] = await all('custom_types', ['id']);
  return {
    tags: await all('tags', ['id']),
    plans: await all('plans', ['id']),
    promotions: await all('promotions', ['id']),
    discounts: await all('discounts', ['position', 'id']),
    relatedProducts: await all('related_products', ['id']),
    upgradePaths: await all('upgrade_paths', ['id']),
    pathTags: await all('upgrade_path_tags', ['upgrade_path_id', 'side', 'position']),
    conditions: await all('conditions', ['position', 'id']),
    conditionTypes: types.filter(({ kind }) => kind === 'condition'),
    discountTypes: types.filter(({ kind }) => kind === 'value'),
  };
}

/** Makes the resources of these rows. */
export function* resourcesInSteps(rows: CatalogRows): Steps<CatalogResources> {
  const conditions = yield* conditionsByOwner(rows.conditions);
  const discounts = yield* mapInSteps(rows.discounts, (row) => toDiscount(row, conditions.get(row.id)));
  const byPromotion = groupBy(discounts, ({ promotionId }) => promotionId ?? null);
  const pathTags = groupBy(rows.pathTags, (row) => row.upgrade_path_id);
  const tagNames = new Map(rows.tags.map(({ id, name }) => [id, name]));
  return {
    tags: rows.tags.map(toTag),
    plans: rows.plans.map(toPlan),
    promotions: yield* mapInSteps(rows.promotions, (row) =>
      toPromotion(row, conditions.get(row.id), byPromotion.get(row.id)),
    ),
    discounts,
    relatedProducts: rows.relatedProducts.map((row) => toRelatedProduct(row, conditions.get(row.id))),
    upgradePaths: rows.upgradePaths.map((row) => {
      const names = (wanted: PathTagRow['side']) =>
        (pathTags.get(row.id) ?? [])
          .filter(({ side }) => side === wanted)
          .map((tag) => tagNames.get(tag.tag_id ?? '') ?? tag.tag_name ?? '');
      return toUpgradePath(row, names('source'), names('target'));
    }),
    conditionTypes: rows.conditionTypes.map(toCustomType),
    discountTypes: rows.discountTypes.map(toCustomType),
  };
}

/** Returns the owner of a condition. */
export function ownerOf(row: ConditionRow): string | null {
  return row.promotion_id ?? row.discount_id ?? row.related_product_id;
}

function* conditionsByOwner(rows: readonly ConditionRow[]): Steps<Map<string, Condition[]>> {
  const owners = [...groupBy(rows, ownerOf)];
  return new Map(yield* mapInSteps(owners, ([owner, own]) => [owner, own.map(toCondition)] as const));
}
