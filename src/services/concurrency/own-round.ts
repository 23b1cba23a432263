/** Waits for one round of the event loop. */
const waiting: (() => void)[] = [];

/**
 * Runs the work of a large request when it is its turn, with rounds of the event loop in between for all others: sixty carts of 500 lines that
 * come at the same moment hold up a small one, or /health, for no longer than one of them takes.
 */
export function inOwnRound(work: () => void): void {
  waiting.push(work);
  if (waiting.length === 1) setImmediate(runFirst);
}

function runFirst(): void {
  try {
    waiting[0]?.();
  } finally {
    waiting.shift();
    if (waiting.length > 0) afterRounds(ROUNDS_BETWEEN, runFirst);
  }
}

/** A round of the event loop takes in one new connection, and takes next to no time itself. */
const ROUNDS_BETWEEN = 64;

function afterRounds(rounds: number, run: () => void): void {
  setImmediate(() => (rounds > 1 ? afterRounds(rounds - 1, run) : run()));
}

/** Resolves in a round of its own. */
export function ownRound(): Promise<void> {
  return new Promise((resolve) => inOwnRound(resolve));
}
