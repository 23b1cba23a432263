import type { LinePart, PricedLine } from '../cart/priced-line';
import { coveredBase } from '../discount-values/amounts';
import type { Part, Reached } from '../discount-values/discount-value';
import type { Candidate } from '../judging/candidate';
import { type Fraction, lessOf, ONE, proportions, times, whole } from '../money/fraction';
import { add, type Integer, least, multiply, quotient, quotientUp, subtract } from '../money/integer';
import { powerOfTen } from '../money/money';

/** A charge of a line while discounts are taken off it, in ticks. */
export interface OpenCharge {
  readonly isSetup: boolean;
  readonly price: Integer;
  /** What discounts may take in all, in minor units. */
  readonly discountable: Integer;
  /** What they may still take. */
  left: Integer;
  taken: Integer;
}

/** A charge that a discount looks at. */
export interface PricedCharge extends Part {
  readonly line: PricedLine;
  readonly open: OpenCharge;
  /** The most that the selected units may lose above their floor; absent: the line's own floor says it. */
  readonly aboveFloor: Integer | undefined;
}

/** The charges of a line; its units and total are what tiers are reached by. */
export interface OpenLine extends Reached {
  readonly recurring: OpenCharge;
  readonly setup: OpenCharge | undefined;
  /** The floor of one unit in ticks, where it has one. */
  readonly floor: Fraction | undefined;
  /** The recurring charge in full, as most discounts look at it. */
  readonly inFull: readonly PricedCharge[];
}

/** From which price a discount is counted: the full one, or what earlier discounts left. */
export type From = 'full' | 'left';

const NO_CHARGES: readonly PricedCharge[] = [];

/** Returns the charges of a line that a discount looks at, as far as it is for its units and days. */
export function chargesOf(
  { recurring, setup, floor, inFull }: OpenLine,
  { rule }: Candidate,
  { line, units, share }: LinePart,
  from: From,
): readonly PricedCharge[] {
  let charges: readonly PricedCharge[] = inFull;
  if (!rule.recurring) charges = NO_CHARGES;
  else if (units !== line.quantity || share !== ONE || (from === 'left' && recurring.taken !== 0)) {
    const base = spread(priceOf(recurring, from), units, line.quantity);
    const aboveFloor = floor && units !== line.quantity ? above(base, floor, units) : undefined;
    charges = [{ line, open: recurring, base, units, share, aboveFloor }];
  }
  if (!rule.setup || setup === undefined) return charges;
  const base = whole(priceOf(setup, from));
  return [...charges, { line, open: setup, base, units: 1, share: ONE, aboveFloor: undefined }];
}

/** Returns what units may lose above their floor; a floor holds for each unit that is taken, not only for its line. */
function above(base: Fraction, floor: Fraction, units: number): Integer {
  const { num, den } = lessOf(base, times(floor, whole(units)));
  return quotient(num, den);
}

/** Opens a line of the cart, with nothing taken off it. */
export function openLine(line: PricedLine, digits: number): OpenLine {
  const { minUnitPrice } = line;
  const recurring = openCharge(false, line.subtotal, line.discountable);
  return {
    quantity: line.quantity,
    total: recurring.price,
    recurring,
    setup: line.setup === undefined ? undefined : openCharge(true, line.setup, line.setup),
    floor:
      minUnitPrice === undefined || minUnitPrice === 0 ? undefined : { num: minUnitPrice, den: powerOfTen(5 - digits) },
    inFull: [
      { line, open: recurring, base: whole(recurring.price), units: line.quantity, share: ONE, aboveFloor: undefined },
    ],
  };
}

function openCharge(isSetup: boolean, price: Integer, discountable: Integer): OpenCharge {
  return { isSetup, price: multiply(price, 10), discountable, left: multiply(discountable, 10), taken: 0 };
}

/** Takes an amount off a charge. */
export function takeOff(open: OpenCharge, ticks: Integer): void {
  open.left = subtract(open.left, ticks);
  open.taken = add(open.taken, ticks);
}

/** An order discount is shared out by what is left of each charge, as far as it covers it. */
export function weightsOf(charges: readonly PricedCharge[]): readonly Integer[] {
  return proportions(charges.map(coveredBase));
}

/** Returns what a discount may take off a charge: no more than the selected units and the covered days cost, above their floor. */
export function mostOf(charge: PricedCharge): Integer {
  const { num, den } = coveredBase(charge);
  const price = quotientUp(num, den);
  return charge.aboveFloor === undefined ? price : least(price, charge.aboveFloor);
}

/** Returns whether that is more than nothing. */
export function mayLose({ base, share, aboveFloor }: PricedCharge): boolean {
  return base.num > 0 && share.num > 0 && aboveFloor !== 0;
}

/** Returns the price of a charge from which a discount is counted. */
export function priceOf({ price, taken }: OpenCharge, from: From): Integer {
  return from === 'left' ? subtract(price, taken) : price;
}

/** What is left of a line counts as spread evenly over its units. */
export function spread(price: Integer, units: number, quantity: number): Fraction {
  return units === quantity ? whole(price) : { num: multiply(price, units), den: quantity };
}
