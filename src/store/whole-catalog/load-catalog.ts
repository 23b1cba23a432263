import type { Knex } from 'knex';
import { VALUE_KINDS } from '../../engine/discount-values/index';
import type { Catalog } from '../../engine/rulebook/rulebook';
import { DEFAULT_SETTINGS } from '../../engine/vocabulary/provider';
import { allConditions } from '../catalog/conditions';
import { type DiscountRow, toDiscount } from '../catalog/discount-rows';
import { type PlanRow, toPlan } from '../catalog/plans';
import { groupByPromotion } from '../catalog/promotion-discounts';
import { type PromotionRow, toPromotion } from '../catalog/promotions';
import { type RelatedProductRow, toRelatedProduct } from '../catalog/related-products';
import { allUpgradePaths } from '../catalog/upgrade-paths';
import { NotFound } from '../database/errors';
import type { StoredRow } from '../database/rows';
import { getProviderWithVersion } from '../providers/providers';
import { type Kind, type Resources, readStamps, resourcesWritten, type Stamps } from './row-versions';

/** A catalog, and what tells a later reading which of its parts have been written since. */
export interface LoadedCatalog extends Catalog {
  readonly stamps: Stamps;
}

/** Counts the provider's catalog writes; undefined where there is no such provider. */
export async function catalogVersion(db: Knex, providerId: string): Promise<number | undefined> {
  const row = await db('providers')
    .where('id', providerId)
    .first<{ catalog_version: number } | undefined>('catalog_version');
  return row?.catalog_version;
}

/**
 * Everything that a provider has saved, of every status, as it was at one moment; ordered by id, nested lists in their
 * order. Of what was read `before` the parts that nobody has written since are taken over, the same objects as they are.
 */
export async function loadCatalog(db: Knex, providerId: string, before?: LoadedCatalog): Promise<LoadedCatalog> {
  // A transaction that has begun cannot change its isolation any more.
  if (db.isTransaction) return readCatalog(db, providerId, before);
  const snapshot = { isolationLevel: 'repeatable read', readOnly: true } as const;
  return db.transaction((trx) => readCatalog(trx, providerId, before), snapshot);
}

async function readCatalog(db: Knex, providerId: string, before: LoadedCatalog | undefined): Promise<LoadedCatalog> {
  const found = await getProviderWithVersion(db, providerId);
  if (found === undefined) throw new NotFound('There is no such provider.');
  const stamps = await readStamps(db, providerId);
  const written = before && resourcesWritten(before.stamps, stamps);
  const read = await readResources(db, providerId, written);
  const merged = <R extends { id: string }>(kind: Kind, known: readonly R[] | undefined, now: readonly R[]) =>
    byId([...(known ?? []).filter(({ id }) => !written?.[kind].has(id)), ...now]);
  const { id, timeZone, defaultLanguage, settings } = found.provider;
  return {
    provider: { id, timeZone, defaultLanguage, settings: { ...DEFAULT_SETTINGS, ...settings } },
    version: found.catalogVersion,
    promotions: merged('promotion', before?.promotions, read.promotions),
    discounts: merged('discount', before?.discounts, read.discounts),
    relatedProducts: merged('relatedProduct', before?.relatedProducts, read.relatedProducts),
    upgradePaths: merged('upgradePath', before?.upgradePaths, read.upgradePaths),
    plans: merged('plan', before?.plans, read.plans),
    stamps,
  };
}

/** The written resources, whole; all that there are where nothing was read before. */
async function readResources(
  db: Knex,
  providerId: string,
  written: Resources | undefined,
): Promise<Omit<Catalog, 'provider' | 'version'>> {
  const idsOf = (kind: Kind) => written && [...written[kind]];
  const rowsOf = async <R extends StoredRow>(table: string, ids: readonly string[] | undefined): Promise<R[]> => {
    if (ids?.length === 0) return [];
    const query = db(table).where('provider_id', providerId);
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
  const relatedProducts = await rowsOf<RelatedProductRow>('related_products', idsOf('relatedProduct'));
  return {
    promotions: promotions.map((row) => toPromotion(row, conditions.get(row.id), byPromotion.get(row.id))),
    discounts: discounts.filter(({ promotionId }) => promotionId === undefined),
    relatedProducts: relatedProducts.map((row) => toRelatedProduct(row, conditions.get(row.id))),
    upgradePaths: await allUpgradePaths(db, providerId, idsOf('upgradePath')),
    plans: (await rowsOf<PlanRow>('plans', idsOf('plan'))).map(toPlan),
  };
}

/** The discounts of these promotions and these global ones, in their order; all where nothing was read before. */
async function readDiscounts(db: Knex, providerId: string, written: Resources | undefined): Promise<DiscountRow[]> {
  const query = db('discounts').where('provider_id', providerId).orderBy(['position', 'id']);
  if (written !== undefined) {
    const { promotion, discount } = written;
    if (promotion.size + discount.size === 0) return [];
    const globals = 'promotion_id is null and id = any(?)';
    query.whereRaw(`(promotion_id = any(?) or ${globals})`, [[...promotion], [...discount]]);
  }
  return query.select<DiscountRow[]>('*');
}

function byId<R extends { id: string }>(resources: R[]): R[] {
  return resources.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A rule that this version cannot judge must not pass for one that does not apply. */
function refuseUnknownValues(discounts: readonly DiscountRow[]): void {
  for (const { id, value } of discounts) {
    if (!Object.hasOwn(VALUE_KINDS, value.type)) {
      throw new Error(`Discount ${id} has a value of the unknown type "${value.type}".`);
    }
  }
}
