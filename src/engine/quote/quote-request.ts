import type { Cart } from '../cart/cart';
import type { Draft } from '../rulebook/draft';

/** A cart snapshot to be quoted. */
export interface QuoteRequest extends Cart {
  /** Unsaved rules laid over the stored ones; nothing is written. */
  draft?: Draft;
}
