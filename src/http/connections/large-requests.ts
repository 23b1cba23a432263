/** What waits until everybody else has been looked after once. */
const waiting: (() => void)[] = [];

/**
 * Runs the work of a large request when it is its turn, one in each round of the event loop: sixty carts of 500 lines that
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
    if (waiting.length > 0) setImmediate(runFirst);
  }
}
