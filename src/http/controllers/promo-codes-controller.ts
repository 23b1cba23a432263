import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  Body,
  Delete,
  Get,
  Patch,
  Path,
  Post,
  Produces,
  Put,
  Query,
  Route,
  Security,
  SuccessResponse,
  Tags,
} from '@tsoa/runtime';
import type { Knex } from 'knex';
import { checkPromoCode } from '../../engine/rulebook/checks';
import type { PromoCode, PromoCodeInput } from '../../engine/rulebook/promo-code';
import { pointerTo } from '../../engine/vocabulary/problem';
import type { Status, Term } from '../../engine/vocabulary/resource';
import { recordChanges } from '../../store/audit-log';
import { generatePromoCodes, type PromoCodeBatch } from '../../store/catalog/generated-promo-codes';
import * as store from '../../store/catalog/promo-codes';
import { NotFound } from '../../store/database/errors';
import { newId } from '../../store/database/id';
import { addressOf } from '../../store/database/requests';
import type { CountedRule } from '../../store/redemptions/rule-usage';
import { sendLongList } from '../answers/long-list';
import type { SearchText, YesOrNo } from '../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { assertValid, invalid } from '../answers/problem';
import { promoCodesCsv } from '../answers/promo-codes-csv';
import { withItsUsage, withUsage } from '../answers/usage';
import { type PathId, respond } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { importCodes } from '../streams/import-promo-codes';
import { authorOf } from '../writes/audit';
import { ResourceWrites } from '../writes/resource-writes';
import { inTransaction } from '../writes/transaction';

/** What an import of codes did. */
export interface PromoCodeImport {
  /**
   * Codes that are new.
   * @isLong
   */
  created: number;
  /**
   * Codes that were there with the same values.
   * @isLong
   */
  unchanged: number;
  /** The batch that the new codes belong to. */
  batch: Term;
}

/** How many codes a call changed. */
export interface PromoCodesChanged {
  /**
   * The codes of the batch.
   * @isLong
   */
  updated: number;
}

