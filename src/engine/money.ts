export { isCurrency, minorDigits } from './currencies';

/**
 * A decimal string in major units, never negative: up to 12 digits before and 6 after the point.
 * @pattern ^\d{1,12}(\.\d{1,6})?$
 */
export type Money = string;

/**
 * A decimal string greater than 0 and at most 100, up to 4 decimals.
 * @pattern ^(?!0+(\.0*)?$)(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)$
 */
export type Percent = string;

/**
 * An ISO 4217 code.
 * @format iso-4217
 * @pattern ^[A-Z]{3}$
 */
export type Currency = string;

/** An amount per currency, at least one: `{ "EUR": "5.00", "USD": "5.50" }`; nothing is ever converted. */
export type Amounts = { [currency: string]: Money };

/** Digits after the point that a `Money` may have; inside, money is an integer number of millionths. */
const MONEY_DIGITS = 6;

const POWERS_OF_TEN: readonly bigint[] = Array.from({ length: 19 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10 to the power of `exponent`, 0–18. */
export function powerOfTen(exponent: number): bigint {
  return POWERS_OF_TEN[exponent] ?? 10n ** BigInt(exponent);
}

/** A non-negative fraction of integers; `den` is positive. */
export interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

/** The integer of `text`, a decimal string, times 10 to the power of `digits`; `text` has no more decimals than that. */
function parseScaled(text: string, digits: number): bigint {
  const point = text.indexOf('.');
  if (point < 0) return BigInt(text) * powerOfTen(digits);
  const decimals = text.length - point - 1;
  return BigInt(text.slice(0, point) + text.slice(point + 1)) * powerOfTen(digits - decimals);
}

/** A `Money` as an exact number of millionths. */
export function parseMoney(text: Money): bigint {
  return parseScaled(text, MONEY_DIGITS);
}

/** A `Percent` as a fraction of one: "33.33" is 333300 / 1000000. */
export function parsePercent(text: Percent): Fraction {
  return { num: parseScaled(text, 4), den: 1_000_000n };
}

/** `num / den` rounded to an integer; both are non-negative, `den` is positive. */
export function divideRounded(num: bigint, den: bigint, mode: 'half_up' | 'half_even'): bigint {
  const quotient = num / den;
  const twice = (num - quotient * den) * 2n;
  if (twice < den) return quotient;
  if (twice === den && mode === 'half_even' && (quotient & 1n) === 0n) return quotient;
  return quotient + 1n;
}

/** Millionths, or a fraction of them, rounded to units of 10 to the power of −`digits`. */
export function roundMoney(millionths: bigint, digits: number, mode: 'half_up' | 'half_even', den = 1n): bigint {
  return divideRounded(millionths, powerOfTen(MONEY_DIGITS - digits) * den, mode);
}

/** Below it, an integer and its parts are exact as a JavaScript number, which is much faster to write. */
const EXACT_AS_NUMBER = 2n ** 50n;

function formatNumber(units: number, digits: number): Money {
  const scale = 10 ** digits;
  const decimals = units % scale;
  // The leading 1 keeps the zeros in front of the decimals.
  return `${(units - decimals) / scale}.${String(scale + decimals).slice(1)}`;
}

/** An integer number of units of 10 to the power of −`digits` as a decimal string with that many decimals. */
export function formatMoney(units: bigint, digits: number): Money {
  if (digits === 0) return units.toString();
  if (units < EXACT_AS_NUMBER) return formatNumber(Number(units), digits);
  const text = units.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/**
 * Splits `total` in proportion to `weights` by the largest-remainder method, ties to the earlier part; no part gets
 * more than its `capacities` entry, and what one refuses goes to the others. The parts add up to `total`, or to what
 * fits.
 */
export function allocate(total: bigint, weights: readonly bigint[], capacities: readonly bigint[]): bigint[] {
  const parts = weights.map(() => 0n);
  let open = weights.map((_, index) => index).filter((index) => at(weights, index) > 0n && at(capacities, index) > 0n);
  let remaining = total;
  while (remaining > 0n && open.length > 0) {
    const shares = largestRemainder(
      remaining,
      open.map((index) => at(weights, index)),
    );
    const full = open.filter((index, position) => at(shares, position) > at(capacities, index));
    if (full.length === 0) {
      for (const [position, index] of open.entries()) parts[index] = at(shares, position);
      return parts;
    }
    for (const index of full) {
      parts[index] = at(capacities, index);
      remaining -= at(capacities, index);
    }
    open = open.filter((index) => !full.includes(index));
  }
  return parts;
}

/** `total` in integer parts proportional to `weights` (their sum is positive); leftovers by the largest remainder. */
export function largestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  const parts = weights.map((weight) => (total * weight) / sum);
  let left = total - parts.reduce((a, b) => a + b, 0n);
  if (left === 0n) return parts;
  const remainders = weights.map((weight, index) => ({ index, remainder: (total * weight) % sum }));
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of remainders) {
    if (left === 0n) break;
    parts[index] = at(parts, index) + 1n;
    left -= 1n;
  }
  return parts;
}

function at(list: readonly bigint[], index: number): bigint {
  return list[index] ?? 0n;
}

/** Amounts as millionths by currency. */
export function parseAmounts(amounts: Amounts): ReadonlyMap<string, bigint> {
  return new Map(Object.entries(amounts).map(([currency, amount]) => [currency, parseMoney(amount)]));
}
