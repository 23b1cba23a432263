import { Logger as QueueLogger, run } from 'graphile-worker';
import type { Logger } from 'pino';
import { QUEUE_SCHEMA, queuePool } from '../../store/database/job-queue';
import { currentAddress } from '../../store/database/open-connection';
import { SEND_TASK, type SendJob } from '../../store/webhooks/queue';

/** So many webhooks are sent to at a time. */
const AT_A_TIME = 8;
/** Where no notification arrives, such as behind a pooler, a job is found by the next look. */
const LOOK_EVERY_MS = 1_000;
/** Otherwise a server that froze would keep the queue, and everything that waits for its end, until it comes back. */
const SILENT_MS = 9_000;

/** Runs the jobs of the queue until it is stopped, whatever becomes of the database. */
export class QueueRunner {
  #running: Promise<Running> | undefined;
  #address = '';

  constructor(
    private readonly connectionString: string,
    private readonly send: (job: SendJob) => Promise<void>,
    private readonly log: Logger,
  ) {}

  /** Starts where it does not run, and anew where the database has moved to another server. */
  async keepRunning(): Promise<void> {
    if (this.#running !== undefined && this.#address === currentAddress(this.connectionString)) return;
    await this.stop();
    this.#address = currentAddress(this.connectionString);
    this.#running = this.#start();
    await this.#running;
  }

  /** Ends when the jobs under way have ended. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await (await running?.catch(() => undefined))?.stop();
  }

  async #start(): Promise<Running> {
    const pool = queuePool(this.connectionString, AT_A_TIME + 1, SILENT_MS);
    const runner = await run({
      pgPool: pool,
      schema: QUEUE_SCHEMA,
      concurrency: AT_A_TIME,
      pollInterval: LOOK_EVERY_MS,
      // A pooler gives names of statements to connections that do not know them.
      noPreparedStatements: true,
      // The process has its own.
      noHandleSignals: true,
      logger: this.#logger(),
      taskList: { [SEND_TASK]: (job) => this.send(job as SendJob) },
      // Without batches nobody would wait for a job to be struck off, nor hear that it could not be.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    }).catch(async (error) => {
      this.#running = undefined;
      await pool.end();
      throw error;
    });
    const ended = runner.promise
      .catch((error) => this.log.warn({ err: error }, 'The queue has ended'))
      .then(() => {
        this.#running = undefined;
        return pool.end();
      });
    return {
      async stop() {
        // It may have stopped by itself.
        await runner.stop().catch(() => undefined);
        await ended;
      },
    };
  }

  /** Makes the queue's logger: it logs errors only, and neither failures that are tried again nor what is sent to whom. */
  #logger(): QueueLogger {
    return new QueueLogger(() => (level, message) => {
      if (level === 'error') this.log.warn({ queue: message }, 'The queue has met an error');
    });
  }
}

interface Running {
  stop(): Promise<void>;
}
