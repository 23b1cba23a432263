/** A statement that PostgreSQL has answered. */
export interface TimedStatement {
  /** What kind of statement it is, such as `facts`, `record` or `select`: few, because a label per text would grow without end. */
  readonly kind: string;
  readonly seconds: number;
}

/** Hears that a statement begins; what it returns hears of the end. */
export type StatementListener = (kind: string) => () => void;

const MOST_COLLECTED = 1_000;

/** Collects how long statements take, of every pool of the process, until somebody counts them. */
export class StatementTimes {
  #times: TimedStatement[] = [];
  #count: ((times: readonly TimedStatement[]) => void) | undefined;
  #listener: StatementListener | undefined;

  /** Hears that a statement begins, for a pool. */
  readonly begin: StatementListener = (kind) => {
    const startedAt = performance.now();
    const tell = this.#listener?.(kind);
    return () => {
      this.#times.push({ kind, seconds: (performance.now() - startedAt) / 1_000 });
      if (this.#times.length >= MOST_COLLECTED) this.flush();
      tell?.();
    };
  };

  /** Says who counts them. */
  countBy(count: (times: readonly TimedStatement[]) => void): void {
    this.#count = count;
  }

  /** Says who hears of each, as it begins and as it ends. */
  tell(listener: StatementListener): void {
    this.#listener = listener;
  }

  /** Counts what is collected; without anybody to count, it is forgotten. */
  flush(): void {
    const times = this.#times;
    this.#times = [];
    this.#count?.(times);
  }
}
