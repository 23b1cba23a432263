/** How long others wait, at most, for a slice of large work; most work takes less. */
const SLICE_MS = 8;
/**
 * A round of the event loop takes in a part of what others wait for, and next to no time where nobody waits: after so many a
 * quote that came meanwhile has been read, has asked the database, and is answered.
 */
const ROUNDS_BETWEEN = 8;

/** Work that can be paused between its short steps. */
export type Steps<T> = Generator<undefined, T>;

/** Does work step by step, and lets others in between after some milliseconds; at once where it takes no longer. */
export async function inSlices<T>(steps: Steps<T>): Promise<T> {
  const slices = new Slices();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (slices.isOver) await slices.next();
  }
}

/** The slices of large work that is a loop of its own. */
export class Slices {
  #until = performance.now() + SLICE_MS;

  /** Whether it is the turn of others. */
  get isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets others in, and begins the next slice. */
  async next(): Promise<void> {
    for (let round = 0; round < ROUNDS_BETWEEN; round++) await new Promise((resume) => setImmediate(resume));
    this.#until = performance.now() + SLICE_MS;
  }
}

/** So many members of a list are a step; the clock costs as much as a small one. */
const MEMBERS_AT_ONCE = 16;

/** Returns what `make` makes of each member of a list. */
export function* mapInSteps<T, R>(list: readonly T[], make: (member: T, index: number) => R): Steps<R[]> {
  const made: R[] = [];
  for (const [index, member] of list.entries()) {
    made.push(make(member, index));
    if (index % MEMBERS_AT_ONCE === MEMBERS_AT_ONCE - 1) yield;
  }
  return made;
}

/** Yields the members of a stream, with pauses in which others are let in. */
export async function* unhurried<T>(members: AsyncIterable<T>): AsyncGenerator<T> {
  const slices = new Slices();
  for await (const member of members) {
    yield member;
    if (slices.isOver) await slices.next();
  }
}

/** Does work that is known to be small without letting anybody in. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
