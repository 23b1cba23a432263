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
import type { Plan, PlanInput } from '../../../engine/vocabulary/plan';
import type { Term } from '../../../engine/vocabulary/resource';
import * as store from '../../../store/catalog/plans';
import { addressOf } from '../../../store/database/requests';
import type { SearchText } from '../../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { invalid } from '../../answers/problem';
import { type PathId, respond } from '../../answers/versions';
import type { Context } from '../../context';
import type { MergePatch } from '../../contract/merge-patch';
import { ResourceWrites, type WritableResource } from '../../writes/resource-writes';
import { inCatalogTransaction } from '../../writes/transaction';

const PLANS: WritableResource<Plan, PlanInput> = {
  type: 'plan',
  schema: 'PlanInput',
  transaction: inCatalogTransaction,
  lock: store.lockPlan,
  create: store.createPlan,
  replace: (trx, providerId, stored, input, at) =>
    store.replacePlan(trx, providerId, stored, withSameId(stored, input), at),
  remove: store.removePlan,
};

/** The platform's plans, as far as rules should know their groups, tags and titles. */
@Route('v1/plans')
@Tags('Plans and tags')
@Security('bearer', ['admin', 'secret'])
export class PlansController {
  private readonly plans: ResourceWrites<Plan, PlanInput>;

  constructor(private readonly context: Context) {
    this.plans = new ResourceWrites(context, PLANS);
  }

  /**
   * The provider's plans, in the order of their ids; `q` is part of the id.
   * @summary List plans
   */
  @Get()
  async listPlans(
    @Query() serviceType?: Term,
    @Query() q?: SearchText,
    @Query() limit?: PageLimit,
    @Query() cursor?: Cursor,
  ): Promise<Page<Plan>> {
    const { db, providerId } = this.context;
    return page(limit, cursor, (slice) => store.listPlans(db, providerId, { serviceType, q }, slice));
  }

  /**
   * One plan; its id is its key as well.
   * @summary Read a plan
   */
  @Get('{id}')
  async getPlan(@Path() id: PathId): Promise<Plan> {
    return respond(this.context, await store.getPlan(this.context.db, this.context.providerId, addressOf(id)));
  }

  /**
   * The platform chooses the id (409 `id_taken`).
   * @summary Create a plan
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createPlan(@Body() body: PlanInput): Promise<Plan> {
    return this.plans.create(body);
  }

  /**
   * What is absent is removed; the id cannot change.
   * @summary Replace a plan
   */
  @Put('{id}')
  async replacePlan(@Path() id: PathId, @Body() body: PlanInput): Promise<Plan> {
    return this.plans.replace(id, body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a plan
   */
  @Patch('{id}')
  async patchPlan(@Path() id: PathId, @Body() body: MergePatch): Promise<Plan> {
    return this.plans.patch(id, body);
  }

  /**
   * Rules may go on naming the plan.
   * @summary Remove a plan
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removePlan(@Path() id: PathId): Promise<void> {
    return this.plans.remove(id);
  }
}

function withSameId(stored: Plan, input: PlanInput): PlanInput {
  if (input.id === stored.id) return input;
  throw invalid([{ pointer: '/id', code: 'id_fixed', detail: 'cannot change: carts and rules refer to it' }]);
}
