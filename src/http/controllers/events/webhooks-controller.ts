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
import type { FieldError } from '../../../engine/vocabulary/problem';
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
import type { MergePatch } from '../../contract/merge-patch';
import { recordedWrite } from '../../writes/audit';
import { byId, ResourceChanges } from '../../writes/resource-writes';
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
    const input = assertValid(body, (one) => this.errorsOf(one));
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
    return this.changes.replace(id, body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a webhook
   */
  @Patch('{id}')
  async patchWebhook(@Path() id: Id, @Body() body: MergePatch): Promise<Webhook> {
    return this.changes.patch(id, body);
  }

  /**
   * With its deliveries, also those that are on their way.
   * @summary Remove a webhook
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeWebhook(@Path() id: Id): Promise<void> {
    return this.changes.remove(id);
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

  /** What the operator allows is checked; the secrets, which are shown once, are made and rotated here. */
  private get changes(): ResourceChanges<Webhook, WebhookInput> {
    return new ResourceChanges(this.context, {
      type: 'webhook',
      schema: 'WebhookInput',
      transaction: inTransaction,
      check: (input: WebhookInput) => this.errorsOf(input),
      lock: byId(lockWebhook),
      replace: replaceWebhook,
      remove: (trx, providerId, { id }) => removeWebhook(trx, providerId, id),
    });
  }

  private errorsOf(input: WebhookInput): FieldError[] {
    return checkReceiver(input, this.context.services.config.webhookAllowPrivate ?? false);
  }

  private get sealer(): Sealer {
    return encryption(this.context.services.config.adminKey, 'webhook secrets');
  }
}
