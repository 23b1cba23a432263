import { countBacklog } from '../store/backlog';
import { openErasures } from '../store/customers/erasures';
import { removeOldAnswers } from '../store/idempotency';
import type { Services } from './caller';
import { Rounds } from './concurrency/rounds';
import { type ErasingServices, finishErasure } from './customers/erase-customer';
import { Retention } from './customers/retention';

/** Nobody minds that something is done a minute later. */
const EVERY_MS = 60_000;

/** What housekeeping takes. */
export interface HousekeepingServices extends ErasingServices, Pick<Services, 'db' | 'log' | 'clock' | 'metrics'> {}

/** Does what nobody waits for, now and then: forgets old answers, finishes erasures, erases what is too old to be kept. */
export class Housekeeping extends Rounds {
  readonly #tasks: { readonly fails: string; run(): Promise<unknown> }[];

  constructor(
    private readonly services: HousekeepingServices,
    { retentionDays }: { retentionDays?: number | undefined },
  ) {
    super(EVERY_MS);
    const { db, clock, largeWork, metrics } = services;
    const retention = retentionDays === undefined ? undefined : new Retention(largeWork.db, retentionDays, clock);
    this.#tasks = [
      { fails: 'Old answers could not be removed', run: () => removeOldAnswers(db) },
      { fails: 'Open erasures could not be finished', run: () => this.#finishErasures() },
      { fails: 'What waits could not be counted', run: async () => metrics.showBacklog(await countBacklog(db)) },
      { fails: 'What is too old could not be erased', run: async () => retention?.sweep(() => this.stopping) },
    ];
  }

  /** Begins at once, and comes again every minute. */
  override start(): void {
    super.start();
    void this.round();
  }

  protected async work(): Promise<void> {
    for (const { fails, run } of this.#tasks) {
      if (!this.stopping) await run().catch((error: unknown) => this.services.log.warn({ err: error }, fails));
    }
  }

  async #finishErasures(): Promise<void> {
    for (const { author, ...customer } of await openErasures(this.services.db)) {
      if (!this.stopping) await finishErasure(this.services, customer, author);
    }
  }
}
