/** So long others wait, at most, until a slice of large work is over; most work is over before. */
const SLICE_MS = 8;

/** Work that can be left between its steps, each of which is short. */
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
