/**
 * An integer of any size: a number as long as it is exact as one, a bigint beyond. The same integer always has the
 * same form, so that `===` and `<` hold between any two. Money is nearly always small, and numbers are much faster.
 */
export type Integer = number | bigint;

const MOST = Number.MAX_SAFE_INTEGER;

/** Returns the integer in its one form. */
export function integerOf(value: bigint): Integer {
  return value <= MOST && value >= -MOST ? Number(value) : value;
}

/** Returns `a + b`. */
export function add(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= MOST && sum >= -MOST) return sum;
  }
  return integerOf(BigInt(a) + BigInt(b));
}

/** Returns the sum of a list. */
export function sum(list: readonly Integer[]): Integer {
  let all: Integer = 0;
  // By index: lists of small and of large numbers differ inside, and an iterator over both kinds is made anew for each step.
  for (let index = 0; index < list.length; index++) all = add(all, list[index] as Integer);
  return all;
}

/** Returns `a − b`. */
export function subtract(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference <= MOST && difference >= -MOST) return difference;
  }
  return integerOf(BigInt(a) - BigInt(b));
}

/** Returns `a × b`; neither is negative. */
export function multiply(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // A larger product may be rounded, but never down to a smaller number than this.
    if (product <= MOST) return product;
  }
  return integerOf(BigInt(a) * BigInt(b));
}

/** Returns `a / b` rounded down; `a` is not negative, `b` is positive. */
export function quotient(a: Integer, b: Integer): Integer {
  // The division of two such numbers is never rounded up to the next integer, which is more than half a step away.
  if (typeof a === 'number' && typeof b === 'number') return Math.floor(a / b);
  return integerOf(BigInt(a) / BigInt(b));
}

/** Returns `a / b` rounded up; `a` is not negative, `b` is positive. */
export function quotientUp(a: Integer, b: Integer): Integer {
  const down = quotient(a, b);
  return multiply(down, b) === a ? down : add(down, 1);
}

/** Returns what is left of `a` after whole parts of `b`; `a` is not negative, `b` is positive. */
export function remainder(a: Integer, b: Integer): Integer {
  return subtract(a, multiply(quotient(a, b), b));
}

/** Returns the greatest common divisor; `b` may be 0. */
export function gcd(a: Integer, b: Integer): Integer {
  return b === 0 ? a : gcd(b, remainder(a, b));
}

/** Returns the smaller one. */
export function least(a: Integer, b: Integer): Integer {
  return a < b ? a : b;
}
