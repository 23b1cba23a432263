import { Get, Path, Post, Query, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Knex } from 'knex';
import type { Id } from '../../../engine/vocabulary/resource';
import { NotFound } from '../../../store/database/errors';
import { testEventId } from '../../../store/events/feed';
import {
  createDeliveries,
  type Delivery,
  type DeliveryRow,
  type DeliveryStatus,
  endPause,
  getDelivery,
  listDeliveries,
  retryDelivery,
  toDelivery,
} from '../../../store/webhooks/deliveries';
import { getWebhook, lockWebhook } from '../../../store/webhooks/webhooks';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import type { Context } from '../../context';
import { inTransaction } from '../../writes/transaction';

/** What was sent to a webhook, and how it was answered. */
@Route('v1/webhooks/{id}')
@Tags('Events and webhooks')
@Security('bearer', ['admin', 'secret'])
export class WebhookDeliveriesController {
  constructor(private readonly context: Context) {}

  /**
   * The webhook's deliveries of the last 30 days, the newest first: all, or those that are on their way, have arrived or were
   * given up.
   * @summary List deliveries
   */
  @Get('deliveries')
  async listDeliveries(
    @Path() id: Id,
    @Query() status?: DeliveryStatus,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Delivery>> {
    const { db, providerId } = this.context;
    if ((await getWebhook(db, providerId, id)) === undefined) throw new NotFound();
    return page(limit, cursor, (slice) => listDeliveries(db, providerId, { webhookId: id, status }, slice));
  }

  /**
   * One delivery.
   * @summary Read a delivery
   */
  @Get('deliveries/{deliveryId}')
  async getDelivery(@Path() id: Id, @Path() deliveryId: Id): Promise<Delivery> {
    const { db, providerId } = this.context;
    return found(await getDelivery(db, providerId, id, deliveryId));
  }

  /**
   * Sends the event again, whatever became of it, and tries for three more days; a failing webhook is tried at once.
   * @summary Retry a delivery
   */
  @Post('deliveries/{deliveryId}/retry')
  @SuccessResponse(202, 'Accepted')
  async retryDelivery(@Path() id: Id, @Path() deliveryId: Id): Promise<Delivery> {
    return this.ofLocked(id, (trx) => retryDelivery(trx, this.context.providerId, id, deliveryId, this.context.now()));
  }

  /**
   * Sends a request of type `webhook.test`, once, to a webhook of whatever status; the delivery tells how it was answered.
   * @summary Test a webhook
   */
  @Post('test')
  @SuccessResponse(202, 'Accepted')
  async testWebhook(@Path() id: Id): Promise<Delivery> {
    const { context } = this;
    return this.ofLocked(id, async (trx) => {
      const test = { id: await testEventId(trx), type: 'webhook.test' as const };
      await endPause(trx, context.providerId, id);
      const [row] = await createDeliveries(trx, context.providerId, id, [test], context.now());
      return toDelivery(row as DeliveryRow);
    });
  }

  private async ofLocked(id: Id, write: (trx: Knex.Transaction) => Promise<Delivery | undefined>): Promise<Delivery> {
    const { context } = this;
    return inTransaction(context, async (trx) => {
      if ((await lockWebhook(trx, context.providerId, id)) === undefined) throw new NotFound();
      return found(await write(trx));
    });
  }
}

function found(delivery: Delivery | undefined): Delivery {
  if (delivery === undefined) throw new NotFound();
  return delivery;
}
