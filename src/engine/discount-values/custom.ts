import type { CustomParameters, Outcome } from '../cart/custom-types';
import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import { type Fraction, times, whole, ZERO } from '../money/fraction';
import { powerOfTen } from '../money/money';
import type { TypeName } from '../vocabulary/resource';
import { amountOff } from './amounts';
import type { DiscountCalculator, DiscountKind, Part, Reached, ValueContext } from './discount-value';

/** A value of a type that the provider defined. */
export interface CustomValue {
  /** The value type. */
  type: 'custom';
  /** The name of the provider's type. */
  name: TypeName;
  /** What its form was filled in with; absent: nothing. */
  parameters?: CustomParameters;
}

/** Custom. */
export const customValue: DiscountKind<CustomValue> = {
  title: "The provider's own",
  prepare({ name, parameters = {} }, { digits, scope, custom }) {
    if (custom === undefined) throw new Error(`Unknown custom discount type "${name}".`);
    const amountsOf = custom.prepare(parameters, scope === 'order');
    const tick = whole(powerOfTen(digits + 1));
    return new UnsettledValue({ scope }, (cart, lines) => {
      const outcome = amountsOf(cart, lines);
      if (outcome.kind !== 'found') return outcome;
      return { kind: 'found', value: outcome.value.map((amount) => times(amount, tick)) };
    });
  },
};

/** What an expression finds of a cart's lines, in ticks. */
type AmountsOf = (cart: PricedCart, lines: readonly PricedLine[]) => Outcome<readonly Fraction[]>;

/** Takes off what is only known once there is a cart. */
class UnsettledValue implements DiscountCalculator {
  constructor(
    private readonly context: Pick<ValueContext, 'scope'>,
    private readonly amountsOf: AmountsOf,
  ) {}

  forCharge(): Fraction {
    throw new Error('What a custom value takes off must be settled for a cart first.');
  }

  settle(cart: PricedCart, lines: readonly PricedLine[]): Outcome<DiscountCalculator> {
    const outcome = this.amountsOf(cart, lines);
    if (outcome.kind !== 'found') return outcome;
    const amounts = outcome.value;
    if (this.context.scope === 'order') return { kind: 'found', value: amountOff(amounts[0] ?? ZERO, this.context) };
    const byLine = new Map(lines.map((line, place) => [line.index, amountOff(amounts[place] ?? ZERO, this.context)]));
    return { kind: 'found', value: new AmountOfLine(byLine) };
  }
}

/** Takes off each line, or each of its units, what was found for it. */
class AmountOfLine implements DiscountCalculator {
  constructor(private readonly byLine: ReadonlyMap<number, DiscountCalculator>) {}

  forCharge(part: Part, reached: Reached): Fraction {
    return this.byLine.get(part.line.index)?.forCharge(part, reached) ?? ZERO;
  }

  forCharges(parts: readonly Part[], reached: Reached): readonly Fraction[] | undefined {
    // The charges are those of one line: its recurring price and its setup fee.
    const [first] = parts;
    return first && this.byLine.get(first.line.index)?.forCharges?.(parts, reached);
  }
}
