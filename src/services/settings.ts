import type { TrustedProxies } from './limits/client-address';

/** What the operator decides of the services. */
export interface ServiceSettings {
  adminKey: string;
  /** Requests per minute and key, of a publishable one per client address; 0 is no limit. */
  rateLimit: number;
  /** Unknown promo codes that an address may try within ten minutes with a publishable key; 0 is no limit. */
  codeGuesses: number;
  /** The proxies whose `X-Forwarded-For` is trusted; absent: none. */
  trustedProxies?: TrustedProxies;
  /** Megabytes that compiled rules may take in one process, by an estimate. */
  rulebookCacheMb: number;
  /** After how many days redemptions and the history of the catalog name nobody any more; absent: never. */
  retentionDays?: number;
  /** Whether webhooks may have addresses inside the network; absent: they may not. */
  webhookAllowPrivate?: boolean;
}
