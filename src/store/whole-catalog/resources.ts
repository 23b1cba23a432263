import type { Knex } from 'knex';
import { VALUE_KINDS } from '../../engine/discount-values/index';
import type { CustomType } from '../../engine/rulebook/custom-type';
import type { Catalog } from '../../engine/rulebook/saved';
import { inOrder } from '../../engine/vocabulary/resource';
import type { AuditedChange } from '../audit-log';
import { allConditions } from '../catalog/conditions';
import { type CustomTypeRow, typeListsOf } from '../catalog/custom-types';
import { type DiscountRow, toDiscount } from '../catalog/discount-rows';
import { type PlanRow, toPlan } from '../catalog/plans';
import { groupByPromotion } from '../catalog/promotion-discounts';
import { type PromotionRow, toPromotion } from '../catalog/promotions';
import { type RelatedProductRow, toRelatedProduct } from '../catalog/related-products';
import { allUpgradePaths } from '../catalog/upgrade-paths';
import type { StoredRow } from '../database/rows';

/** The kinds of resources that quotes are made by. */
export type Kind =
  | 'promotion'
  | 'discount'
  | 'relatedProduct'
  | 'upgradePath'
  | 'plan'
  | 'conditionType'
  | 'discountType';

/** Ids of resources by their kind. */
export type WrittenIds = { readonly [K in Kind]: Set<string> };

/** What a provider has saved and a quote can depend on. */
export interface RuleResources extends Omit<Catalog, 'provider' | 'version'> {
  /** The kinds of conditions that the provider defined. */
  conditionTypes: readonly CustomType[];
  /** The kinds of values that it defined. */
  discountTypes: readonly CustomType[];
}

/** No ids of any kind. */
export function nothingWritten(): WrittenIds {
  return {
    promotion: new Set(),
    discount: new Set(),
    relatedProduct: new Set(),
    upgradePath: new Set(),
    plan: new Set(),
    conditionType: new Set(),
    discountType: new Set(),
  };
}

/** Returns the resources that changes are about: of a promotion's discount the promotion. */
export function writtenBy(changes: readonly AuditedChange[]): WrittenIds {
  const written = nothingWritten();
  for (const { resourceType, resourceId, before, after } of changes) {
    if (resourceType === 'promotion') written.promotion.add(resourceId);
    if (resourceType === 'related_product') written.relatedProduct.add(resourceId);
    if (resourceType === 'upgrade_path') written.upgradePath.add(resourceId);
    if (resourceType === 'plan') written.plan.add(resourceId);
    if (resourceType === 'condition_type') written.conditionType.add(resourceId);
    if (resourceType === 'discount_type') written.discountType.add(resourceId);
    if (resourceType === 'discount') {
      for (const state of [before, after]) markDiscount(written, resourceId, state as { promotionId?: string });
    }
  }
  return written;
}

function markDiscount(written: WrittenIds, id: string, state: { promotionId?: string } | undefined): void {
  if (state?.promotionId !== undefined) written.promotion.add(state.promotionId);
  else if (state !== undefined) written.discount.add(id);
}

/** Returns the written resources, whole, in the order of their ids and nested lists in theirs; all where none are named. */
export async function readResources(db: Knex, providerId: string, written?: WrittenIds): Promise<RuleResources> {
  const idsOf = (kind: Kind) => written && [...written[kind]];
  const rowsOf = async <R extends StoredRow>(table: string, ids: readonly string[] | undefined): Promise<R[]> => {
    if (ids?.length === 0) return [];
    const query = db(table).where('provider_id', providerId).orderBy('id');
    if (ids !== undefined) query.whereRaw('id = any(?)', [[...ids]]);
    const rows: R[] = await query.select();
    return rows;
  };
  const discountRows = await readDiscounts(db, providerId, written);
  refuseUnknownValues(discountRows);
  const owners = written && [...written.promotion, ...written.relatedProduct, ...discountRows.map(({ id }) => id)];
  const conditions = await allConditions(db, providerId, owners);
  const discounts = discountRows.map((row) => toDiscount(row, conditions.get(row.id)));
  const byPromotion = groupByPromotion(discounts);
  const promotions = await rowsOf<PromotionRow>('promotions', idsOf('promotion'));
  const typeIds = written && [...written.conditionType, ...written.discountType];
  const relatedProducts = await rowsOf<RelatedProductRow>('related_products', idsOf('relatedProduct'));
  return {
    promotions: promotions.map((row) => toPromotion(row, conditions.get(row.id), byPromotion.get(row.id))),
    discounts: inOrder(discounts.filter(({ promotionId }) => promotionId === undefined)),
    relatedProducts: relatedProducts.map((row) => toRelatedProduct(row, conditions.get(row.id))),
    upgradePaths: await allUpgradePaths(db, providerId, idsOf('upgradePath')),
    plans: (await rowsOf<PlanRow>('plans', idsOf('plan'))).map(toPlan),
    ...typeListsOf(await rowsOf<CustomTypeRow>('custom_types', typeIds)),
  };
}

/** Returns the discounts of these promotions and these global ones, in their order; all where none are named. */
async function readDiscounts(db: Knex, providerId: string, written: WrittenIds | undefined): Promise<DiscountRow[]> {
  const query = db('discounts').where('provider_id', providerId).orderBy(['position', 'id']);
  if (written !== undefined) {
    const { promotion, discount } = written;
    if (promotion.size + discount.size === 0) return [];
    const globals = 'promotion_id is null and id = any(?)';
    query.whereRaw(`(promotion_id = any(?) or ${globals})`, [[...promotion], [...discount]]);
  }
  return query.select<DiscountRow[]>('*');
}

/** A rule that this version cannot judge must not pass for one that does not apply. */
function refuseUnknownValues(discounts: readonly DiscountRow[]): void {
  for (const { id, value } of discounts) {
    if (!Object.hasOwn(VALUE_KINDS, value.type)) {
      throw new Error(`Discount ${id} has a value of the unknown type "${value.type}".`);
    }
  }
}

const TABLES = {
  promotion: 'promotions',
  discount: 'discounts',
  relatedProduct: 'related_products',
  upgradePath: 'upgrade_paths',
  plan: 'plans',
  conditionType: 'custom_types',
  discountType: 'custom_types',
} as const satisfies { [K in Kind]: string };

/** Returns the ids of everything that a provider's quotes are made by. */
export async function allIds(db: Knex, providerId: string): Promise<WrittenIds> {
  const ids = nothingWritten();
  for (const [kind, table] of Object.entries(TABLES) as [Kind, string][]) {
    const query = db(table).where('provider_id', providerId).select<{ id: string }[]>('id');
    if (kind === 'discount') query.whereNull('promotion_id');
    if (kind === 'conditionType') query.where('kind', 'condition');
    if (kind === 'discountType') query.where('kind', 'value');
    for (const { id } of await query) ids[kind].add(id);
  }
  return ids;
}

/** Returns the same ids in parts of at most so many. */
export function* partsOf(written: WrittenIds, size: number): Generator<WrittenIds> {
  for (const [kind, ids] of Object.entries(written) as [Kind, Set<string>][]) {
    const all = [...ids];
    for (let from = 0; from < all.length; from += size) {
      yield { ...nothingWritten(), [kind]: new Set(all.slice(from, from + size)) };
    }
  }
}
