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
import type { EnteredCode } from '../../../engine/cart/cart';
import { checkPromotion } from '../../../engine/rulebook/checks';
import type { Promotion, PromotionInput } from '../../../engine/rulebook/promotion';
import type { Instant } from '../../../engine/time/instant';
import type { Status } from '../../../engine/vocabulary/resource';
import * as store from '../../../store/catalog/promotions';
import { NotFound } from '../../../store/database/errors';
import { addressOf } from '../../../store/database/requests';
import type { CountedRule } from '../../../store/reports/rule-usage';
import type { SearchText, YesOrNo } from '../../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { withItsUsage, withUsage } from '../../answers/usage';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { copyOf } from '../../writes/copied-promotion';
import { ResourceWrites, type WritableResource } from '../../writes/resource-writes';
import { inCatalogTransaction } from '../../writes/transaction';

const PROMOTIONS: WritableResource<Promotion, PromotionInput> = {
  type: 'promotion',
  schema: 'PromotionInput',
  transaction: inCatalogTransaction,
  check: checkPromotion,
  lock: store.lockPromotion,
  create: store.createPromotion,
  replace: store.replacePromotion,
  remove: store.removePromotion,
};

/** Promotions with their conditions and discounts. */
@Route('v1/promotions')
@Tags('Promotions')
@Security('bearer', ['admin', 'secret'])
export class PromotionsController {
  private readonly promotions: ResourceWrites<Promotion, PromotionInput>;

  constructor(private readonly context: Context) {
    this.promotions = new ResourceWrites(context, PROMOTIONS);
  }

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
      const promotions = await store.listPromotions(db, providerId, { status, activeAt, q, promoCode }, slice);
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
    const promotion = await store.getPromotion(context.db, context.providerId, addressOf(id));
    return respond(context, await withItsUsage(context, promotion, countedAs));
  }

  /**
   * With its conditions and discounts, all or nothing.
   * @summary Create a promotion
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createPromotion(@Body() body: PromotionInput): Promise<Promotion> {
    return this.promotions.create(body);
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
    const original = await store.getPromotion(db, providerId, addressOf(id));
    if (original === undefined) throw new NotFound();
    return this.promotions.create({ ...copyOf(original), ...body }, '/v1/promotions');
  }

  /**
   * Its conditions and discounts become those of the body: a condition is recognised by its `id`, a discount by its `id`,
   * else its `key`, else its `name`; the others are new, and what is left out is removed. A discount that was redeemed and
   * is left out is archived instead: customers may keep it.
   * @summary Replace a promotion
   */
  @Put('{id}')
  async replacePromotion(@Path() id: PathId, @Body() body: PromotionInput): Promise<Promotion> {
    return this.promotions.replace(id, body);
  }

  /**
   * A JSON Merge Patch; a list in it replaces the whole list.
   * @summary Change a promotion
   */
  @Patch('{id}')
  async patchPromotion(@Path() id: PathId, @Body() body: MergePatch): Promise<Promotion> {
    return this.promotions.patch(id, body);
  }

  /**
   * With its conditions, discounts and codes; one that has been redeemed can only be archived (409 `promotion_redeemed`).
   * @summary Remove a promotion
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removePromotion(@Path() id: PathId): Promise<void> {
    return this.promotions.remove(id);
  }
}

function countedAs({ id, limits }: Promotion): CountedRule {
  return { id, total: limits?.total, budget: limits?.budget };
}
