import type { GrantToRecord, Use } from '../../engine/judging/facts';
import type { Refund } from '../../engine/returns/answer';
import type { Metadata } from '../../engine/vocabulary/attributes';
import type { RedemptionFacts } from '../events/event-facts';

/** Where a redemption stands; a hold whose time has passed is expired, whatever the row says. */
export type RedemptionStatus = 'held' | 'confirmed' | 'cancelled' | 'expired' | 'returned';

/** A row of `redemptions` as a statement answers it: instants are text. */
export interface RedemptionRow {
  provider_id: string;
  id: string;
  order_id: string;
  status: RedemptionStatus;
  customer_id: string | null;
  expires_at: string | null;
  request_hash: string;
  quote: string;
  metadata: Metadata | null;
  /** The refunds so far, added up. */
  returned: Refund | null;
  replaced_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

/** What the hash of the request begins with once the redemption's customer is erased. */
export const ERASED = 'erased:';

/** Whether a redemption is a hold whose time has passed and that nobody has marked as expired yet. */
export const HAS_EXPIRED = `status = 'held' and expires_at <= clock_timestamp()`;

/** Whether a redemption has its order for itself, until it is cancelled or marked as expired. */
export const HOLDS_ORDER = `status in ('held', 'confirmed', 'returned')`;

/**
 * The columns of a `RedemptionRow`, as the arguments of `json_build_object`. A hold whose time has passed reads the
 * same before it is marked as expired and after.
 */
export const REDEMPTION_COLUMNS = `
  'provider_id', provider_id, 'id', id, 'order_id', order_id, 'customer_id', customer_id, 'expires_at', expires_at,
  'request_hash', request_hash, 'quote', quote, 'metadata', metadata, 'created_at', created_at,
  'returned', returned, 'replaced_at', replaced_at,
  'status', case when ${HAS_EXPIRED} then 'expired' else status end,
  'version', case when ${HAS_EXPIRED} then version + 1 else version end,
  'updated_at', case when ${HAS_EXPIRED} then expires_at else updated_at end`;

/** A redemption that was judged and is to be counted. */
export interface RedemptionEntry {
  readonly providerId: string;
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string | undefined;
  /** Seconds for which the uses are only held; absent: the redemption is confirmed at once. */
  readonly holdSeconds: number | undefined;
  readonly requestHash: string;
  /** The request and the answered quote, as JSON. */
  readonly request: string;
  readonly quote: string;
  /** What its event tells. */
  readonly facts: RedemptionFacts;
  readonly metadata?: Metadata | undefined;
  readonly uses: readonly Use[];
  readonly grants: readonly GrantToRecord[];
  /** The versions of the used promotions and codes that it was judged by, by id; their limits must still be these. */
  readonly promotions: ReadonlyMap<string, number>;
  readonly codes: ReadonlyMap<string, number>;
  /** The same of the used global discounts, which must still be there. */
  readonly discounts: ReadonlyMap<string, number>;
  /** The versions of the grants that it makes use of, by id. */
  readonly spent: ReadonlyMap<string, number>;
  /** The version of the provider's `customer_keys` that its customer is counted by; empty without a customer. */
  readonly counting: ReadonlyMap<string, number>;
  /** The version of the rules that must still be the current one; absent: it was when the facts were read. */
  readonly catalogVersion?: number | undefined;
  /** The discounts that apply: from now on they cannot be removed. */
  readonly redeemed: readonly string[];
  readonly at: Date;
}
