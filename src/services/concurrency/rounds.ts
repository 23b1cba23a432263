/** Work that is done in rounds, one at a time, until it is stopped. */
export abstract class Rounds {
  /** Whether the round under way is to end early. */
  protected stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /** Takes the time between the beginnings of two rounds, in milliseconds. */
  constructor(private readonly everyMs: number) {}

  /** Begins; the first round comes after the time between two. */
  start(): void {
    this.#timer = setInterval(() => void this.round(), this.everyMs);
  }

  /** Does one round, or joins the one that is under way. */
  round(): Promise<void> {
    this.#running ??= this.work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends after the step that is under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Does what one round does; handles its own errors. */
  protected abstract work(): Promise<void>;
}
