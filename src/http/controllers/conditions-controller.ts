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
import type { Condition } from '../../engine/conditions/index';
import type { Discount } from '../../engine/rulebook/discount';
import type { Promotion } from '../../engine/rulebook/promotion';
import type { RelatedProduct } from '../../engine/rulebook/related-product';
import { getDiscount, lockDiscount, replaceDiscount } from '../../store/catalog/discounts';
import { getPromotion, lockPromotion, replacePromotion } from '../../store/catalog/promotions';
import { getRelatedProduct, lockRelatedProduct, replaceRelatedProduct } from '../../store/catalog/related-products';
import type { Cursor, Page, PageLimit } from '../answers/page';
import type { PathId } from '../answers/versions';
import type { Context } from '../context';
import type { MergePatch } from '../contract/merge-patch';
import { type ConditionOwners, NestedConditions } from '../writes/nested-conditions';

const promotions: ConditionOwners<Promotion> = {
  type: 'promotion',
  get: getPromotion,
  lock: lockPromotion,
  replace: replacePromotion,
};
const discounts: ConditionOwners<Discount> = {
  type: 'discount',
  get: getDiscount,
  lock: lockDiscount,
  replace: replaceDiscount,
};
const relatedProducts: ConditionOwners<RelatedProduct> = {
  type: 'related_product',
  get: getRelatedProduct,
  lock: lockRelatedProduct,
  replace: replaceRelatedProduct,
};

/** When a promotion applies: every group, and every condition without a group, must hold. */
@Route('v1/promotions/{id}/conditions')
@Tags('Promotions')
@Security('bearer', ['admin', 'secret'])
export class PromotionConditionsController {
  constructor(private readonly context: Context) {}

  /**
   * The conditions, oldest first.
   * @summary List the conditions of a promotion
   */
  @Get()
  async listPromotionConditions(
    @Path() id: PathId,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Condition>> {
    return this.conditions(id).list(limit, cursor);
  }

  /**
   * One condition.
   * @summary Read a condition of a promotion
   */
  @Get('{conditionId}')
  async getPromotionCondition(@Path() id: PathId, @Path() conditionId: PathId): Promise<Condition> {
    return this.conditions(id).get(conditionId);
  }

  /**
   * At the end of the list; the promotion gets a new version.
   * @summary Add a condition to a promotion
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createPromotionCondition(@Path() id: PathId, @Body() body: Condition): Promise<Condition> {
    return this.conditions(id).create(body);
  }

  /**
   * In its place; the promotion gets a new version.
   * @summary Replace a condition of a promotion
   */
  @Put('{conditionId}')
  async replacePromotionCondition(
    @Path() id: PathId,
    @Path() conditionId: PathId,
    @Body() body: Condition,
  ): Promise<Condition> {
    return this.conditions(id).replace(conditionId, body);
  }

  /**
   * A JSON Merge Patch; the promotion gets a new version.
   * @summary Change a condition of a promotion
   */
  @Patch('{conditionId}')
  async patchPromotionCondition(
    @Path() id: PathId,
    @Path() conditionId: PathId,
    @Body() body: MergePatch,
  ): Promise<Condition> {
    return this.conditions(id).patch(conditionId, body);
  }

  /**
   * The promotion gets a new version.
   * @summary Remove a condition of a promotion
   */
  @Delete('{conditionId}')
  @SuccessResponse(204, 'Removed')
  async removePromotionCondition(@Path() id: PathId, @Path() conditionId: PathId): Promise<void> {
    return this.conditions(id).remove(conditionId);
  }

  private conditions(id: PathId): NestedConditions<Promotion> {
    return new NestedConditions(this.context, promotions, id);
  }
}

/** When a discount applies; of a global discount one of the ungrouped conditions is enough. */
@Route('v1/discounts/{id}/conditions')
@Tags('Discounts')
@Security('bearer', ['admin', 'secret'])
export class DiscountConditionsController {
  constructor(private readonly context: Context) {}

