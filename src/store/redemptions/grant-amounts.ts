import { quotient, subtract } from '../../engine/money/integer';
import { type Amounts, formatMoney, minorDigits, parseMoney, powerOfTen } from '../../engine/money/money';

/** What is left of the money of a grant, with the digits of each currency. */
export function amountsLeft(credit: Amounts, spent: { readonly [currency: string]: string }): Amounts {
  return Object.fromEntries(
    Object.entries(credit).map(([currency, amount]) => {
      const left = subtract(parseMoney(amount), parseMoney(spent[currency] ?? '0'));
      return [currency, inMinorDigits(left > 0 ? left : 0, currency)];
    }),
  );
}

/** Millionths as money with the digits of a currency; nobody grants less than its smallest coin. */
export function inMinorDigits(millionths: number | bigint, currency: string): string {
  const digits = minorDigits(currency);
  return formatMoney(quotient(millionths, powerOfTen(6 - digits)), digits);
}
