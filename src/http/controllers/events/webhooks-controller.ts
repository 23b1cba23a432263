import {
  Body,
  Delete,
  Get,
  Patch,
  Path,
  Post,
  Put,
  Query,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import type { Id } from '../../../engine/vocabulary/resource';
import { encryption, type Sealer } from '../../../services/encryption';
import { newSecret } from '../../../services/webhooks/signing';
import { checkReceiver } from '../../../services/webhooks/url';
import {
  createWebhook,
  getWebhook,
  listWebhooks,
  lockWebhook,
  removeWebhook,
  replaceWebhook,
  rotateSecret,
  type Webhook,
  type WebhookInput,
  type WebhookWithSecret,
} from '../../../store/webhooks/webhooks';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { assertValid } from '../../answers/problem';
import { requireVersion, respond, respondCreated } from '../../answers/versions';
import type { Context } from '../../context';
import { type MergePatch, patched } from '../../contract/merge-patch';
import { recordedWrite } from '../../writes/audit';
import { inTransaction } from '../../writes/transaction';

/** How the secret of a webhook changes. */
export interface SecretRotation {
  /**
   * For how long the old secret signs as well, so that receivers can change over.
   * @isInt
   * @minimum 0
   * @maximum 604800
   * @default 86400
   */
  overlapSeconds?: number;
}

const DEFAULT_OVERLAP_SECONDS = 86_400;

/** Where events are sent. */
@Route('v1/webhooks')
@Tags('Events and webhooks')
@Security('bearer', ['admin', 'secret'])
export class WebhooksController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's webhooks without their secrets, oldest first.
   * @summary List webhooks
   */
  @Get()
  async listWebhooks(@Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<Page<Webhook>> {
    const { db, providerId } = this.context;
    return page(limit, cursor, (slice) => listWebhooks(db, providerId, slice));
  }

  /**
   * One webhook without its secret.
   * @summary Read a webhook
   */
  @Get('{id}')
  async getWebhook(@Path() id: Id): Promise<Webhook> {
    return respond(this.context, await getWebhook(this.context.db, this.context.providerId, id));
  }

  /**
   * The events of these types that are written from now on are sent to the URL, each at least once, signed by Standard
   * Webhooks. The answer is the only place where the secret is shown.
   * @summary Create a webhook
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createWebhook(@Body() body: WebhookInput): Promise<WebhookWithSecret> {
    const { context } = this;
    const input = this.checked(body);
    const secret = newSecret();
    const created = await inTransaction(context, async (trx) => {
      const after = await createWebhook(trx, context.providerId, input, this.sealer.close(secret), context.now());
      await recordedWrite(context, trx, 'webhook', { after });
      return { ...after, secret };
    });
    return respondCreated(context, created);
  }

  /**
   * Its secret and its deliveries stay. One that becomes active again is sent the events that are written from then on; the feed has those in between.
   * @summary Replace a webhook
   */
  @Put('{id}')
  async replaceWebhook(@Path() id: Id, @Body() body: WebhookInput): Promise<Webhook> {
    return this.change(id, () => body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a webhook
   */
  @Patch('{id}')
  async patchWebhook(@Path() id: Id, @Body() body: MergePatch): Promise<Webhook> {
    return this.change(id, (stored) => patched<WebhookInput>('WebhookInput', stored, body));
  }

  /**
   * With its deliveries, also those that are on their way.
   * @summary Remove a webhook
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeWebhook(@Path() id: Id): Promise<void> {
    const { context } = this;
    await inTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockWebhook(trx, context.providerId, id));
      await removeWebhook(trx, context.providerId, id);
      await recordedWrite(context, trx, 'webhook', { before: stored });
    });
  }

  /**
   * The webhook gets a new secret, which is shown only here. For the overlap every request carries two signatures.
   * @summary Rotate the secret of a webhook
   */
  @Post('{id}/rotate-secret')
  @SuccessResponse(200, 'Rotated')
  async rotateWebhookSecret(@Path() id: Id, @Body() body: SecretRotation): Promise<WebhookWithSecret> {
    const { context } = this;
    const secret = newSecret();
    const rotated = await inTransaction(context, async (trx) => {
      const before = requireVersion(context, await lockWebhook(trx, context.providerId, id));
      const at = context.now();
      const overlapMs = (body.overlapSeconds ?? DEFAULT_OVERLAP_SECONDS) * 1_000;
      const times = { at, retiredUntil: new Date(at.getTime() + overlapMs) };
      const after = await rotateSecret(trx, context.providerId, id, this.sealer.close(secret), times);
      await recordedWrite(context, trx, 'webhook', { before, after });
      return { ...after, secret };
    });
    return respond(context, rotated);
  }

  private async change(id: Id, edit: (stored: Webhook) => WebhookInput): Promise<Webhook> {
    const { context } = this;
    const saved = await inTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockWebhook(trx, context.providerId, id));
      const input = this.checked(edit(stored));
      return recordedWrite(context, trx, 'webhook', {
        before: stored,
        after: await replaceWebhook(trx, context.providerId, stored, input, context.now()),
      });
    });
    return respond(context, saved);
  }

  private checked(input: WebhookInput): WebhookInput {
    const { webhookAllowPrivate = false } = this.context.services.config;
    return assertValid(input, (body) => checkReceiver(body, webhookAllowPrivate));
  }

  private get sealer(): Sealer {
    return encryption(this.context.services.config.adminKey, 'webhook secrets');
  }
}
