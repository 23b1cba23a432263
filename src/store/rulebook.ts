import type { Knex } from 'knex';
import { DISCOUNT_KINDS } from '../engine/discounts/index';
import { DEFAULT_SETTINGS } from '../engine/provider';
import type { Catalog } from '../engine/rulebook';
import { allConditions } from './conditions';
import { type DiscountRow, toDiscount } from './discount-rows';
import { NotFound } from './errors';
import { type PlanRow, toPlan } from './plans';
import { groupByPromotion } from './promotion-discounts';
import { type PromotionRow, toPromotion } from './promotions';
import { getProvider } from './providers';
import { type RelatedProductRow, toRelatedProduct } from './related-products';
import type { StoredRow } from './rows';
import { allUpgradePaths } from './upgrade-paths';

/** Counts the provider's catalog writes; undefined where there is no such provider. */
export async function catalogVersion(db: Knex, providerId: string): Promise<number | undefined> {
  const row = await db('providers')
    .where('id', providerId)
    .first<{ catalog_version: number } | undefined>('catalog_version');
  return row?.catalog_version;
}

/** Everything that a provider has saved, of every status, as it was at one moment; ordered by id, nested lists in their order. */
export async function loadCatalog(db: Knex, providerId: string): Promise<Catalog> {
  // A transaction that has begun cannot change its isolation any more.
  if (db.isTransaction) return readCatalog(db, providerId);
  return db.transaction((trx) => readCatalog(trx, providerId), { isolationLevel: 'repeatable read', readOnly: true });
}

async function readCatalog(db: Knex, providerId: string): Promise<Catalog> {
  const provider = await getProvider(db, providerId);
  const version = await catalogVersion(db, providerId);
  if (provider === undefined || version === undefined) throw new NotFound('There is no such provider.');
  const all = <R extends StoredRow>(table: string, order: string[]) =>
    db(table).where('provider_id', providerId).orderBy(order).select<R[]>('*');

  const conditions = await allConditions(db, providerId);
  const discountRows = await all<DiscountRow>('discounts', ['position', 'id']);
  refuseUnknownValues(discountRows);
  const discounts = discountRows.map((row) => toDiscount(row, conditions.get(row.id)));
  const byPromotion = groupByPromotion(discounts);
  const promotions = await all<PromotionRow>('promotions', ['id']);
  const relatedProducts = await all<RelatedProductRow>('related_products', ['id']);
  const plans = await all<PlanRow>('plans', ['id']);
  const { id, timeZone, defaultLanguage, settings } = provider;
  return {
    provider: { id, timeZone, defaultLanguage, settings: { ...DEFAULT_SETTINGS, ...settings } },
    version,
    promotions: promotions.map((row) => toPromotion(row, conditions.get(row.id), byPromotion.get(row.id))),
    // All global discounts have the same position, so they are in the order of their ids.
    discounts: discounts.filter(({ promotionId }) => promotionId === undefined),
    relatedProducts: relatedProducts.map((row) => toRelatedProduct(row, conditions.get(row.id))),
    upgradePaths: await allUpgradePaths(db, providerId),
    plans: plans.map(toPlan),
  };
}

/** A rule that this version cannot judge must not pass for one that does not apply. */
function refuseUnknownValues(discounts: readonly DiscountRow[]): void {
  for (const { id, value } of discounts) {
    if (!Object.hasOwn(DISCOUNT_KINDS, value.type)) {
      throw new Error(`Discount ${id} has a value of the unknown type "${value.type}".`);
    }
  }
}
