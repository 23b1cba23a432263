import { GuessBook, type Looks } from './guess-book';
import { type Share, Windows } from './windows';

/** How many parts each process may take of what is left, so that what one has taken and not used is little. */
const PARTS_PER_PROCESS = 16;
const MINUTE_MS = 60_000;

/** What all processes that share a port have counted together. */
export interface Tally {
  /** Takes `wanted` of so many in a minute, and perhaps some more to go on with. */
  take(bucket: string, limit: number, wanted: number): Share | Promise<Share>;
  /** Counts promo codes as guessed, as far as the limit allows. */
  reserveGuesses(guesser: string, codes: readonly string[], limit: number): Looks | Promise<Looks>;
  /** Counts promo codes as guessed no longer. */
  releaseGuesses(guesser: string, codes: readonly string[]): void;
}

/** Counts for a process that is alone, or for the workers that ask it. */
export class LocalTally implements Tally {
  private readonly windows = new Windows(MINUTE_MS);
  private readonly guesses = new GuessBook();
  private readonly parts: number;

  constructor(
    private readonly clock: () => number,
    processes = 1,
  ) {
    // Who is alone need not leave anything to others.
    this.parts = processes === 1 ? 1 : processes * PARTS_PER_PROCESS;
  }

  take(bucket: string, limit: number, wanted: number): Share {
    return this.windows.take(bucket, limit, wanted, { now: this.clock(), parts: this.parts });
  }

  reserveGuesses(guesser: string, codes: readonly string[], limit: number): Looks {
    return this.guesses.reserve(guesser, codes, limit, this.clock());
  }

  releaseGuesses(guesser: string, codes: readonly string[]): void {
    this.guesses.release(guesser, codes);
  }
}
