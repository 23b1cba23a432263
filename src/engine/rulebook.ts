import type { Discount } from './discount';
import type { Language } from './localized-text';
import type { Promotion } from './promotion';
import type { Plan, Settings } from './provider';
import type { RelatedProduct } from './related-products';
import type { UpgradePath } from './upgrade-paths';

/** Everything that one provider has saved, as the store reads it; promotions and global discounts of every status but draft. */
export interface Catalog {
  /** The provider's id, zone, language and settings with their defaults filled in. */
  provider: { id: string; timeZone: string; defaultLanguage: Language; settings: Settings };
  /** Counts the provider's catalog writes. */
  version: number;
  /** Promotions with their conditions and discounts. */
  promotions: readonly Promotion[];
  /** Global discounts. */
  discounts: readonly Discount[];
  /** Related products. */
  relatedProducts: readonly RelatedProduct[];
  /** Upgrade paths. */
  upgradePaths: readonly UpgradePath[];
  /** Registered plans. */
  plans: readonly Plan[];
}
