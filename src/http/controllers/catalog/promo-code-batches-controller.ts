import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Body, Get, Patch, Path, Post, Produces, Query, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import { checkPromoCode } from '../../../engine/rulebook/checks';
import type { PromoCode, PromoCodeInput } from '../../../engine/rulebook/promo-code';
import { pointerTo } from '../../../engine/vocabulary/problem';
import type { Term } from '../../../engine/vocabulary/resource';
import { recordChanges } from '../../../store/audit-log';
import { newId } from '../../../store/database/id';
import { addressOf } from '../../../store/database/requests';
import { generatePromoCodes, type PromoCodeBatch } from '../../../store/promo-codes/generated-promo-codes';
import * as store from '../../../store/promo-codes/promo-codes';
import { sendLongList } from '../../answers/long-list';
import type { YesOrNo } from '../../answers/page';
import { assertValid, invalid } from '../../answers/problem';
import { promoCodesCsv } from '../../answers/promo-codes-csv';
import type { PathId } from '../../answers/versions';
import type { Context } from '../../context';
import { type MergePatch, patched } from '../../contract/merge-patch';
import { importCodes } from '../../streams/import-promo-codes';
import { authorOf } from '../../writes/audit';
import { inTransaction } from '../../writes/transaction';

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

/** Many promo codes at once. */
@Route('v1/promotions/{id}')
@Tags('Promotions')
@Security('bearer', ['admin', 'secret'])
export class PromoCodeBatchesController {
  constructor(private readonly context: Context) {}

  /**
   * All codes of the promotion with their uses. A cell that a spreadsheet would take for a formula begins with `'`.
   * @summary Export promo codes as CSV
   */
  @Get('promo-codes.csv')
  @Produces('text/csv')
  async exportPromoCodes(@Path() id: PathId): Promise<string> {
    const { db, providerId, response } = this.context;
    const promotionId = await store.promotionOfCodes(db, providerId, addressOf(id));
    const lines = promoCodesCsv((slice) => store.listPromoCodes(db, providerId, promotionId, {}, slice));
    response.type('text/csv').attachment('promo-codes.csv');
    await pipeline(Readable.from(lines), response);
    return '';
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
      const promotionId = await store.promotionOfCodes(trx, context.providerId, addressOf(id));
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
    // An answer that is to be repeated is kept whole.
    if (context.db.isTransaction) return { items: [...items] };
    await sendLongList(context.response, 201, items);
    return { items: [] };
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
    const promotionId = await store.promotionOfCodes(context.db, context.providerId, addressOf(id));
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
      const promotionId = await store.promotionOfCodes(trx, context.providerId, addressOf(id));
      const where = { promotionId, batch, at: context.now() };
      const count = await store.changeBatch(trx, context.providerId, where, body);
      const after = { batch, ...body };
      const change = { action: 'patch', resourceType: 'promotion', resourceId: promotionId, after } as const;
      await recordChanges(trx, context.providerId, authorOf(context), [change]);
      return count;
    });
    return { updated };
  }
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
