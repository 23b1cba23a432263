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
import type { Knex } from 'knex';
import { checkDiscount } from '../../../engine/rulebook/checks';
import type { Discount, DiscountInput } from '../../../engine/rulebook/discount';
import type { Status } from '../../../engine/vocabulary/resource';
import * as store from '../../../store/catalog/discounts';
import { getPromotion } from '../../../store/catalog/promotions';
import { addressOf } from '../../../store/database/requests';
import type { CountedRule } from '../../../store/reports/rule-usage';
import { boundedText } from '../../answers/answer';
import { type Cursor, type Page, type PageLimit, page, type SearchText, type YesOrNo } from '../../answers/page';
import { invalid } from '../../answers/problem';
import { withItsUsage, withUsage } from '../../answers/usage';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { ResourceWrites, type WritableResource } from '../../writes/resource-writes';
import { inCatalogTransaction } from '../../writes/transaction';

/** As many as a promotion may be saved with. */
const MOST_DISCOUNTS = 200;

const DISCOUNTS: WritableResource<Discount, DiscountInput> = {
  type: 'discount',
  schema: 'DiscountInput',
  transaction: inCatalogTransaction,
  check: checkDiscount,
  lock: store.lockDiscount,
  create: async (trx, providerId, input, at) =>
    inItsPlace(trx, providerId, await store.createDiscount(trx, providerId, input, at)),
  replace: async (trx, providerId, stored, input, at) =>
    inItsPlace(trx, providerId, await store.replaceDiscount(trx, providerId, stored, input, at)),
  remove: store.removeDiscount,
};

/** Discounts of promotions, and global ones. */
@Route('v1/discounts')
@Tags('Discounts')
@Security('bearer', ['admin', 'secret'])
export class DiscountsController {
  private readonly discounts: ResourceWrites<Discount, DiscountInput>;

  constructor(private readonly context: Context) {
    this.discounts = new ResourceWrites(context, DISCOUNTS);
  }

  /**
   * The discounts of promotions and the global ones, oldest first: of one promotion, only global ones or none of them, of
   * a status, or with a part of their name.
   * @summary List discounts
   */
  @Get()
  async listDiscounts(
    @Query() promotionId?: PathId,
    @Query() global?: YesOrNo,
    @Query() status?: Status,
    @Query() q?: SearchText,
    @Query() usage?: YesOrNo,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Discount>> {
    const { db, providerId } = this.context;
    return page(limit, cursor, async (slice) => {
      const discounts = await store.listDiscounts(db, providerId, { promotionId, global, status, q }, slice);
      return usage ? withUsage(this.context, discounts, countedAs) : discounts;
    });
  }

  /**
   * One discount with everything in it.
   * @summary Read a discount
   */
  @Get('{id}')
  async getDiscount(@Path() id: PathId): Promise<Discount> {
    const { context } = this;
    const discount = await store.getDiscount(context.db, context.providerId, addressOf(id));
    return respond(context, await withItsUsage(context, discount, countedAs));
  }

  /**
   * With `promotionId` at the end of that promotion, which gets a new version; without it a global discount.
   * @summary Create a discount
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createDiscount(@Body() body: DiscountInput): Promise<Discount> {
    return this.discounts.create(body);
  }

  /**
   * Without `promotionId` it stays where it is; with another one it moves to the end of that promotion. Its promotion gets
   * a new version.
   * @summary Replace a discount
   */
  @Put('{id}')
  async replaceDiscount(@Path() id: PathId, @Body() body: DiscountInput): Promise<Discount> {
    return this.discounts.replace(id, body);
  }

  /**
   * A JSON Merge Patch; a list in it replaces the whole list.
   * @summary Change a discount
   */
  @Patch('{id}')
  async patchDiscount(@Path() id: PathId, @Body() body: MergePatch): Promise<Discount> {
    return this.discounts.patch(id, body);
  }

  /**
   * Its promotion gets a new version. One that a redemption or a grant ever named can only be archived (409
   * `discount_redeemed`).
   * @summary Remove a discount
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removeDiscount(@Path() id: PathId): Promise<void> {
    return this.discounts.remove(id);
  }
}

/** One by one a promotion takes no more discounts than in one piece, and can still be read. */
async function inItsPlace(trx: Knex.Transaction, providerId: string, saved: Discount): Promise<Discount> {
  const { promotionId } = saved;
  if (promotionId === undefined) return saved;
  const promotion = await getPromotion(trx, providerId, { id: promotionId });
  boundedText(promotion);
  const live = promotion?.discounts.filter(({ status }) => status !== 'archived') ?? [];
  if (live.length <= MOST_DISCOUNTS) return saved;
  const detail = `has ${MOST_DISCOUNTS} discounts, the maximum for a promotion`;
  throw invalid([{ pointer: '/promotionId', code: 'max_items', detail }]);
}

/** Uses of a promotion's discount are the promotion's. */
function countedAs({ id, promotionId }: Discount): CountedRule | undefined {
  return promotionId === undefined ? { id } : undefined;
}
