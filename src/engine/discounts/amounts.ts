import { isLess, ONE, smaller, times, total, ZERO } from '../fraction';
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
  return cap === undefined || !isLess(cap, total(amounts))
    ? { amounts, pooled: false }
    : { amounts: split(cap, parts.map(coveredBase)), pooled: true };
}

/** An amount off each unit with scope `unit`, else once over all parts; never more than there is. */
export function amountOff({ parts, scope }: Basis, amount: Fraction): Taken {
  if (scope !== 'unit') {
    const bases = parts.map((part) => part.base);
    const amounts = split(smaller(amount, total(bases)), bases).map((taken, index) =>
      times(taken, parts[index]?.share ?? ONE),
    );
    return { amounts, pooled: true };
  }
  const amounts = parts.map((part) =>
    times(smaller(times(amount, { num: part.units, den: 1n }), part.base), part.share),
  );
  return { amounts, pooled: false };
}

/** What is left of a part as far as the discount covers its period: nothing else can be taken. */
export function coveredBase({ base, share }: Part): Fraction {
  return times(base, share);
}

/** Splits an amount in proportion to the weights. */
function split(amount: Fraction, weights: readonly Fraction[]): Fraction[] {
  const sum = total(weights);
  return weights.map(({ num, den }) =>
    sum.num === 0n ? ZERO : times(amount, { num: num * sum.den, den: den * sum.num }),
  );
}
