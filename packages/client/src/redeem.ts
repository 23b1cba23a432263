import type { Client } from 'openapi-fetch';
import type { paths } from '../build/generated/schema';
import { isProblem, unwrap } from './problems';
import type { Quote, Redemption, RedemptionInput } from './schemas';

/** The order, its cart, and what to do when the price has changed since the customer saw it. */
export interface RedeemOptions extends RedemptionInput {
  /**
   * Asks the customer whether the order stands at the new price, `quote` being the cart as it costs now. Without it a
   * changed price ends the attempt.
   */
  onPriceChanged?: (quote: Quote) => boolean | Promise<boolean>;
}

/** The redemption; or the quote with the new price, which the customer has not accepted. */
export type Redeemed = { redeemed: true; redemption: Redemption } | { redeemed: false; quote: Quote };

/** A price that changes while the customer decides is shown again, but not for ever. */
const MOST_CHANGES = 5;

/** Redeems a cart at the price that the customer has seen. */
export async function redeem(api: Client<paths>, { onPriceChanged, ...input }: RedeemOptions): Promise<Redeemed> {
  let body = input;
  for (let changes = 0; ; changes++) {
    try {
      return { redeemed: true, redemption: await unwrap(api.POST('/v1/redemptions', { body })) };
    } catch (error) {
      if (!isProblem(error, 'price_changed')) throw error;
      const { quote } = error.problem;
      const isAccepted = changes < MOST_CHANGES && (await onPriceChanged?.(quote));
      if (!isAccepted) return { redeemed: false, quote };
      body = { ...body, expectedTotal: quote.totals.total };
    }
  }
}
