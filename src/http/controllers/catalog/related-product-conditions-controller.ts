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
import type { RelatedProduct } from '../../../engine/rulebook/related-product';
import { getRelatedProduct, lockRelatedProduct, replaceRelatedProduct } from '../../../store/catalog/related-products';
import type { Cursor, Page, PageLimit } from '../../answers/page';
import type { PathId } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { type ConditionOwners, NestedConditions } from '../../writes/nested-conditions';

const RELATED_PRODUCTS: ConditionOwners<RelatedProduct> = {
  type: 'related_product',
  get: getRelatedProduct,
  lock: lockRelatedProduct,
  replace: replaceRelatedProduct,
};

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
    return new NestedConditions(this.context, RELATED_PRODUCTS, id);
  }
}
