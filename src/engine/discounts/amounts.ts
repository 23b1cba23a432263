import { type Fraction, isLess, ONE, reduced, smaller, times, total, whole, ZERO } from '../fraction';
import { multiply } from '../integer';
import { type Amounts, parseMoney, powerOfTen } from '../money';
import type { Basis, Part, Taken } from './value';

/** An amount's entry for the currency in ticks; absent: the currency is not priced. */
export function inTicks(amounts: Amounts, currency: string, digits: number): Fraction | undefined {
  const amount = Object.hasOwn(amounts, currency) ? amounts[currency] : undefined;
  return amount === undefined ? undefined : reduced({ num: parseMoney(amount), den: powerOfTen(5 - digits) });
}

/** A fraction of every part, up to a cap over all of them. */
export function fractionOff({ parts }: Basis, fraction: Fraction, cap: Fraction | undefined): Taken {
  const amounts = parts.map((part) => times(fraction, coveredBase(part)));
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
  const amounts = parts.map(({ base, units, share }) => times(smaller(times(amount, whole(units)), base), share));
  return { amounts, pooled: false };
}

/** What is left of a part as far as the discount covers its period: nothing else can be taken. */
export function coveredBase({ base, share }: Part): Fraction {
  return times(base, share);
}

/** Splits an amount in proportion to the weights. */
function split(amount: Fraction, weights: readonly Fraction[]): Fraction[] {
  if (weights.length === 1) return [weights[0]?.num === 0 ? ZERO : amount];
  const sum = total(weights);
  return weights.map(({ num, den }) =>
    sum.num === 0 ? ZERO : times(amount, { num: multiply(num, sum.den), den: multiply(den, sum.num) }),
  );
}
