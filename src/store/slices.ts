/** How long others wait, at most, for a slice of large work; most work takes less. */
const SLICE_MS = 8;

/** Work that can be paused between its short steps. */
export type Steps<T> = Generator<undefined, T>;

/** Does work step by step, and lets others in between after some milliseconds; at once where it takes no longer. */
export async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    while (performance.now() < until) {
      const step = steps.next();
      if (step.done) return step.value;
    }
    await new Promise((resume) => setImmediate(resume));
  }
}

/** Does work that is known to be small without letting anybody in. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
