import type { CustomValueType, Outcome } from '../cart/custom-types';
import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import type { Fraction } from '../money/fraction';
import type { Integer } from '../money/integer';

/** What a discount is counted on: each unit, the line once, or the matching lines together once. */
export type DiscountScope = 'unit' | 'line' | 'order';

/** The charge of one line that a discount looks at. Amounts are in ticks: one digit more than the currency has. */
export interface Part {
  /** The line. */
  readonly line: Pick<PricedLine, 'index'>;
  /** What is left of the selected units' price. */
  readonly base: Fraction;
  /** How many units are selected; of a setup fee one. */
  readonly units: number;
  /** The part of the period that the discount covers. */
  readonly share: Fraction;
}

/** What a value is reached by, where it has tiers: of one line, or of all matching lines with scope `order`. */
export interface Reached {
  /** Units. */
  readonly quantity: Integer;
  /** The undiscounted recurring total in ticks. */
  readonly total: Integer;
}

/** A discount value made ready for one currency and scope; it answers exact amounts, before rounding. */
export interface DiscountCalculator {
  /** Returns what it takes off a charge that it is counted on alone. */
  forCharge(part: Part, reached: Reached): Fraction;
  /**
   * Returns what it takes off each of several charges where it is counted on them together, to be rounded together;
   * absent, or `undefined`, where each is as if it were alone.
   */
  forCharges?(parts: readonly Part[], reached: Reached): readonly Fraction[] | undefined;
  /** Where it is sets of units that cost a price, formed of all lines together; it takes nothing off a charge by itself. */
  readonly sets?: SetTerms;
  /** Where what it takes off depends on the whole cart: what it is for these lines of a cart, or why it is nothing. */
  settle?(cart: PricedCart, lines: readonly PricedLine[]): Outcome<DiscountCalculator>;
}

/** So many units together cost a price. */
export interface SetTerms {
  /** How many units make a set. */
  readonly size: number;
  /** What a set costs, in ticks. */
  readonly price: Fraction;
}

/** What a value is made ready for. */
export interface ValueContext {
  readonly currency: string;
  /** The currency's minor digits; a tick has one more. */
  readonly digits: number;
  readonly scope: DiscountScope;
  /** The provider's type, where the value is of one. */
  readonly custom?: CustomValueType | undefined;
}

/** A kind of discount value: its name for the merchant, and how one is made ready. The comment of its interface describes it. */
export interface DiscountKind<V> {
  /** Its name for a form. */
  readonly title: string;
  /** Parses the value once; `undefined`: the currency is not priced. */
  prepare(value: V, context: ValueContext): DiscountCalculator | undefined;
}
