import { isForItsValues } from './contention';

/** A call was not begun in time: the run before it takes too long. */
export class NotBegun extends Error {
  constructor() {
    super('The call was given up before it began');
  }
}

/** Runs at most so many calls at once, and gives a call up that has waited for so long. */
export interface CoalescerOptions {
  most?: number;
  patienceMs?: number;
}

/**
 * Runs calls that come in at the same time as one: while a run is under way, further calls gather for the next one.
 * Each caller gets its own answer after its run has ended. A run that fails for one of its values is run again in
 * halves, so that one bad call harms no other; where the database is away, all of its calls fail at once.
 */
export class Coalescer<Input, Output> {
  readonly #run: (inputs: readonly Input[]) => Promise<readonly Output[]>;
  readonly #most: number;
  readonly #patienceMs: number;
  #waiting: Waiting<Input, Output>[] = [];
  #running = false;

  constructor(
    run: (inputs: readonly Input[]) => Promise<readonly Output[]>,
    { most = 128, patienceMs = 5_000 }: CoalescerOptions = {},
  ) {
    this.#run = run;
    this.#most = most;
    this.#patienceMs = patienceMs;
  }

  /** Answers what the run made of this input. */
  submit(input: Input): Promise<Output> {
    return new Promise((resolve, reject) => {
      const call = { input, resolve, reject, patience: setTimeout(() => this.#giveUp(call), this.#patienceMs) };
      this.#waiting.push(call);
      if (!this.#running) void this.#runWaiting();
    });
  }

  async #runWaiting(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#most);
      this.#waiting = this.#waiting.slice(this.#most);
      for (const { patience } of batch) clearTimeout(patience);
      await this.#answer(batch);
    }
    this.#running = false;
  }

  #giveUp(call: Waiting<Input, Output>): void {
    this.#waiting = this.#waiting.filter((other) => other !== call);
    call.reject(new NotBegun());
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
