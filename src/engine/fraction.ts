import type { Fraction } from './money';

/** One. */
export const ONE: Fraction = { num: 1n, den: 1n };

/** Nothing. */
export const ZERO: Fraction = { num: 0n, den: 1n };

/** An integer as a fraction. */
export function integer(num: bigint): Fraction {
  return { num, den: 1n };
}

/** The product. */
export function times(a: Fraction, b: Fraction): Fraction {
  return { num: a.num * b.num, den: a.den * b.den };
}

/** The sum. */
export function plus(a: Fraction, b: Fraction): Fraction {
  if (a.den === b.den) return { num: a.num + b.num, den: a.den };
  return { num: a.num * b.den + b.num * a.den, den: a.den * b.den };
}

/** `a − b`, or nothing where that is negative. */
export function lessOf(a: Fraction, b: Fraction): Fraction {
  const num = a.num * b.den - b.num * a.den;
  return num > 0n ? { num, den: a.den * b.den } : ZERO;
}

/** Whether `a` is less than `b`. */
export function isLess(a: Fraction, b: Fraction): boolean {
  return a.num * b.den < b.num * a.den;
}

/** The smaller one. */
export function smaller(a: Fraction, b: Fraction): Fraction {
  return isLess(b, a) ? b : a;
}

/** The sum of a list. */
export function total(list: readonly Fraction[]): Fraction {
  return list.reduce(plus, ZERO);
}

/** Integers in the same proportion as the fractions. */
export function proportions(list: readonly Fraction[]): bigint[] {
  if (list.every(({ den }) => den === list[0]?.den)) return list.map(({ num }) => num);
  const dens = new Set(list.map(({ den }) => den));
  const common = [...dens].reduce((product, den) => (product * den) / gcd(product, den), 1n);
  return list.map(({ num, den }) => (num * common) / den);
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
