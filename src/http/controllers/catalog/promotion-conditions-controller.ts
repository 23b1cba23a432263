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
import type { Condition } from '../../../engine/conditions/index';
import type { Promotion } from '../../../engine/rulebook/promotion';
import { getPromotion, lockPromotion, replacePromotion } from '../../../store/catalog/promotions';
import type { Cursor, Page, PageLimit } from '../../answers/page';
import type { PathId } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { type ConditionOwners, NestedConditions } from '../../writes/nested-conditions';

const PROMOTIONS: ConditionOwners<Promotion> = {
  type: 'promotion',
  get: getPromotion,
  lock: lockPromotion,
  replace: replacePromotion,
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
    return new NestedConditions(this.context, PROMOTIONS, id);
  }
}
