import { isLess, ONE, plus, smaller, times, total, ZERO } from '../fraction';
import { type Amounts, type Fraction, parseMoney, powerOfTen } from '../money';
import type { Basis, Part, Taken } from './value';

/** An amount's entry for the currency in ticks; absent: the currency is not priced. */
export function inTicks(amounts: Amounts, currency: string, digits: number): Fraction | undefined {
  const amount = Object.hasOwn(amounts, currency) ? amounts[currency] : undefined;
  return amount === undefined ? undefined : { num: parseMoney(amount), den: powerOfTen(5 - digits) };
}

/** A fraction of every part, up to a cap over all of them. */
export function fractionOff({ parts }: Basis, fraction: Fraction, cap: Fraction | undefined): Taken {
  const amounts = parts.map((part) => times(times(part.base, part.share), fraction));
  return cap === undefined || !isLess(cap, total(amounts)) ? { amounts, pooled: false } : pool(parts, cap);
}

/** An amount off each unit with scope `unit`, else once over all parts; never more than there is. */
export function amountOff({ parts, scope }: Basis, amount: Fraction): Taken {
  if (scope !== 'unit') {
    const { amounts } = pool(parts, smaller(amount, total(parts.map((part) => part.base))));
    return { amounts: amounts.map((taken, index) => times(taken, parts[index]?.share ?? ONE)), pooled: true };
  }
  const amounts = parts.map((part) =>
    times(smaller(times(amount, { num: part.units, den: 1n }), part.base), part.share),
  );
  return { amounts, pooled: false };
}

/** Splits an amount in proportion to what is left of each part. */
function pool(parts: readonly Part[], amount: Fraction): Taken {
  const sum = parts.reduce((all, part) => plus(all, part.base), ZERO);
  const amounts = parts.map(({ base }) =>
    sum.num === 0n ? ZERO : times(amount, { num: base.num * sum.den, den: base.den * sum.num }),
  );
  return { amounts, pooled: true };
}
