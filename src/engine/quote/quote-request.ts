import type { Cart } from '../cart/cart';
import type { DiscountInput } from '../rulebook/discount';
import type { PromotionInput } from '../rulebook/promotion';
import type { RelatedProductInput } from '../rulebook/related-product';
import type { UpgradePathInput } from '../rulebook/upgrade-path';

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

/** A cart snapshot to be quoted. */
export interface QuoteRequest extends Cart {
  /** Unsaved rules laid over the stored ones; nothing is written. */
  draft?: Draft;
}
