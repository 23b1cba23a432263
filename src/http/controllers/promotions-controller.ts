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
import type { EnteredCode } from '../../engine/cart/cart';
import { checkPromotion } from '../../engine/rulebook/checks';
import type { Promotion, PromotionInput } from '../../engine/rulebook/promotion';
import type { Instant } from '../../engine/time/instant';
import type { Status } from '../../engine/vocabulary/resource';
import {
  createPromotion,
  getPromotion,
  listPromotions,
  lockPromotion,
  removePromotion,
  replacePromotion,
} from '../../store/catalog/promotions';
import { NotFound } from '../../store/database/errors';
import { addressOf } from '../../store/database/requests';
import type { CountedRule } from '../../store/redemptions/rule-usage';
import type { SearchText, YesOrNo } from '../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { assertValid } from '../answers/problem';
import { withItsUsage, withUsage } from '../answers/usage';
import { type PathId, requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { recordedWrite } from '../writes/audit';
import { inCatalogTransaction } from '../writes/transaction';

/** Promotions with their conditions and discounts. */
@Route('v1/promotions')
@Tags('Promotions')
@Security('bearer', ['admin', 'secret'])
export class PromotionsController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's promotions, oldest first: of a status, active at an instant (of status active, and in their window),
   * with a part of their name, or the one that a promo code opens.
   * @summary List promotions
   */
  @Get()
  async listPromotions(
    @Query() status?: Status,
    @Query() activeAt?: Instant,
    @Query() q?: SearchText,
    @Query() promoCode?: EnteredCode,
    @Query() usage?: YesOrNo,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Promotion>> {
    const { db, providerId } = this.context;
    return page(limit, cursor, async (slice) => {
      const promotions = await listPromotions(db, providerId, { status, activeAt, q, promoCode }, slice);
      return usage ? withUsage(this.context, promotions, countedAs) : promotions;
    });
  }

  /**
   * One promotion with everything in it.
   * @summary Read a promotion
   */
  @Get('{id}')
  async getPromotion(@Path() id: PathId): Promise<Promotion> {
    const { context } = this;
    const promotion = await getPromotion(context.db, context.providerId, addressOf(id));
    return respond(context, await withItsUsage(context, promotion, countedAs));
  }

  /**
   * With its conditions and discounts, all or nothing.
   * @summary Create a promotion
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createPromotion(@Body() body: PromotionInput): Promise<Promotion> {
    return this.create(body);
  }

  /**
   * A new promotion with the same rules, as a draft, without keys, codes and uses; members of the body take the place of
   * the copied ones.
   * @summary Copy a promotion
   */
  @Post('{id}/copy')
  @SuccessResponse(201, 'Created')
  async copyPromotion(@Path() id: PathId, @Body() body: PromotionInput): Promise<Promotion> {
    const { context } = this;
    const { db, providerId } = context;
    const original = await getPromotion(db, providerId, addressOf(id));
    if (original === undefined) throw new NotFound();
    return this.create({ ...copyOf(original), ...body });
  }

  /**
   * Its conditions and discounts become those of the body: a condition is recognised by its `id`, a discount by its `id`,
   * else its `key`, else its `name`; the others are new, and what is left out is removed. A discount that was redeemed and
   * is left out is archived instead: customers may keep it.
   * @summary Replace a promotion
   */
  @Put('{id}')
  async replacePromotion(@Path() id: PathId, @Body() body: PromotionInput): Promise<Promotion> {
    return this.change(id, () => body);
  }

  /**
   * A JSON Merge Patch; a list in it replaces the whole list.
   * @summary Change a promotion
   */
  @Patch('{id}')
  async patchPromotion(@Path() id: PathId, @Body() body: MergePatch): Promise<Promotion> {
    return this.change(id, (stored) => patched<PromotionInput>('PromotionInput', stored, body));
  }

  /**
   * With its conditions, discounts and codes; one that has been redeemed can only be archived (409 `promotion_redeemed`).
   * @summary Remove a promotion
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removePromotion(@Path() id: PathId): Promise<void> {
    const { context } = this;
    await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockPromotion(trx, context.providerId, addressOf(id)));
      await removePromotion(trx, context.providerId, stored);
      await recordedWrite(context, trx, 'promotion', { before: stored });
    });
  }

  private async create(body: PromotionInput): Promise<Promotion> {
    const { context } = this;
    const input = assertValid(body, checkPromotion);
    return respondCreated(
      context,
      await inCatalogTransaction(context, async (trx) =>
        recordedWrite(context, trx, 'promotion', {
          after: await createPromotion(trx, context.providerId, input, context.now()),
        }),
      ),
      '/v1/promotions',
    );
  }

  private async change(id: PathId, edit: (stored: Promotion) => PromotionInput): Promise<Promotion> {
    const { context } = this;
    const saved = await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockPromotion(trx, context.providerId, addressOf(id)));
      const input = assertValid(edit(stored), checkPromotion);
      return recordedWrite(context, trx, 'promotion', {
        before: stored,
        after: await replacePromotion(trx, context.providerId, stored, input, context.now()),
      });
    });
    return respond(context, saved);
  }
}

/** What a copy takes over: the rules, and no key or id that names a part of the original. */
function copyOf({ key: _key, discounts, ...original }: Promotion): PromotionInput {
  const copied = discounts.map(({ id: _id, key: _, promotionId: __, ...discount }) => discount);
  return { ...original, status: 'draft', discounts: copied };
}

function countedAs({ id, limits }: Promotion): CountedRule {
  return { id, total: limits?.total, budget: limits?.budget };
}
