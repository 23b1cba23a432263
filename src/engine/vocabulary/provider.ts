import type { RoundingMode } from '../money/rounding';
import type { Instant } from '../time/instant';
import type { Language } from './localized-text';
import type { Name, Stored } from './resource';

/** How the discounts on a line combine: the first one only, all from the full price, or each from what the earlier ones left. */
export type Combination = 'best' | 'sum' | 'sequence';

/** Whether one or both end days of an invoice count as days. */
export type ResidualDays = 'one_end' | 'both_ends';

/** How a provider wants its quotes computed; what is absent has its default. */
export interface SettingsInput {
  /**
   * How discounts combine.
   * @default "best"
   */
  combination?: Combination;
  /**
   * The most related products in an answer; 0 shows none.
   * @isInt
   * @minimum 0
   * @maximum 1000
   * @default 4
   */
  maxOffers?: number;
  /**
   * The rounding mode.
   * @default "half_up"
   */
  roundingMode?: RoundingMode;
  /**
   * How the days of an invoice are counted.
   * @default "one_end"
   */
  residualDays?: ResidualDays;
  /**
   * The most promo codes that may apply to one quote.
   * @isInt
   * @minimum 0
   * @maximum 100
   * @default 1
   */
  maxPromoCodes?: number;
  /**
   * Whether the customer id that a publishable key sends is trusted. If not, it opens no grants, personal codes or
   * discounts for a customer, and no uses are counted for it.
   * @default false
   */
  trustStorefrontCustomers?: boolean;
  /**
   * The most rules that the provider may have: each discount counts as one, and so do a promotion without discounts, a
   * related product and an upgrade path. What is archived does not count. A write over it is 409 `too_many_rules`.
   * @isInt
   * @minimum 1
   * @maximum 1000000
   * @default 200000
   */
  maxRules?: number;
}

/** How a provider wants its quotes computed. */
export type Settings = Required<SettingsInput>;

/** The settings of a provider that sets none (sources: BILLmanager, H-Sphere, plenigo). */
export const DEFAULT_SETTINGS: Settings = {
  combination: 'best',
  maxOffers: 4,
  roundingMode: 'half_up',
  residualDays: 'one_end',
  maxPromoCodes: 1,
  trustStorefrontCustomers: false,
  maxRules: 200_000,
};

/** A provider to save. */
export interface ProviderInput {
  /**
   * A slug, chosen by the client: lower-case letters, digits and hyphens.
   * @pattern ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$
   */
  id: string;
  /** The company's name. */
  name: Name;
  /**
   * An IANA time zone; calendar arithmetic runs in it.
   * @format iana-time-zone
   * @maxLength 100
   */
  timeZone: string;
  /** The language of last resort. */
  defaultLanguage: Language;
  /** How quotes are computed. */
  settings?: SettingsInput;
  /**
   * Counts the writes; ignored in a write.
   * @isInt
   */
  version?: number;
  /** When the provider was created; ignored in a write. */
  createdAt?: Instant;
  /** When the provider was last written; ignored in a write. */
  updatedAt?: Instant;
}

/** A stored provider. */
export interface Provider extends Stored {
  /** The company's name. */
  name: Name;
  /**
   * An IANA time zone; calendar arithmetic runs in it.
   * @maxLength 100
   */
  timeZone: string;
  /** The language of last resort. */
  defaultLanguage: Language;
  /** How quotes are computed. */
  settings: SettingsInput;
}
