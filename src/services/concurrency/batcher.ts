import { isForItsValues } from '../../store/database/contention';
import { Unavailable } from '../errors';

/** The call timed out in the queue behind a slow batch. */
export class QueueTimeout extends Error {
  constructor() {
    super('The call was given up before it began');
  }
}

/** Rethrows an error of a batch; a call that waited too long in the queue becomes `Unavailable`. */
export function refuseLate(error: unknown): never {
  throw error instanceof QueueTimeout ? new Unavailable('The database takes too long; try again.', error) : error;
}

/** How calls are run together. */
export interface BatcherOptions<Input> {
  /** Calls of different lanes neither run together nor wait for each other; by default there is one. */
  laneOf?: (input: Input) => string;
  /** The most calls of one run. */
  most?: number;
  /** How long a call waits to be begun. */
  patienceMs?: number;
}

/**
 * Runs concurrent calls as one batch: while a run is under way, further calls queue for the next one. Each caller gets
 * its own result when its run ends. A run that fails because of one of its values is repeated in halves, so that a bad
 * call harms no other; if the database is away, all calls of the run fail at once.
 */
export class Batcher<Input, Output> {
  readonly #run: (inputs: readonly Input[]) => Promise<readonly Output[]>;
  readonly #options: Required<BatcherOptions<Input>>;
  /** The calls of each lane that has a run under way. */
  readonly #waiting = new Map<string, Waiting<Input, Output>[]>();

  constructor(run: (inputs: readonly Input[]) => Promise<readonly Output[]>, options: BatcherOptions<Input> = {}) {
    this.#run = run;
    this.#options = { laneOf: () => '', most: 128, patienceMs: 5_000, ...options };
  }

  /** Returns the run's result for this input. */
  submit(input: Input): Promise<Output> {
    return new Promise((resolve, reject) => {
      const lane = this.#options.laneOf(input);
      const patience = setTimeout(() => this.#giveUp(lane, call), this.#options.patienceMs);
      const call = { input, resolve, reject, patience };
      const waiting = this.#waiting.get(lane);
      if (waiting !== undefined) waiting.push(call);
      else {
        this.#waiting.set(lane, [call]);
        void this.#runLane(lane);
      }
    });
  }

  async #runLane(lane: string): Promise<void> {
    const waiting = this.#waiting.get(lane) ?? [];
    while (waiting.length > 0) {
      const batch = waiting.splice(0, this.#options.most);
      for (const { patience } of batch) clearTimeout(patience);
      await this.#answer(batch);
    }
    this.#waiting.delete(lane);
  }

  #giveUp(lane: string, call: Waiting<Input, Output>): void {
    const waiting = this.#waiting.get(lane) ?? [];
    waiting.splice(waiting.indexOf(call), 1);
    call.reject(new QueueTimeout());
  }

  async #answer(batch: readonly Waiting<Input, Output>[]): Promise<void> {
    try {
      const outputs = await this.#run(batch.map(({ input }) => input));
      for (const [index, { resolve }] of batch.entries()) resolve(outputs[index] as Output);
    } catch (error) {
      if (batch.length > 1 && isForItsValues(error)) {
        const half = Math.ceil(batch.length / 2);
        await this.#answer(batch.slice(0, half));
        await this.#answer(batch.slice(half));
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }
}

interface Waiting<Input, Output> {
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
  readonly patience: NodeJS.Timeout;
}
