import type { Fraction } from '../fraction';
import type { Integer } from '../integer';

/** What a discount is counted on: each unit, the line once, or the matching lines together once. */
export type DiscountScope = 'unit' | 'line' | 'order';

/** The charge of one line that a discount looks at. Amounts are in ticks: one digit more than the currency has. */
export interface Part {
  /** What is left of the selected units' price. */
  readonly base: Fraction;
  /** How many units are selected; of a setup fee one. */
  readonly units: number;
  /** The part of the period that the discount covers. */
  readonly share: Fraction;
}

/** What a discount value is counted on: one line's charges, or those of all matching lines with scope `order`. */
export interface Basis {
  readonly parts: readonly Part[];
  readonly scope: DiscountScope;
  /** Units of the line, or of all matching lines; tiers are reached by it. */
  readonly quantity: Integer;
  /** Undiscounted recurring total in ticks; tiers are reached by it. */
  readonly total: Integer;
}

/** What a value takes off each part, before rounding; `pooled` amounts are rounded together and then split. */
export interface Taken {
  readonly amounts: readonly Fraction[];
  readonly pooled: boolean;
}

/** A discount value made ready for one currency. */
export type Taker = (basis: Basis) => Taken;

/** A kind of discount value: its words for the merchant, and how one is made ready. */
export interface DiscountKind<V> {
  /** Its name for a form. */
  readonly title: string;
  /** One sentence for the merchant. */
  readonly description: string;
  /** Parses the value for a currency, with `digits` + 1 digits in a tick; `undefined`: the currency is not priced. */
  prepare(value: V, currency: string, digits: number): Taker | undefined;
}
