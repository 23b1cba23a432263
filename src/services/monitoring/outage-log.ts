import type { Logger } from 'pino';

const ONCE_IN_MS = 1_000;

/** An error of the database's as the log has it. */
export interface Outage {
  requestId: string;
  err: { type?: string; code?: unknown; message: string; stack?: string | undefined };
}

/** Logs errors that every request meets while something is away: one line a second and kind, with how many it stands for. */
export class OutageLog {
  /** What was logged last of each kind, and how many were not since. */
  readonly #kinds = new Map<string, { at: number; left: number }>();

  constructor(private readonly log: Logger) {}

  /** Logs the error, or counts it where one of its kind was logged within the last second. */
  report(outage: Outage, message: string): void {
    const now = performance.now();
    const kind = `${message} ${outage.err.code ?? outage.err.message}`;
    const last = this.#kinds.get(kind);
    if (last !== undefined && now - last.at < ONCE_IN_MS) {
      last.left += 1;
      return;
    }
    this.log.error({ ...outage, ...(last?.left && { andBefore: last.left }) }, message);
    this.#forgetOld(now);
    this.#kinds.set(kind, { at: now, left: 0 });
  }

  /** A kind may be a message with a number in it. */
  #forgetOld(now: number): void {
    for (const [kind, { at }] of this.#kinds) if (now - at >= ONCE_IN_MS) this.#kinds.delete(kind);
  }
}
