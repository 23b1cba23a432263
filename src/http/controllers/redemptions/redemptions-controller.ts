import { Body, Get, Path, Post, Query, Response, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Totals } from '../../../engine/decision/quoted-line';
import type { Currency, MoneySum } from '../../../engine/money/money';
import type { Instant } from '../../../engine/time/instant';
import type { Metadata } from '../../../engine/vocabulary/attributes';
import type { Id, Stored, Term } from '../../../engine/vocabulary/resource';
import type { RedemptionOutcome } from '../../../services/monitoring/metrics';
import { type RedemptionInput, redeem } from '../../../services/redeeming/redeem';
import { addressOf } from '../../../store/database/requests';
import type { RedemptionRow, RedemptionStatus } from '../../../store/redemptions/redemption-rows';
import {
  cancelRedemption,
  confirmRedemption,
  getRedemption,
  listRedemptions,
  lockRedemption,
} from '../../../store/redemptions/redemptions';
import { type Cursor, type PageLimit, page } from '../../answers/page';
import type { PriceChangedProblem } from '../../answers/problem';
import { type Redemption, toRedemption } from '../../answers/redemption';
import { type PathId, requireVersion, respond, respondCreated } from '../../answers/versions';
import type { Context } from '../../context';
import { inTransaction } from '../../writes/transaction';

/** What a list shows of each redemption. */
export type RedemptionFields = 'all' | 'summary';

/** A redemption without its quote. */
export interface RedemptionSummary extends Stored {
  /** The platform's order. */
  orderId: Term;
  /** Where it stands: its uses count while it is held or confirmed. */
  status: RedemptionStatus;
  /** Until when a hold counts. */
  expiresAt?: Instant;
  /** The currency of its amounts. */
  currency: Currency;
  /** Its amounts, setup fees included. */
  totals: Totals;
  /** The platform's own notes on the order. */
  metadata?: Metadata;
  /** What was paid back of the total; absent: nothing came back. */
  refunded?: MoneySum;
}

/** A part of the list of redemptions. */
export interface RedemptionList {
  /**
   * The entries.
   * @maxItems 200
   */
  items: (Redemption | RedemptionSummary)[];
  /** Where the next part begins; absent: this is the last. */
  nextCursor?: Cursor;
}

/** Orders that use promotions: limits, codes, budgets and grants are counted here. */
@Route('v1/redemptions')
@Tags('Redemptions')
@Security('bearer', ['admin', 'secret'])
export class RedemptionsController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's redemptions, oldest first: of a promotion, code, customer, order or status, created from an instant on
   * and until before one; whole, or without their quotes.
   * @summary List redemptions
   */
  @Get()
  async listRedemptions(
    @Query() promotionId?: Id,
    @Query() promoCode?: Term,
    @Query() customerId?: Term,
    @Query() orderId?: Term,
    @Query() status?: RedemptionStatus,
    @Query() from?: Instant,
    @Query() to?: Instant,
    @Query() fields?: RedemptionFields,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<RedemptionList> {
    const { db, providerId } = this.context;
    const filter = { promotionId, promoCode, customerId, orderId, status, from, to };
    const { items, ...more } = await page(limit, cursor, async (slice) =>
      (await listRedemptions(db, providerId, filter, slice)).map(toRedemption),
    );
    return { items: fields === 'summary' ? items.map(summaryOf) : items, ...more };
  }

  /**
   * One redemption, by its id or as `key:` and the order.
   * @summary Read a redemption
   */
  @Get('{id}')
  async getRedemption(@Path() id: PathId): Promise<Redemption> {
    const { context } = this;
    return respond(context, redemption(await getRedemption(context.db, context.providerId, addressOf(id))));
  }

  /**
   * Evaluates the cart again and counts its uses in one transaction. One per order: while a redemption of the order is
   * held or confirmed, the same request again is answered with it, and another one with 409 `order_redeemed`. A total other than `expectedTotal` is 409
   * `price_changed`, with the new quote.
   * @summary Redeem a quote
   */
  @Post()
  @SuccessResponse(201, 'Created')
  @Response<PriceChangedProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async createRedemption(@Body() body: RedemptionInput): Promise<Redemption> {
    this.context.customerId = body.quote.customer?.id;
    return respondCreated(this.context, toRedemption(await redeem(this.context, body)));
  }

  /**
   * Makes a hold final; a confirmed redemption stays as it is. An expired or cancelled one is 409.
   * @summary Confirm a redemption
   */
  @Post('{id}/confirm')
  @SuccessResponse(200, 'Confirmed')
  async confirmRedemption(@Path() id: PathId): Promise<Redemption> {
    return this.settle(id, confirmRedemption, 'hold_confirmed');
  }

  /**
   * Gives uses, budget and grants back, of a held or a confirmed redemption; safe to repeat. One of which something was
   * returned is 409 `redemption_returned`.
   * @summary Cancel a redemption
   */
  @Post('{id}/cancel')
  @SuccessResponse(200, 'Cancelled')
  async cancelRedemption(@Path() id: PathId): Promise<Redemption> {
    return this.settle(id, cancelRedemption, 'cancelled');
  }

  private async settle(id: PathId, change: typeof confirmRedemption, outcome: RedemptionOutcome): Promise<Redemption> {
    const { context } = this;
    const [before, settled] = await inTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockRedemption(trx, context.providerId, addressOf(id)));
      context.customerId = stored.customer_id ?? undefined;
      return [stored, await change(trx, stored, context.now())];
    });
    if (settled.status !== before.status) context.services.metrics.countRedemption(outcome);
    return respond(context, toRedemption(settled));
  }
}

function summaryOf({ quote, returned, ...redemption }: Redemption): RedemptionSummary {
  const { subtotal, discount, total } = quote.totals;
  const refunded = returned && { refunded: returned.total };
  return { ...redemption, currency: quote.currency, totals: { subtotal, discount, total }, ...refunded };
}

function redemption(row: RedemptionRow | undefined): Redemption | undefined {
  return row && toRedemption(row);
}
