import { type Fraction, isLess, proportions, reduced, smaller, times, total, whole, ZERO } from '../money/fraction';
import { multiply, sum } from '../money/integer';
import { type Amounts, parseMoney, powerOfTen } from '../money/money';
import type { DiscountCalculator, Part, ValueContext } from './discount-value';

/** Returns an amount's entry for the currency in ticks; absent: the currency is not priced. */
export function inTicks(amounts: Amounts, { currency, digits }: ValueContext): Fraction | undefined {
  const amount = Object.hasOwn(amounts, currency) ? amounts[currency] : undefined;
  return amount === undefined ? undefined : reduced({ num: parseMoney(amount), den: powerOfTen(5 - digits) });
}

/** Takes a fraction of every part, up to a cap over all of them. */
export class FractionOff implements DiscountCalculator {
  // Classes, because a quote then reads members of the object itself; a closure is two steps further away.
  constructor(
    private readonly fraction: Fraction,
    private readonly cap: Fraction | undefined,
  ) {}

  forCharge(part: Part): Fraction {
    const uncapped = times(this.fraction, coveredBase(part));
    return this.cap === undefined ? uncapped : smaller(uncapped, this.cap);
  }

  forCharges(parts: readonly Part[]): readonly Fraction[] | undefined {
    if (this.cap === undefined) return undefined;
    const bases = parts.map(coveredBase);
    return isLess(this.cap, times(this.fraction, total(bases))) ? split(this.cap, bases) : undefined;
  }
}

/** Takes an amount off each unit. */
class AmountOffUnits implements DiscountCalculator {
  constructor(private readonly amount: Fraction) {}

  forCharge({ base, units, share }: Part): Fraction {
    return times(smaller(times(this.amount, whole(units)), base), share);
  }
}

/** Takes an amount once over all parts; never more than there is. */
class AmountOffAll implements DiscountCalculator {
  constructor(private readonly amount: Fraction) {}

  forCharge({ base, share }: Part): Fraction {
    return times(smaller(this.amount, base), share);
  }

  forCharges(parts: readonly Part[]): readonly Fraction[] {
    const bases = parts.map(({ base }) => base);
    const taken = split(smaller(this.amount, total(bases)), bases);
    return parts.map(({ share }, index) => times(taken[index] ?? ZERO, share));
  }
}

/** Takes an amount off each unit with scope `unit`, else once over all parts. */
export function amountOff(amount: Fraction, { scope }: Pick<ValueContext, 'scope'>): DiscountCalculator {
  return scope === 'unit' ? new AmountOffUnits(amount) : new AmountOffAll(amount);
}

/** Returns what is left of a part as far as the discount covers its period: nothing else can be taken. */
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
