import { Body, Path, Post, Response, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Knex } from 'knex';
import type { Refund, ReturnRequest } from '../../../engine/returns/answer';
import { type ReplacementInput, replaceOrder, returnUnits } from '../../../services/redeeming/order-changes';
import { addressOf } from '../../../store/database/requests';
import type { RedemptionRow, RedemptionStatus } from '../../../store/redemptions/redemption-rows';
import { lockRedemption } from '../../../store/redemptions/redemptions';
import type { PriceChangedProblem } from '../../answers/problem';
import { type Redemption, toRedemption } from '../../answers/redemption';
import { type PathId, requireVersion, respond } from '../../answers/versions';
import type { Context } from '../../context';
import { inTransaction } from '../../writes/transaction';

/** What a return brought. */
export interface ReturnAnswer {
  /** What is paid back for it. */
  refund: Refund;
  /** Where the redemption stands now: `returned` where nothing is left. */
  status: RedemptionStatus;
  /**
   * The redemption's version now.
   * @isInt
   * @minimum 1
   */
  version: number;
}

/** Orders that change after they were redeemed. */
@Route('v1/redemptions')
@Tags('Redemptions')
@Security('bearer', ['admin', 'secret'])
export class OrderChangesController {
  constructor(private readonly context: Context) {}

  /**
   * Gives the order another cart: its uses, payments and grants are given back and those of the new cart are counted, in
   * one transaction; nobody else gets them in between. The redemption keeps its id, its order and its state. One that was
   * cancelled, has expired or of which something came back is 409. A total other than `expectedTotal` is 409
   * `price_changed`, and the old cart stands.
   * @summary Replace the cart of a redemption
   */
  @Post('{id}/replace')
  @SuccessResponse(200, 'Replaced')
  @Response<PriceChangedProblem>(409, 'Conflict', undefined, 'application/problem+json')
  async replaceRedemption(@Path() id: PathId, @Body() body: ReplacementInput): Promise<Redemption> {
    const replaced = await replaceOrder(this.context, body, (trx) => this.lock(trx, id));
    this.context.services.metrics.countRedemption('replaced');
    this.context.customerId = replaced.customer_id ?? undefined;
    return respond(this.context, toRedemption(replaced));
  }

  /**
   * Takes units of a confirmed redemption back and tells what to pay back for them, to the cent: the total of a line is
   * shared over its units, and returning all of them, in any number of steps, pays back exactly that. Budgets get their
   * part back; when nothing is left the redemption is `returned`, and its uses, payments and grants are given back. More
   * than is left is 422. Send an `Idempotency-Key`: without one the same request returns units again.
   * @summary Return units of an order
   */
  @Post('{id}/returns')
  @SuccessResponse(200, 'Returned')
  async returnUnits(@Path() id: PathId, @Body() body: ReturnRequest): Promise<ReturnAnswer> {
    const { context } = this;
    const { row, refund } = await inTransaction(context, async (trx) =>
      returnUnits(trx, await this.lock(trx, id), body, context.now()),
    );
    context.services.metrics.countRedemption('returned');
    return respond(context, { refund, status: row.status, version: row.version });
  }

  private async lock(trx: Knex.Transaction, id: PathId): Promise<RedemptionRow> {
    const { context } = this;
    return requireVersion(context, await lockRedemption(trx, context.providerId, addressOf(id)));
  }
}
