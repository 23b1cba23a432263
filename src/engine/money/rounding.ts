import { add, type Integer, multiply, quotient, remainder, subtract } from './integer';
import { MONEY_DIGITS, powerOfTen } from './money';

/** Where a half goes when an amount is rounded. */
export type RoundingMode = 'half_up' | 'half_even';

/** Returns `num / den` rounded to an integer; `num` is not negative, `den` is positive. */
export function divideRounded(num: Integer, den: Integer, mode: RoundingMode): Integer {
  const down = quotient(num, den);
  const twice = multiply(subtract(num, multiply(down, den)), 2);
  if (twice < den || (twice === den && mode === 'half_even' && remainder(down, 2) === 0)) return down;
  return add(down, 1);
}

/** Returns millionths, or a fraction of them, rounded to units of 10 to the power of −`digits`. */
export function roundMoney(millionths: Integer, digits: number, mode: RoundingMode, den: Integer = 1): Integer {
  return divideRounded(millionths, multiply(powerOfTen(MONEY_DIGITS - digits), den), mode);
}
