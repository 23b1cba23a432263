import { Body, Delete, Get, Path, Post, Query, Route, Security, SuccessResponse, Tags } from '@tsoa/runtime';
import { rulesOf } from '../../../engine/rulebook/draft';
import { parseInstant } from '../../../engine/time/instant';
import { NotFound } from '../../../store/database/errors';
import type { Simulation, SimulationInput } from '../../../store/simulations/simulation';
import {
  cancelSimulation,
  createSimulation,
  getSimulation,
  listSimulations,
} from '../../../store/simulations/simulations';
import { type Cursor, type Page, type PageLimit, page } from '../../answers/page';
import { invalid } from '../../answers/problem';
import type { PathId } from '../../answers/versions';
import type { Context } from '../../context';
import { inTransaction } from '../../writes/transaction';

/** What unsaved rules would have done to the orders of a time. */
@Route('v1/simulations')
@Tags('Redemptions')
@Security('bearer', ['admin', 'secret'])
export class SimulationsController {
  constructor(private readonly context: Context) {}

  /**
   * The provider's simulations, oldest first; of those that have ended the last 50 are kept.
   * @summary List simulations
   */
  @Get()
  async listSimulations(@Query() limit?: PageLimit, @Query() cursor?: Cursor): Promise<Page<Simulation>> {
    const { db, providerId } = this.context;
    return page(limit, cursor, (slice) => listSimulations(db, providerId, slice));
  }

  /**
   * Replays the confirmed orders of a time, at most 100,000, in the background: each as it was asked for, at its instant, by the
   * rules stored now and with the draft laid over them. Limits and budgets count as unused, and grants do not count.
   * `Location` says where the result will be.
   * @summary Simulate unsaved rules
   */
  @Post()
  @SuccessResponse(202, 'Accepted')
  async createSimulation(@Body() body: SimulationInput): Promise<Simulation> {
    const { context } = this;
    const { db, providerId, response, services } = context;
    if (parseInstant(body.from) >= parseInstant(body.to)) {
      throw invalid([{ pointer: '/to', code: 'span', detail: 'The end must be after from.' }]);
    }
    // Throws what is wrong with the draft.
    rulesOf(await services.rulebooks.current(db, providerId), body.draft);
    const simulation = await inTransaction(context, (trx) => createSimulation(trx, providerId, body, context.now()));
    response.location(`/v1/simulations/${simulation.id}`);
    return simulation;
  }

  /**
   * How far it is, and in the end what it found.
   * @summary Read a simulation
   */
  @Get('{id}')
  async getSimulation(@Path() id: PathId): Promise<Simulation> {
    const simulation = await getSimulation(this.context.db, this.context.providerId, id);
    if (simulation === undefined) throw new NotFound();
    return simulation;
  }

  /**
   * One that waits or runs is cancelled and can still be read; one that has ended is removed.
   * @summary Cancel or remove a simulation
   */
  @Delete('{id}')
  @SuccessResponse(204, 'Cancelled')
  async cancelSimulation(@Path() id: PathId): Promise<void> {
    const { context } = this;
    const found = await inTransaction(context, (trx) => cancelSimulation(trx, context.providerId, id, context.now()));
    if (!found) throw new NotFound();
  }
}
