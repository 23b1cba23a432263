import { Unavailable } from '../errors';

/** How many may do something at the same time. */
export interface TurnsOptions {
  /** Of one provider. */
  most: number;
  /** The longest queue of one provider; further calls are refused at once. */
  waiting?: number;
  /** How long one waits. */
  patienceMs?: number;
}

/** The work of one provider that is under way, and what waits for it. */
interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * Limits how many jobs of one provider run at a time, so that no provider takes all connections while its jobs wait for
 * each other's locks.
 */
export class Turns {
  readonly #options: Required<TurnsOptions>;
  readonly #lines = new Map<string, Line>();

  constructor(options: TurnsOptions) {
    this.#options = { waiting: 200, patienceMs: 5_000, ...options };
  }

  /** Runs the work once it is the provider's turn; throws `Unavailable` where that takes too long. */
  async take<T>(providerId: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lineOf(providerId);
    if (line.running >= this.#options.most) await this.#wait(line);
    else line.running += 1;
    try {
      return await work();
    } finally {
      this.#leave(providerId, line);
    }
  }

  #lineOf(providerId: string): Line {
    const known = this.#lines.get(providerId);
    if (known !== undefined) return known;
    const line = { running: 0, waiting: [] };
    this.#lines.set(providerId, line);
    return line;
  }

  /** Resolves with the turn of another one, which counts as running already. */
  #wait({ waiting }: Line): Promise<void> {
    if (waiting.length >= this.#options.waiting) throw busy();
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(patience);
        resolve();
      };
      const patience = setTimeout(() => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(busy());
      }, this.#options.patienceMs);
      waiting.push(begin);
    });
  }

  #leave(providerId: string, line: Line): void {
    const next = line.waiting.shift();
    if (next !== undefined) next();
    else {
      line.running -= 1;
      if (line.running === 0) this.#lines.delete(providerId);
    }
  }
}

function busy(): Unavailable {
  return new Unavailable('Too many requests of this provider are under way; try again.');
}
