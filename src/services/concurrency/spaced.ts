/** Runs work of each key one at a time, with a pause after each; callers in the meantime share the next one. */
export class Spaced<T> {
  readonly #pauses = new Map<string, Promise<void>>();
  readonly #next = new Map<string, Promise<T>>();

  constructor(private readonly pauseMs: number) {}

  /** Returns the result of work that begins after this call: at once, or after the pause. */
  run(key: string, work: () => Promise<T>): Promise<T> {
    const pause = this.#pauses.get(key);
    if (pause === undefined) return this.#begin(key, work);
    const next =
      this.#next.get(key) ??
      pause.then(() => {
        this.#next.delete(key);
        return this.#begin(key, work);
      });
    this.#next.set(key, next);
    return next;
  }

  #begin(key: string, work: () => Promise<T>): Promise<T> {
    const running = work();
    const pause = running
      .then(nothing, nothing)
      .then(() => new Promise((over) => setTimeout(over, this.pauseMs).unref()))
      .then(() => {
        this.#pauses.delete(key);
      });
    this.#pauses.set(key, pause);
    return running;
  }
}

function nothing(): void {}
