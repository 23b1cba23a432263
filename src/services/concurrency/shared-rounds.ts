/**
 * How long small requests are answered in a row before the process looks what else has come: the less, the more writes go
 * through and the fewer quotes (`node bench/writes.mjs`).
 */
const MOST_MS = 4;

/** What waits for a later round, in its order. */
const waiting: (() => void)[] = [];
/** When the round under way has done enough; absent: it has not begun. */
let until: number | undefined;

/**
 * Resolves when there is room in a round of the event loop, mostly at once. A round takes in all that has come and would answer all
 * of it before it looks again: an answer of the database would wait for as many quotes as there are clients.
 */
export function sharedRound(): Promise<void> | undefined {
  if (until === undefined) beginRound();
  else if (waiting.length > 0 || performance.now() >= until) return new Promise((resolve) => waiting.push(resolve));
  return undefined;
}

function beginRound(): void {
  until = performance.now() + MOST_MS;
  setImmediate(nextRound);
}

/** Goes on with what waits, as long as there is room. */
function nextRound(): void {
  until = undefined;
  if (waiting.length === 0) return;
  beginRound();
  runNext();
}

function runNext(): void {
  waiting.shift()?.();
  // What goes on in microtasks has been answered when they are done, and then comes what is put off until the next tick.
  queueMicrotask(() => process.nextTick(afterAnswer));
}

function afterAnswer(): void {
  if (waiting.length > 0 && until !== undefined && performance.now() < until) runNext();
}
