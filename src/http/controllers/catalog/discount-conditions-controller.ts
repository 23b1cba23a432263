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
import type { Discount } from '../../../engine/rulebook/discount';
import { getDiscount, lockDiscount, replaceDiscount } from '../../../store/catalog/discounts';
import type { Cursor, Page, PageLimit } from '../../answers/page';
import type { PathId } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { type ConditionOwners, NestedConditions } from '../../writes/nested-conditions';

const DISCOUNTS: ConditionOwners<Discount> = {
  type: 'discount',
  get: getDiscount,
  lock: lockDiscount,
  replace: replaceDiscount,
};

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
    return new NestedConditions(this.context, DISCOUNTS, id);
  }
}
