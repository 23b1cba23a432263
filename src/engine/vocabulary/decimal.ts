/**
 * Precedes the digits of a number that JavaScript cannot represent exactly: such numbers travel as texts, so that every
 * copy, column and document keeps them as written. It is not a character, so no client's text contains it.
 */
export const EXACT = '\ufdd0';

/** A number as JSON has it: a JavaScript number where that is exact, else its digits behind the mark of `EXACT`. */
export type JsonNumber = number | string;

/** A decimal: `digits` × 10 to the power of `exponent`; the digits end in no zero, so that equal ones are alike. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The most significant digits of a number that rules compare. */
export const MOST_DIGITS = 30;
/** The largest power of ten of its first digit, and the least one's opposite. */
export const MOST_EXPONENT = 30;

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const ZERO: Decimal = { digits: 0n, exponent: 0 };

/** Returns whether a value that came as JSON is a number. */
export function isJsonNumber(value: unknown): value is JsonNumber {
  return typeof value === 'number' || (typeof value === 'string' && value.startsWith(EXACT));
}

/** Returns a number's digits as they are written. */
export function digitsOf(value: JsonNumber): string {
  return typeof value === 'number' ? String(value) : value.slice(EXACT.length);
}

/** Returns whether rules can compare the number: at most 30 significant digits, and from 1e-30 to below 1e31 or zero. */
export function isComparable(value: JsonNumber): boolean {
  const written = digitsOf(value);
  const [, , whole = '', fraction = '', power = ''] = PARTS.exec(written) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return whole !== '' && power.length <= MOST_DIGITS;
  const first = digits.length - fraction.length - 1 + Number(power);
  return digits.replace(/0+$/, '').length <= MOST_DIGITS && Math.abs(first) <= MOST_EXPONENT;
}

/** Returns the decimal of a number that `isComparable`. */
export function parseDecimal(value: JsonNumber): Decimal {
  const [, sign = '', whole = '0', fraction = '', power = '0'] = PARTS.exec(digitsOf(value)) ?? [];
  const significant = (whole + fraction).replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return ZERO;
  const exponent = Number(power) - fraction.length + (significant.length - digits.length);
  return { digits: BigInt(sign + digits), exponent };
}

/** Returns the one text of a number, the same for every way to write it. */
export function decimalText(value: JsonNumber): string {
  if (Number.isSafeInteger(value)) return `${value || 0}`;
  const { digits, exponent } = parseDecimal(value);
  // As `String` writes whole numbers: those are compared with each other most.
  return exponent >= 0 && exponent <= 15 ? `${digits}${'0'.repeat(exponent)}` : `${digits}e${exponent}`;
}

/** Returns the sign of `a − b`. */
export function compareNumbers(a: JsonNumber, b: JsonNumber): number {
  // Numbers that are exact are in the order of their decimals.
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  const least = Math.min(left.exponent, right.exponent);
  const scaled = ({ digits, exponent }: Decimal): bigint => digits * 10n ** BigInt(exponent - least);
  const difference = scaled(left) - scaled(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
