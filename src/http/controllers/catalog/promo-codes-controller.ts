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
import { checkPromoCode } from '../../../engine/rulebook/checks';
import type { PromoCode, PromoCodeInput } from '../../../engine/rulebook/promo-code';
import type { Status, Term } from '../../../engine/vocabulary/resource';
import { addressOf } from '../../../store/database/requests';
import * as store from '../../../store/promo-codes/promo-codes';
import type { CountedRule } from '../../../store/reports/rule-usage';
import type { SearchText, YesOrNo } from '../../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { withItsUsage, withUsage } from '../../answers/usage';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { ResourceWrites } from '../../writes/resource-writes';
import { inTransaction } from '../../writes/transaction';

/**
 * Codes that open a promotion. They are no part of the catalog's version: a quote looks them up anew each time.
 */
@Route('v1/promotions/{id}')
@Tags('Promotions')
@Security('bearer', ['admin', 'secret'])
export class PromoCodesController {
  constructor(private readonly context: Context) {}

  /**
   * The promotion's codes with their uses, oldest first: of a status, of a batch, or with a part of the code.
   * @summary List promo codes
   */
  @Get('promo-codes')
  async listPromoCodes(
    @Path() id: PathId,
    @Query() status?: Status,
    @Query() q?: SearchText,
    @Query() batch?: Term,
    @Query() usage?: YesOrNo,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<PromoCode>> {
    const { context } = this;
    const { db, providerId } = context;
    const promotionId = await store.promotionOfCodes(db, providerId, addressOf(id));
    return page(limit, cursor, async (slice) => {
      const codes = await store.listPromoCodes(db, providerId, promotionId, { status, q, batch }, slice);
      return usage ? withUsage(context, codes, countedAs) : codes;
    });
  }

  /**
   * One code, by its id or as `key:` and the code itself.
   * @summary Read a promo code
   */
  @Get('promo-codes/{codeId}')
  async getPromoCode(@Path() id: PathId, @Path() codeId: PathId): Promise<PromoCode> {
    const { context } = this;
    const { db, providerId } = context;
    const promotionId = await store.promotionOfCodes(db, providerId, addressOf(id));
    const code = await store.getPromoCode(db, providerId, promotionId, addressOf(codeId));
    return respond(context, await withItsUsage(context, code, countedAs));
  }

  /**
   * The code is trimmed, compared by full case folding and unique per provider (409 `code_taken`).
   * @summary Create a promo code
   */
  @Post('promo-codes')
  @SuccessResponse(201, 'Created')
  async createPromoCode(@Path() id: PathId, @Body() body: PromoCodeInput): Promise<PromoCode> {
    this.context.customerId = body.customerId;
    return this.codesOf(id).create(body);
  }

  /**
   * Its uses stay.
   * @summary Replace a promo code
   */
  @Put('promo-codes/{codeId}')
  async replacePromoCode(@Path() id: PathId, @Path() codeId: PathId, @Body() body: PromoCodeInput): Promise<PromoCode> {
    return this.codesOf(id).replace(codeId, body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a promo code
   */
  @Patch('promo-codes/{codeId}')
  async patchPromoCode(@Path() id: PathId, @Path() codeId: PathId, @Body() body: MergePatch): Promise<PromoCode> {
    return this.codesOf(id).patch(codeId, body);
  }

  /**
   * A code that has been redeemed can only be archived (409 `promo_code_redeemed`).
   * @summary Remove a promo code
   */
  @Delete('promo-codes/{codeId}')
  @SuccessResponse(204, 'Removed')
  async removePromoCode(@Path() id: PathId, @Path() codeId: PathId): Promise<void> {
    return this.codesOf(id).remove(codeId);
  }

  private codesOf(id: PathId): ResourceWrites<PromoCode, PromoCodeInput> {
    return new ResourceWrites(this.context, {
      type: 'promo_code',
      schema: 'PromoCodeInput',
      transaction: inTransaction,
      check: checkPromoCode,
      lock: async (trx, providerId, address) =>
        store.lockPromoCode(trx, providerId, await store.promotionOfCodes(trx, providerId, addressOf(id)), address),
      create: async (trx, providerId, input, at) =>
        store.createPromoCode(trx, providerId, await store.promotionOfCodes(trx, providerId, addressOf(id)), input, at),
      replace: store.replacePromoCode,
      remove: store.removePromoCode,
    });
  }
}

function countedAs({ id, maxRedemptions }: PromoCode): CountedRule {
  return { id, total: maxRedemptions };
}
