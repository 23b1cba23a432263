import { add, gcd, type Integer, multiply, quotient, subtract } from './integer';

/** A fraction of integers that is not negative; `den` is positive. */
export interface Fraction {
  readonly num: Integer;
  readonly den: Integer;
}

/** One. */
export const ONE: Fraction = { num: 1, den: 1 };

/** Nothing. */
export const ZERO: Fraction = { num: 0, den: 1 };

/** Returns an integer as a fraction. */
export function whole(num: Integer): Fraction {
  return { num, den: 1 };
}

/** Returns the fraction in its lowest terms, which keeps what is computed with it small. */
export function reduced({ num, den }: Fraction): Fraction {
  const divisor = gcd(den, num);
  return { num: quotient(num, divisor), den: quotient(den, divisor) };
}

/** Returns the product. */
export function times(a: Fraction, b: Fraction): Fraction {
  if (b === ONE) return a;
  return { num: multiply(a.num, b.num), den: multiply(a.den, b.den) };
}

/** Returns the sum. */
function plus(a: Fraction, b: Fraction): Fraction {
  if (a.num === 0) return b;
  return { num: add(multiply(a.num, b.den), multiply(b.num, a.den)), den: multiply(a.den, b.den) };
}

/** Returns `a − b`, or nothing where that is negative. */
export function lessOf(a: Fraction, b: Fraction): Fraction {
  const num = subtract(multiply(a.num, b.den), multiply(b.num, a.den));
  return num > 0 ? { num, den: multiply(a.den, b.den) } : ZERO;
}

/** Returns whether `a` is less than `b`. */
export function isLess(a: Fraction, b: Fraction): boolean {
  return multiply(a.num, b.den) < multiply(b.num, a.den);
}

/** Returns the smaller one. */
export function smaller(a: Fraction, b: Fraction): Fraction {
  return isLess(b, a) ? b : a;
}

/** Returns the sum of a list. */
export function total(list: readonly Fraction[]): Fraction {
  let num: Integer = 0;
  let den: Integer = 1;
  for (const fraction of list) {
    if (fraction.den === den) num = add(num, fraction.num);
    else ({ num, den } = plus({ num, den }, fraction));
  }
  return { num, den };
}

/** Integers in the same proportion as the fractions. */
export function proportions(list: readonly Fraction[]): Integer[] {
  const first = list[0]?.den;
  if (list.every(({ den }) => den === first)) return list.map(({ num }) => num);
  let common: Integer = 1;
  for (const den of new Set(list.map((fraction) => fraction.den))) {
    common = quotient(multiply(common, den), gcd(common, den));
  }
  return list.map(({ num, den }) => quotient(multiply(num, common), den));
}
