import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Cluster } from '../store/cluster/cluster';
import { connect } from '../store/database/connection';
import { nodeOf } from '../store/database/nodes';
import { bringAbout, providersWithDueEvents } from '../store/events/due-events';
import { placeEvents } from '../store/events/feed';
import { removeWhatIsPassed } from '../store/events/retention';
import { releaseExpiredHolds } from '../store/redemptions/expired-holds';
import {
  fanOut,
  hasWebhooks,
  providersWithExpiredHolds,
  providersWithUnplaced,
  wakeForgotten,
  webhooksBehind,
} from '../store/webhooks/fan-out';
import { Rounds } from './concurrency/rounds';
import { encryption } from './encryption';
import type { ServiceSettings } from './settings';
import { QueueRunner } from './webhooks/queue-runner';
import { sendDue } from './webhooks/sending';

/** An event is sent so long after its commit at the latest, where nothing else keeps it. */
const LOOK_EVERY_MS = 500;
const REMOVE_EVERY_MS = 60_000;

/**
 * What nobody asks for: brings about what is due, makes events into deliveries, sends these, and removes what is old. Any
 * number of processes may do it at once; each event is told once, and each delivery is one process's at a time.
 */
export class Background extends Rounds {
  readonly #db: Knex;
  readonly #stopped = new AbortController();
  readonly #queue: QueueRunner;
  #removedAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  constructor(
    databaseUrl: string,
    nodes: Cluster | undefined,
    { adminKey, webhookAllowPrivate = false }: Pick<ServiceSettings, 'adminKey' | 'webhookAllowPrivate'>,
    private readonly log: Logger,
  ) {
    super(LOOK_EVERY_MS);
    const options = { pool: 4, silentMs: SILENT_MS };
    this.#db = nodes?.pool(options) ?? connect(databaseUrl, options);
    const sending = {
      db: this.#db,
      log,
      sealer: encryption(adminKey, 'webhook secrets'),
      allowPrivate: webhookAllowPrivate,
      signal: this.#stopped.signal,
    };
    this.#queue = new QueueRunner(nodes?.coordinator ?? databaseUrl, (job) => sendDue(sending, job), log);
  }

  /** Breaks off what is being sent, which is sent again later, and ends. */
  override async stop(): Promise<void> {
    this.#stopped.abort();
    await super.stop();
    await this.#queue.stop();
    await this.#db.destroy();
  }

  protected async work(): Promise<void> {
    try {
      for (const step of [this.#bringAbout, this.#serveWebhooks, this.#removeOld]) {
        if (!this.stopping) await step.call(this);
      }
      this.#isFailing = false;
    } catch (error) {
      // Once, and not twice a second while the database is away.
      if (!this.#isFailing) this.log.warn({ err: error }, 'Events could not be looked after');
      this.#isFailing = true;
    }
  }

  async #bringAbout(): Promise<void> {
    for (const provider of await providersWithDueEvents(this.#db))
      await bringAbout(nodeOf(this.#db, provider), provider);
  }

  /** Without a webhook that is one question, which on a cluster asks all shards. */
  async #serveWebhooks(): Promise<void> {
    if (!(await hasWebhooks(this.#db))) return;
    for (const provider of await providersWithExpiredHolds(this.#db))
      await releaseExpiredHolds(nodeOf(this.#db, provider), provider);
    for (const provider of await providersWithUnplaced(this.#db))
      await placeEvents(nodeOf(this.#db, provider), provider);
    for (const webhook of await webhooksBehind(this.#db)) await fanOut(nodeOf(this.#db, webhook.providerId), webhook);
    await wakeForgotten(this.#db);
    if (!this.stopping) await this.#queue.keepRunning();
  }

  async #removeOld(): Promise<void> {
    if (performance.now() - this.#removedAt < REMOVE_EVERY_MS) return;
    this.#removedAt = performance.now();
    await removeWhatIsPassed(this.#db);
  }
}

const SILENT_MS = 9_000;