/** The codes that one call made. */
export interface PromoCodeList {
  /**
   * The codes, in the order in which they were made.
   * @maxItems 100000
   */
  items: PromoCode[];
}

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
    const promotionId = await this.promotion(db, id);
    return page(limit, cursor, async (slice) => {
      const codes = await store.listPromoCodes(db, providerId, promotionId, { status, q, batch }, slice);
      return usage ? withUsage(context, codes, countedAs) : codes;
    });
  }

  /**
   * All codes of the promotion with their uses. A cell that a spreadsheet would take for a formula begins with `'`.
   * @summary Export promo codes as CSV
   */
  @Get('promo-codes.csv')
  @Produces('text/csv')
  async exportPromoCodes(@Path() id: PathId): Promise<string> {
    const { db, providerId, response } = this.context;
    const promotionId = await this.promotion(db, id);
    const lines = promoCodesCsv((slice) => store.listPromoCodes(db, providerId, promotionId, {}, slice));
    response.type('text/csv').attachment('promo-codes.csv');
    await pipeline(Readable.from(lines), response);
    return '';
  }

  /**
   * One code, by its id or as `key:` and the code itself.
   * @summary Read a promo code
   */
  @Get('promo-codes/{codeId}')
  async getPromoCode(@Path() id: PathId, @Path() codeId: PathId): Promise<PromoCode> {
    const { context } = this;
    const { db, providerId } = context;
    const promotionId = await this.promotion(db, id);
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
   * All or none, in one transaction. Every `#` of the pattern becomes a random letter or digit. A code is hit by one guess
   * of a billion at most: a pattern of fewer than six `#` is refused (422 `pattern_too_small`), and where there are so many
   * codes of a pattern that they could be guessed, they get more characters at its last `#`.
   * @summary Generate promo codes
   */
  @Post('promo-codes/generate')
  @SuccessResponse(201, 'Created')
  async generatePromoCodes(@Path() id: PathId, @Body() body: PromoCodeBatch): Promise<PromoCodeList> {
    const { context } = this;
    const { count: _count, pattern: _pattern, ...fields } = body;
    assertValid({ code: 'any', ...fields }, checkPromoCode);
    context.customerId = fields.customerId;
    const items = await inTransaction(context, async (trx) => {
      const promotionId = await this.promotion(trx, id);
      const codes = await generatePromoCodes(trx, context.providerId, promotionId, body, context.now());
      // One entry for all, with what was asked for: the codes themselves are in the table.
      const generated = {
        action: 'generate',
        resourceType: 'promotion',
        resourceId: promotionId,
        after: body,
      } as const;
      await recordChanges(trx, context.providerId, authorOf(context), [generated]);
      return codes;
    });
    if (!context.db.isTransaction) await sendLongList(context.response, 201, items);
    return { items };
  }

  /**
   * Up to a million codes as CSV, whose first row names the columns, or as NDJSON; all or none, in constant memory. A code
   * that is there with the same values is unchanged, one with other values or of another promotion is an error of its line.
   * @summary Import promo codes
   */
  @Post('promo-codes/import')
  @SuccessResponse(200, 'Imported')
  async importPromoCodes(
    @Path() id: PathId,
    @Query() dryRun?: YesOrNo,
    @Query() batch: Term = newId(),
  ): Promise<PromoCodeImport> {
    const { context } = this;
    const promotionId = await this.promotion(context.db, id);
    const outcome = await importCodes(context, { promotionId, batch, dryRun: dryRun ?? false });
    return { ...outcome, batch };
  }

  /**
   * Pauses or re-dates all codes of a batch; a JSON Merge Patch of what is named here.
   * @summary Change a batch of promo codes
   */
  @Patch('promo-codes')
  async patchPromoCodes(
    @Path() id: PathId,
    @Query() batch: Term,
    @Body() body: MergePatch,
  ): Promise<PromoCodesChanged> {
    const { context } = this;
    checkBatchPatch(body);
    const updated = await inTransaction(context, async (trx) => {
      const promotionId = await this.promotion(trx, id);
      const where = { promotionId, batch, at: context.now() };
      const count = await store.changeBatch(trx, context.providerId, where, body);
      const after = { batch, ...body };
      const change = { action: 'patch', resourceType: 'promotion', resourceId: promotionId, after } as const;
      await recordChanges(trx, context.providerId, authorOf(context), [change]);
      return count;
    });
    return { updated };
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
        store.lockPromoCode(trx, providerId, await this.promotion(trx, id), address),
      create: async (trx, providerId, input, at) =>
        store.createPromoCode(trx, providerId, await this.promotion(trx, id), input, at),
      replace: store.replacePromoCode,
      remove: store.removePromoCode,
    });
  }

  private async promotion(db: Knex, id: PathId): Promise<string> {
    const promotionId = await store.promotionOfCodes(db, this.context.providerId, addressOf(id));
    if (promotionId === undefined) throw new NotFound();
    return promotionId;
  }
}

function countedAs({ id, maxRedemptions }: PromoCode): CountedRule {
  return { id, total: maxRedemptions };
}

const BATCH_MEMBERS = ['status', 'startsAt', 'endsAt'];

/** Throws what is wrong with a patch of a batch: members that it may not change, or values that a code may not have. */
function checkBatchPatch(patch: MergePatch): void {
  const unknown = Object.keys(patch).filter((name) => !BATCH_MEMBERS.includes(name));
  const detail = `cannot be changed for a whole batch; only ${BATCH_MEMBERS.join(', ')} can`;
  if (unknown.length > 0) {
    throw invalid(unknown.map((name) => ({ pointer: pointerTo([name]), code: 'unknown_property', detail })));
  }
  assertValid(patched<PromoCodeInput>('PromoCodeInput', { code: 'any' }, patch), checkPromoCode);
}
