import { Body, Delete, Get, Patch, Path, Post, Query, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import type { Instant } from '../../../engine/time/instant';
import type { Id, Term } from '../../../engine/vocabulary/resource';
import { changeGrant, giveGrant, revokeGrant } from '../../../services/redeeming/grants';
import {
  type Grant,
  type GrantInput,
  type GrantRead,
  type GrantStatus,
  getGrant,
  listGrants,
  lockGrant,
  toGrant,
} from '../../../store/redemptions/grants';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { requireVersion, respond, respondCreated } from '../../answers/versions';
import type { Context } from '../../context';
import { type MergePatch, patched } from '../../contract/merge-patch';
import { recordedWrite } from '../../writes/audit';
import { inTransaction } from '../../writes/transaction';

/** Discounts that customers keep: recorded by redemptions, or given by hand. */
@Route('v1/grants')
@Tags('Grants')
@Security('bearer', ['admin', 'secret'])
export class GrantsController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's grants, oldest first: of a customer, a discount, a promotion or a service, of a status, or those that
   * run at an instant.
   * @summary List grants
   */
  @Get()
  async listGrants(
    @Query() customerId?: Term,
    @Query() discountId?: Id,
    @Query() promotionId?: Id,
    @Query() serviceId?: ServiceId,
    @Query() status?: GrantStatus,
    @Query() activeAt?: Instant,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Grant>> {
    const { db, providerId } = this.context;
    const filter = { customerId, discountId, promotionId, serviceId, status, activeAt };
    return page(limit, cursor, (slice) => listGrants(db, providerId, filter, slice));
  }

  /**
   * One grant, with what is left of it.
   * @summary Read a grant
   */
  @Get('{id}')
  async getGrant(@Path() id: Id): Promise<Grant> {
    return respond(this.context, await getGrant(this.context.db, this.context.providerId, id));
  }

  /**
   * Gives a customer a discount by hand, also one of a promotion that is over. What is not said is as a redemption would
   * give it: the end by `validity`, the payments by `payments`, the balance by the amounts.
   * @summary Give a grant
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createGrant(@Body() body: GrantInput): Promise<Grant> {
    const { context } = this;
    context.customerId = body.customerId;
    const given = await inTransaction(context, async (trx) =>
      recordedWrite(context, trx, 'grant', { after: await giveGrant(trx, context.providerId, body, context.now()) }),
    );
    return respondCreated(context, given);
  }

  /**
   * A JSON Merge Patch of `endsAt`, `paymentsLeft`, `balance` and `note`; `null` removes an end. With something left the
   * grant is active again; a revoked one is 409 `grant_revoked`.
   * @summary Change a grant
   */
  @Patch('{id}')
  async patchGrant(@Path() id: Id, @Body() body: MergePatch): Promise<Grant> {
    const { context } = this;
    const saved = await inTransaction(context, async (trx) => {
      const row = this.required(await lockGrant(trx, context.providerId, id));
      const before = toGrant(row);
      const input = patched<GrantInput>('GrantInput', before, body);
      return recordedWrite(context, trx, 'grant', { before, after: await changeGrant(trx, row, input, context.now()) });
    });
    return respond(context, saved);
  }

  /**
   * Takes a grant back: from now on it gives nothing. It stays readable as `revoked`.
   * @summary Revoke a grant
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Revoked')
  async revokeGrant(@Path() id: Id): Promise<void> {
    const { context } = this;
    await inTransaction(context, async (trx) => {
      const row = this.required(await lockGrant(trx, context.providerId, id));
      if (row.status === 'revoked') return;
      await revokeGrant(trx, row, context.now());
      await recordedWrite(context, trx, 'grant', { before: toGrant(row) });
    });
  }

  private required(row: GrantRead | undefined): GrantRead {
    return requireVersion(this.context, row);
  }
}

/**
 * The platform's name of a service.
 * @minLength 1
 * @maxLength 255
 */
export type ServiceId = string;
