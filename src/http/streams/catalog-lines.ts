import type { CatalogResourceType } from '../../store/whole-catalog/changes';
import type { CatalogDocument } from '../../store/whole-catalog/document';

/** A kind of line of a catalog as NDJSON. */
export interface LineKind {
  readonly type: CatalogResourceType;
  readonly list: keyof Required<CatalogDocument>;
  /** The schema of what a client saves. */
  readonly schema: string;
}

/** The kinds of lines, in the order of an export. */
export const CATALOG_LINES: readonly LineKind[] = [
  { type: 'condition_type', list: 'conditionTypes', schema: 'CustomTypeInput' },
  { type: 'discount_type', list: 'discountTypes', schema: 'CustomTypeInput' },
  { type: 'tag', list: 'tags', schema: 'TagInput' },
  { type: 'plan', list: 'plans', schema: 'PlanInput' },
  { type: 'promotion', list: 'promotions', schema: 'PromotionInput' },
  { type: 'discount', list: 'discounts', schema: 'DiscountInput' },
  { type: 'related_product', list: 'relatedProducts', schema: 'RelatedProductInput' },
  { type: 'upgrade_path', list: 'upgradePaths', schema: 'UpgradePathInput' },
];

/** The first line, and how the last one looks. */
export const FORMAT = { head: '{"catalog":1}', end: '{ "end": true, "count": n }' } as const;
