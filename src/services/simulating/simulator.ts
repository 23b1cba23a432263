import { randomUUID } from 'node:crypto';
import type { CodeFact } from '../../engine/judging/facts';
import { rulesOf } from '../../engine/rulebook/draft';
import { codesOf, noImpact, replay } from '../../engine/simulation/impact';
import { nodeOf } from '../../store/database/nodes';
import { isUnreachable } from '../../store/database/unreachable';
import { loadFacts } from '../../store/redemptions/facts';
import {
  finishSimulation,
  type LeasedSimulation,
  leaseSimulation,
  type ReplayState,
  releaseSimulation,
  saveProgress,
} from '../../store/simulations/leases';
import { nextOrders } from '../../store/simulations/replayed-orders';
import type { Services } from '../caller';
import { Rounds } from '../concurrency/rounds';

/** What a simulator takes. */
export type SimulatingServices = Pick<Services, 'db' | 'log' | 'rulebooks'>;

/** So often a process looks for a simulation to take up. */
const LOOK_EVERY_MS = 1_000;
/** So long others wait, at most, until a slice is over. */
const SLICE_MS = 8;
/** After a slice the process rests for so many times as long: a quarter of a core at most. */
const REST = 3;
const ORDERS_AT_ONCE = 100;
/** Far below what a lease lasts. */
const SAVE_EVERY_MS = 2_000;

/** Replays simulations in the background, one at a time, at a bounded share of a core. */
export class Simulator extends Rounds {
  readonly #owner = randomUUID();

  constructor(private readonly services: SimulatingServices) {
    super(LOOK_EVERY_MS);
  }

  /** Replays what waits. Stopped, it ends after a slice; another process goes on from there. */
  protected async work(): Promise<void> {
    try {
      await this.#replayWaiting();
    } catch (error) {
      // That the database is away, others say.
      if (!isUnreachable(error)) this.services.log.warn({ err: error }, 'Simulations could not be replayed');
    }
  }

  async #replayWaiting(): Promise<void> {
    while (!this.stopping) {
      const simulation = await leaseSimulation(this.services.db, this.#owner);
      if (simulation === undefined) return;
      await this.#replay(simulation);
    }
  }

  async #replay(simulation: LeasedSimulation): Promise<void> {
    const { log } = this.services;
    const { id, span } = simulation;
    const db = nodeOf(this.services.db, span.providerId);
    try {
      const ended = await this.#replayOrders(simulation);
      if (ended) await finishSimulation(db, simulation, 'done');
      else if (this.stopping) await releaseSimulation(db, simulation);
    } catch (error) {
      // Whoever gets the database back first goes on.
      if (isUnreachable(error)) throw error;
      log.error({ err: error, provider: span.providerId, simulation: id }, 'A simulation failed');
      await finishSimulation(db, simulation, 'failed');
    }
  }

  /** Returns whether all orders have been replayed. */
  async #replayOrders(simulation: LeasedSimulation): Promise<boolean> {
    const { rulebooks } = this.services;
    const { span, draft } = simulation;
    const db = nodeOf(this.services.db, span.providerId);
    // These rules until the end, whoever writes others meanwhile.
    const rulebook = await rulebooks.current(db, span.providerId);
    const rules = { before: rulesOf(rulebook, undefined), after: rulesOf(rulebook, draft) };
    // By other rules it begins again, so that all orders are judged by the same.
    const isSame = simulation.state?.catalogVersion === rulebook.version;
    const begun = { catalogVersion: rulebook.version, done: 0, after: null, impact: noImpact() };
    let state: ReplayState = isSame && simulation.state !== undefined ? simulation.state : begun;
    const pace = new Pace();
    for (;;) {
      const orders = await nextOrders(db, span, state.after, ORDERS_AT_ONCE);
      const codes = await this.#codes(span.providerId, codesOf(orders, rules.before));
      for (const order of orders) {
        replay(state.impact, order, rules, codes);
        state = { ...state, done: state.done + 1, after: order.redemptionId };
        await pace.rest();
        if (pace.isTimeToSave() && !(await saveProgress(db, simulation, state))) return false;
        if (this.stopping) break;
      }
      if (!(await saveProgress(db, simulation, state)) || this.stopping) return false;
      pace.saved();
      if (orders.length < ORDERS_AT_ONCE) return true;
    }
  }

  /** Returns the codes as they are stored, as if nobody had used them. */
  async #codes(providerId: string, codes: readonly string[]): Promise<ReadonlyMap<string, CodeFact>> {
    if (codes.length === 0) return new Map();
    const facts = await loadFacts(nodeOf(this.services.db, providerId), providerId, { codes, rules: [] });
    const unused = { redemptions: 0, customerRedemptions: 0 };
    return new Map([...facts.codes].map(([code, fact]) => [code, { ...fact, ...unused }]));
  }
}

/** Lets others in between slices of work, and says when it is time to save. */
class Pace {
  #begun = performance.now();
  #saved = performance.now();

  /** Rests, where the slice is over. */
  async rest(): Promise<void> {
    const worked = performance.now() - this.#begun;
    if (worked < SLICE_MS) return;
    await new Promise((over) => setTimeout(over, worked * REST));
    this.#begun = performance.now();
  }

  isTimeToSave(): boolean {
    const isTime = performance.now() - this.#saved >= SAVE_EVERY_MS;
    if (isTime) this.saved();
    return isTime;
  }

  saved(): void {
    this.#saved = performance.now();
    this.#begun = performance.now();
  }
}
