/** The most steps that one evaluation may take. */
export const MOST_STEPS = 1_000_000;

/** What work costs, in steps of about 2.5 ns, as measured: `bench/expressions.mjs` shows it. */
export const COST = {
  /** To begin with an evaluation. */
  evaluation: 100,
  /** Any part of an expression. */
  node: 4,
  /** A member or an entry that is looked up. */
  member: 20,
  /** A whole number that is computed. */
  integer: 16,
  /** A decimal that is made, or computed, beside what its digits cost. */
  decimal: 200,
  /** A decimal that is divided or rounded. */
  division: 550,
  /** A text that is read as an instant or a span of time. */
  instant: 800,
  /** A calendar that is asked. */
  calendar: 10_000,
  /** A part of the cart that is made ready for expressions. */
  made: 60,
  /** The entry of a list or map that is looked at, or copied. */
  entry: 10,
} as const;

/** The longest text that an expression may make. */
const MOST_TEXT = 10_000;
/** The longest list that an expression may put together. */
const MOST_ENTRIES = 20_000;

/** Thrown where an evaluation takes more steps than it may: nothing in an expression catches it. */
export const OVER_COST = Symbol('over cost');

/** Counts the steps of an evaluation. */
export class Steps {
  constructor(private left: number) {}

  /** Takes steps; throws `OVER_COST` where there are not as many. */
  take(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw OVER_COST;
  }

  /** What is left. */
  get rest(): number {
    return Math.max(0, this.left);
  }
}

/** Returns whether a text is not too long. */
export function isShort(length: number): boolean {
  return length <= MOST_TEXT;
}

/** Returns whether a list is not too long. */
export function isShortList(length: number): boolean {
  return length <= MOST_ENTRIES;
}

/** Returns what looking through a text costs. */
export function costOfText(length: number): number {
  return 1 + (length >> 2);
}
