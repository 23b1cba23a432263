import { type Fraction, reduced } from './fraction';
import { type Integer, multiply } from './integer';

export { isCurrency, minorDigits } from './currencies';

/**
 * A decimal string in major units, never negative: up to 12 digits before and 6 after the point.
 * @pattern ^\d{1,12}(\.\d{1,6})?$
 */
export type Money = string;

/**
 * An amount of an answer: a decimal string like `Money`, with up to 30 digits before the point, as quantities and lines add up.
 * @pattern ^\d{1,30}(\.\d{1,6})?$
 */
export type MoneySum = string;

/**
 * A decimal string greater than 0 and at most 100, up to 4 decimals.
 * @pattern ^(?!0+(\.0*)?$)(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)$
 * @maxLength 8
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
export const MONEY_DIGITS = 6;

/** More digits than this are too many for a number to be exact. */
const EXACT_DIGITS = 15;

const POWERS_OF_TEN: readonly number[] = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** Returns 10 to the power of `exponent`, 0–15. */
export function powerOfTen(exponent: number): number {
  return POWERS_OF_TEN[exponent] ?? 10 ** exponent;
}

/** Returns the integer of `text`, a decimal string, times 10 to the power of `digits`; `text` has no more decimals than that. */
function parseScaled(text: string, digits: number): Integer {
  const point = text.indexOf('.');
  const decimals = point < 0 ? 0 : text.length - point - 1;
  const unscaled = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
  return multiply(unscaled.length <= EXACT_DIGITS ? +unscaled : BigInt(unscaled), powerOfTen(digits - decimals));
}

/** Returns a `Money` as an exact number of millionths. */
export function parseMoney(text: Money): Integer {
  return parseScaled(text, MONEY_DIGITS);
}

/** Returns a `Percent` as a fraction of one in its lowest terms: "33.5" is 67 / 200. */
export function parsePercent(text: Percent): Fraction {
  return reduced({ num: parseScaled(text, 4), den: 1_000_000 });
}

/** `.00` to `.99`: texts that are used again and again, and few enough to stay in the processor's cache. */
const HUNDREDTHS: readonly string[] = Array.from({ length: 100 }, (_, cents) => `.${String(cents).padStart(2, '0')}`);

/** Returns an integer number of units of 10 to the power of −`digits` (0–5) as a decimal string with that many decimals. */
export function formatMoney(units: Integer, digits: number): Money {
  if (digits === 0) return units.toString();
  if (typeof units === 'number' && (digits === 2 || digits === 3)) {
    const cents = digits === 2 ? units : Math.floor(units / 10);
    const whole = Math.floor(cents / 100);
    const text = whole + (HUNDREDTHS[cents - whole * 100] as string);
    return digits === 2 ? text : text + (units - cents * 10);
  }
  const text = units.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Amounts as millionths by currency. */
export function parseAmounts(amounts: Amounts): ReadonlyMap<string, Integer> {
  return new Map(Object.entries(amounts).map(([currency, amount]) => [currency, parseMoney(amount)]));
}
