/** A value that may be there already: a promise of what is there takes a turn of its own, and most quotes wait for nothing. */
export type Soon<T> = T | Promise<T>;

/** Goes on at once with what is there, and later with what is not. */
export function andThen<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Runs what may fail now or later; either way `fail` hears of it. */
export function orElse(run: () => Soon<void>, fail: (error: unknown) => void): void {
  try {
    const done = run();
    if (done instanceof Promise) done.catch(fail);
  } catch (error) {
    fail(error);
  }
}
