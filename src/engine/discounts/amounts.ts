import { type Fraction, isLess, proportions, reduced, smaller, times, total, whole, ZERO } from '../fraction';
import { multiply, sum } from '../integer';
import { type Amounts, parseMoney, powerOfTen } from '../money';
import type { Part, Taker, ValueContext } from './value';

/** An amount's entry for the currency in ticks; absent: the currency is not priced. */
export function inTicks(amounts: Amounts, { currency, digits }: ValueContext): Fraction | undefined {
  const amount = Object.hasOwn(amounts, currency) ? amounts[currency] : undefined;
  return amount === undefined ? undefined : reduced({ num: parseMoney(amount), den: powerOfTen(5 - digits) });
}

/** Takes a fraction of every part, up to a cap over all of them. */
export function fractionOff(fraction: Fraction, cap: Fraction | undefined): Taker {
  const uncapped = (part: Part): Fraction => times(fraction, coveredBase(part));
  if (cap === undefined) return { alone: uncapped };
  return {
    alone: (part) => smaller(uncapped(part), cap),
    together: (parts) => (isLess(cap, total(parts.map(uncapped))) ? split(cap, parts.map(coveredBase)) : undefined),
  };
}

/** Takes an amount off each unit with scope `unit`, else once over all parts; never more than there is. */
export function amountOff(amount: Fraction, { scope }: ValueContext): Taker {
  if (scope === 'unit') {
    return { alone: ({ base, units, share }) => times(smaller(times(amount, whole(units)), base), share) };
  }
  return {
    alone: ({ base, share }) => times(smaller(amount, base), share),
    together: (parts) => {
      const bases = parts.map(({ base }) => base);
      const taken = split(smaller(amount, total(bases)), bases);
      return parts.map(({ share }, index) => times(taken[index] ?? ZERO, share));
    },
  };
}

/** What is left of a part as far as the discount covers its period: nothing else can be taken. */
export function coveredBase({ base, share }: Part): Fraction {
  return times(base, share);
}

/** Splits an amount in proportion to the weights; the parts have one denominator, so that adding them up stays small. */
function split(amount: Fraction, weights: readonly Fraction[]): Fraction[] {
  const shares = proportions(weights);
  const all = sum(shares);
  if (all === 0) return weights.map(() => ZERO);
  const den = multiply(amount.den, all);
  return shares.map((share) => ({ num: multiply(amount.num, share), den }));
}
