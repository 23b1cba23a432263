import { hash } from 'node:crypto';

/** The maximum number of guessers to track; beyond it the oldest is forgotten. */
const MOST_GUESSERS = 20_000;
const GUESSES_COUNT_MS = 600_000;

/** Which of the codes may be looked up, and when the others may be. */
export interface Looks {
  /** How many, from the first on. */
  readonly allowed: number;
  /** Seconds until another code may be looked up; 0 where all are allowed. */
  readonly retryAfter: number;
}

/**
 * Tracks the distinct unknown codes that each guesser has tried within ten minutes. A code counts before it is looked
 * up and stops counting once it is found to exist, so concurrent requests learn no more than sequential ones.
 */
export class GuessBook {
  /** By guesser and by the hash of the code, the oldest first. */
  private readonly tried = new Map<string, Map<string, number>>();

  /** Counts codes as tried, as far as the limit allows. */
  reserve(guesser: string, codes: readonly string[], limit: number, now: number): Looks {
    const guesses = this.recent(guesser, now);
    if (guesses.size >= limit) return { allowed: 0, retryAfter: secondsUntilFree(guesses, now) };
    for (const [index, code] of codes.entries()) {
      const name = nameOf(code);
      if (guesses.has(name)) continue;
      if (guesses.size >= limit) return { allowed: index, retryAfter: secondsUntilFree(guesses, now) };
      guesses.set(name, now);
    }
    return { allowed: codes.length, retryAfter: 0 };
  }

  /** Counts codes no longer, because there are such. */
  release(guesser: string, codes: readonly string[]): void {
    const guesses = this.tried.get(guesser);
    for (const code of codes) guesses?.delete(nameOf(code));
    if (guesses?.size === 0) this.tried.delete(guesser);
  }

  private recent(guesser: string, now: number): Map<string, number> {
    const guesses = this.tried.get(guesser) ?? new Map<string, number>();
    for (const [code, at] of guesses) {
      if (at + GUESSES_COUNT_MS > now) break;
      guesses.delete(code);
    }
    this.tried.delete(guesser);
    const [oldest] = this.tried.keys();
    if (oldest !== undefined && this.tried.size >= MOST_GUESSERS) this.tried.delete(oldest);
    this.tried.set(guesser, guesses);
    return guesses;
  }
}

function secondsUntilFree(guesses: ReadonlyMap<string, number>, now: number): number {
  const [oldest = now] = guesses.values();
  return Math.max(1, Math.ceil((oldest + GUESSES_COUNT_MS - now) / 1_000));
}

/** Names a code by a short hash: all names have one length, however long the codes are. */
function nameOf(code: string): string {
  return hash('sha1', code, 'base64').slice(0, 16);
}
