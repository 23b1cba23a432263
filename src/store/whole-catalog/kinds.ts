import type { CatalogResources } from './rows';

/**
 * The kinds of resources of the catalog, in the order in which changes are told: the list in a document, the type in
 * changes and in the audit log, the table.
 */
export const CATALOG_KINDS = [
  { list: 'tags', type: 'tag', table: 'tags' },
  { list: 'plans', type: 'plan', table: 'plans' },
  { list: 'promotions', type: 'promotion', table: 'promotions' },
  { list: 'discounts', type: 'discount', table: 'discounts' },
  { list: 'relatedProducts', type: 'related_product', table: 'related_products' },
  { list: 'upgradePaths', type: 'upgrade_path', table: 'upgrade_paths' },
  { list: 'conditionTypes', type: 'condition_type', table: 'custom_types' },
  { list: 'discountTypes', type: 'discount_type', table: 'custom_types' },
] as const satisfies readonly { list: keyof CatalogResources; type: string; table: string }[];
