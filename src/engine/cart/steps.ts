/** How much the expressions of one quote may still cost, in steps; its carts share it. */
export interface StepsLeft {
  left: number;
}

/** The steps that all expressions of one quote may take together: at the speed that was measured, less than 5 ms. */
const MOST_STEPS_OF_QUOTE = 2_000_000;

/** Returns what the expressions of a quote that begins may cost. */
export function allSteps(): StepsLeft {
  return { left: MOST_STEPS_OF_QUOTE };
}