  /**
   * The conditions, oldest first.
   * @summary List the conditions of a discount
   */
  @Get()
  async listDiscountConditions(
    @Path() id: PathId,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Condition>> {
    return this.conditions(id).list(limit, cursor);
  }

  /**
   * One condition.
   * @summary Read a condition of a discount
   */
  @Get('{conditionId}')
  async getDiscountCondition(@Path() id: PathId, @Path() conditionId: PathId): Promise<Condition> {
    return this.conditions(id).get(conditionId);
  }

  /**
   * At the end of the list; the discount gets a new version.
   * @summary Add a condition to a discount
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createDiscountCondition(@Path() id: PathId, @Body() body: Condition): Promise<Condition> {
    return this.conditions(id).create(body);
  }

  /**
   * In its place; the discount gets a new version.
   * @summary Replace a condition of a discount
   */
  @Put('{conditionId}')
  async replaceDiscountCondition(
    @Path() id: PathId,
    @Path() conditionId: PathId,
    @Body() body: Condition,
  ): Promise<Condition> {
    return this.conditions(id).replace(conditionId, body);
  }

  /**
   * A JSON Merge Patch; the discount gets a new version.
   * @summary Change a condition of a discount
   */
  @Patch('{conditionId}')
  async patchDiscountCondition(
    @Path() id: PathId,
    @Path() conditionId: PathId,
    @Body() body: MergePatch,
  ): Promise<Condition> {
    return this.conditions(id).patch(conditionId, body);
  }

  /**
   * The discount gets a new version.
   * @summary Remove a condition of a discount
   */
  @Delete('{conditionId}')
  @SuccessResponse(204, 'Removed')
  async removeDiscountCondition(@Path() id: PathId, @Path() conditionId: PathId): Promise<void> {
    return this.conditions(id).remove(conditionId);
  }

  private conditions(id: PathId): NestedConditions<Discount> {
    return new NestedConditions(this.context, discounts, id);
  }
}

/** When a related product is offered: every group, and every condition without a group, must hold. */
@Route('v1/related-products/{id}/conditions')
@Tags('Related products')
@Security('bearer', ['admin', 'secret'])
export class RelatedProductConditionsController {
  constructor(private readonly context: Context) {}

  /**
   * The conditions, oldest first.
   * @summary List the conditions of a related product
   */
  @Get()
  async listRelatedProductConditions(
    @Path() id: PathId,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Condition>> {
    return this.conditions(id).list(limit, cursor);
  }

  /**
   * One condition.
   * @summary Read a condition of a related product
   */
  @Get('{conditionId}')
  async getRelatedProductCondition(@Path() id: PathId, @Path() conditionId: PathId): Promise<Condition> {
    return this.conditions(id).get(conditionId);
  }

  /**
   * At the end of the list; the related product gets a new version.
   * @summary Add a condition to a related product
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createRelatedProductCondition(@Path() id: PathId, @Body() body: Condition): Promise<Condition> {
    return this.conditions(id).create(body);
  }

  /**
   * In its place; the related product gets a new version.
   * @summary Replace a condition of a related product
   */
  @Put('{conditionId}')
  async replaceRelatedProductCondition(
    @Path() id: PathId,
    @Path() conditionId: PathId,
    @Body() body: Condition,
  ): Promise<Condition> {
    return this.conditions(id).replace(conditionId, body);
  }

  /**
   * A JSON Merge Patch; the related product gets a new version.
   * @summary Change a condition of a related product
   */
  @Patch('{conditionId}')
  async patchRelatedProductCondition(
    @Path() id: PathId,
    @Path() conditionId: PathId,
    @Body() body: MergePatch,
  ): Promise<Condition> {
    return this.conditions(id).patch(conditionId, body);
  }

  /**
   * The related product gets a new version.
   * @summary Remove a condition of a related product
   */
  @Delete('{conditionId}')
  @SuccessResponse(204, 'Removed')
  async removeRelatedProductCondition(@Path() id: PathId, @Path() conditionId: PathId): Promise<void> {
    return this.conditions(id).remove(conditionId);
  }

  private conditions(id: PathId): NestedConditions<RelatedProduct> {
    return new NestedConditions(this.context, relatedProducts, id);
  }
}
