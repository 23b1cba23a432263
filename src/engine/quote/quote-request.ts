import type { Cart } from '../cart/cart';
import type { Draft } from '../rulebook/draft';
import type { Id } from '../vocabulary/resource';

/** A cart snapshot to be quoted. */
export interface QuoteRequest extends Cart {
  /** Unsaved rules laid over the stored ones; nothing is written. */
  draft?: Draft;
  /**
   * A redemption whose uses, payments and grants are set aside, as if it were not there: to quote a change of its order.
   * Of a cancelled, expired or returned one nothing is.
   */
  redemptionId?: Id;
}
