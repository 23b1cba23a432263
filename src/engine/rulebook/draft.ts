import type { DiscountInput } from './discount';
import type { PromotionInput } from './promotion';
import type { RelatedProductInput } from './related-product';
import type { UpgradePathInput } from './upgrade-path';

/** Unsaved rules laid over the stored ones for this quote; an entry with the key or id of a stored one replaces it. */
export interface Draft {
  /**
   * Promotions with their nested lists.
   * @maxItems 200
   */
  promotions?: PromotionInput[];
  /**
   * Discounts; without `promotionId` global ones.
   * @maxItems 200
   */
  discounts?: DiscountInput[];
  /**
   * Related products.
   * @maxItems 200
   */
  relatedProducts?: RelatedProductInput[];
  /**
   * Upgrade paths.
   * @maxItems 200
   */
  upgradePaths?: UpgradePathInput[];
}
