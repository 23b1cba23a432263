import { quotient, subtract } from '../../engine/money/integer';
import { type Amounts, formatMoney, minorDigits, parseMoney, powerOfTen } from '../../engine/money/money';

/** Returns what is left of the money of a grant, with the digits of each currency. */
export function amountsLeft(credit: Amounts, spent: { readonly [currency: string]: string }): Amounts {
  return Object.fromEntries(
    Object.entries(credit).map(([currency, amount]) => {
      const left = subtract(parseMoney(amount), parseMoney(spent[currency] ?? '0'));
      return [currency, inMinorDigits(left > 0 ? left : 0, currency)];
    }),
  );
}

/** Returns millionths as money with the digits of a currency; grants have no fractions of the smallest coin. */
export function inMinorDigits(millionths: number | bigint, currency: string): string {
  const digits = minorDigits(currency);
  return formatMoney(quotient(millionths, powerOfTen(6 - digits)), digits);
}
