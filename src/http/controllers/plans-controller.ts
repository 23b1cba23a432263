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
import type { Plan, PlanInput } from '../../engine/vocabulary/plan';
import type { Term } from '../../engine/vocabulary/resource';
import { createPlan, getPlan, listPlans, lockPlan, removePlan, replacePlan } from '../../store/catalog/plans';
import type { SearchText } from '../answers/page';
import { type Cursor, type Page, type PageLimit, page } from '../answers/page';
import { invalid } from '../answers/problem';
import { type PathId, requireVersion, respond, respondCreated } from '../answers/versions';
import type { Context } from '../context';
import { type MergePatch, patched } from '../contract/merge-patch';
import { recordedWrite } from '../writes/audit';
import { inCatalogTransaction } from '../writes/transaction';

/** The platform's plans, as far as rules should know their groups, tags and titles. */
@Route('v1/plans')
@Tags('Plans and tags')
@Security('bearer', ['admin', 'secret'])
export class PlansController {
  constructor(private readonly context: Context) {}

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
    return page(limit, cursor, (slice) => listPlans(db, providerId, { serviceType, q }, slice));
  }

  /**
   * One plan; its id is its key as well.
   * @summary Read a plan
   */
  @Get('{id}')
  async getPlan(@Path() id: PathId): Promise<Plan> {
    return respond(this.context, await getPlan(this.context.db, this.context.providerId, id));
  }

  /**
   * The platform chooses the id (409 `id_taken`).
   * @summary Create a plan
   */
  @Post()
  @SuccessResponse(201, 'Created')
  async createPlan(@Body() body: PlanInput): Promise<Plan> {
    const { context } = this;
    return respondCreated(
      context,
      await inCatalogTransaction(context, async (trx) =>
        recordedWrite(context, trx, 'plan', { after: await createPlan(trx, context.providerId, body, context.now()) }),
      ),
    );
  }

  /**
   * What is absent is removed; the id cannot change.
   * @summary Replace a plan
   */
  @Put('{id}')
  async replacePlan(@Path() id: PathId, @Body() body: PlanInput): Promise<Plan> {
    return this.change(id, () => body);
  }

  /**
   * A JSON Merge Patch.
   * @summary Change a plan
   */
  @Patch('{id}')
  async patchPlan(@Path() id: PathId, @Body() body: MergePatch): Promise<Plan> {
    return this.change(id, (stored) => patched<PlanInput>('PlanInput', stored, body));
  }

  /**
   * Rules may go on naming the plan.
   * @summary Remove a plan
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Removed')
  async removePlan(@Path() id: PathId): Promise<void> {
    const { context } = this;
    await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockPlan(trx, context.providerId, id));
      await removePlan(trx, context.providerId, stored);
      await recordedWrite(context, trx, 'plan', { before: stored });
    });
  }

  private async change(id: PathId, edit: (stored: Plan) => PlanInput): Promise<Plan> {
    const { context } = this;
    const saved = await inCatalogTransaction(context, async (trx) => {
      const stored = requireVersion(context, await lockPlan(trx, context.providerId, id));
      return recordedWrite(context, trx, 'plan', {
        before: stored,
        after: await replacePlan(trx, context.providerId, stored, withSameId(stored, edit(stored)), context.now()),
      });
    });
    return respond(context, saved);
  }
}

function withSameId(stored: Plan, input: PlanInput): PlanInput {
  if (input.id === stored.id) return input;
  throw invalid([{ pointer: '/id', code: 'id_fixed', detail: 'cannot change: carts and rules refer to it' }]);
}
