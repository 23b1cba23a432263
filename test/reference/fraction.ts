/** An exact rational number; the model never rounds unless the contract says so. */
export class Fraction {
  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  /** Nothing. */
  static readonly ZERO = new Fraction(0n, 1n);

  /** The whole. */
  static readonly ONE = new Fraction(1n, 1n);

  /** `numerator / denominator` in lowest terms; the denominator is positive. */
  static of(numerator: bigint | number, denominator: bigint | number = 1n): Fraction {
    const top = BigInt(numerator);
    const bottom = BigInt(denominator);
    const divisor = greatestCommonDivisor(top < 0n ? -top : top, bottom);
    return new Fraction(top / divisor, bottom / divisor);
  }

  /** The value of a decimal string. */
  static parse(text: string): Fraction {
    const [whole = '0', decimals = ''] = text.split('.');
    return Fraction.of(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
  }

  /** The sum of all. */
  static sum(parts: readonly Fraction[]): Fraction {
    return parts.reduce((total, part) => total.plus(part), Fraction.ZERO);
  }

  /** The smallest of all. */
  static min(first: Fraction, ...others: readonly Fraction[]): Fraction {
    return others.reduce((least, other) => (other.compare(least) < 0 ? other : least), first);
  }

  /** The larger of the two. */
  static max(a: Fraction, b: Fraction): Fraction {
    return a.compare(b) >= 0 ? a : b;
  }

  /** This and the other added. */
  plus(other: Fraction): Fraction {
    return Fraction.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  /** This less the other. */
  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.numerator, other.denominator));
  }

  /** This times the other. */
  times(other: Fraction): Fraction {
    return Fraction.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  /** This by the other, which is positive. */
  dividedBy(other: Fraction): Fraction {
    return Fraction.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  /** Negative, zero or positive, as this is less than, equal to or more than the other. */
  compare(other: Fraction): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  /** Whether this is more than zero. */
  isPositive(): boolean {
    return this.numerator > 0n;
  }

  /** How many whole steps of the given digits fit into this, which is not negative. */
  wholeSteps(digits: number): bigint {
    return (this.numerator * 10n ** BigInt(digits)) / this.denominator;
  }

  /** This, not negative, rounded down to the digits. */
  floor(digits: number): Fraction {
    return Fraction.of(this.wholeSteps(digits), 10n ** BigInt(digits));
  }

  /** This, not negative, rounded up to the digits. */
  ceil(digits: number): Fraction {
    const down = this.floor(digits);
    return down.compare(this) === 0 ? down : down.plus(Fraction.of(1n, 10n ** BigInt(digits)));
  }

  /** This, not negative, rounded to the nearest; a half goes up, or to the even neighbour. */
  round(digits: number, mode: 'half_up' | 'half_even'): Fraction {
    const scale = 10n ** BigInt(digits);
    const steps = this.wholeSteps(digits);
    const twiceRest = 2n * (this.numerator * scale - steps * this.denominator);
    const isHalf = twiceRest === this.denominator;
    const goesUp = isHalf ? mode === 'half_up' || steps % 2n === 1n : twiceRest > this.denominator;
    return Fraction.of(goesUp ? steps + 1n : steps, scale);
  }

  /** A decimal string with exactly these digits; this is not negative and has no more digits. */
  format(digits: number): string {
    const steps = this.wholeSteps(digits)
      .toString()
      .padStart(digits + 1, '0');
    return digits === 0 ? steps : `${steps.slice(0, -digits)}.${steps.slice(-digits)}`;
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Splits `total` into whole steps of the given digits in proportion to the weights: everybody gets his share rounded
 * down, the steps left over go to the largest remainders, ties to the earlier.
 */
export function largestRemainder(total: Fraction, weights: readonly Fraction[], digits: number): Fraction[] {
  const weight = Fraction.sum(weights);
  if (!weight.isPositive()) return weights.map(() => Fraction.ZERO);
  const quotas = weights.map((own) => total.times(own).dividedBy(weight));
  const parts = quotas.map((quota) => quota.floor(digits));
  const step = Fraction.of(1n, 10n ** BigInt(digits));
  const byRemainder = quotas
    .map((quota, index) => ({ index, remainder: quota.minus(quota.floor(digits)) }))
    .sort((a, b) => b.remainder.compare(a.remainder) || a.index - b.index);
  let leftOver = total.minus(Fraction.sum(parts)).wholeSteps(digits);
  for (const { index } of byRemainder) {
    if (leftOver === 0n) break;
    parts[index] = (parts[index] ?? Fraction.ZERO).plus(step);
    leftOver -= 1n;
  }
  return parts;
}
