import type { Charge } from '../../../src/engine/rulebook/discount';
import type { Line } from '../cart';
import { Fraction } from '../fraction';
import type { Demand } from './values';

/** A charge that a discount is about. */
export interface Part {
  line: Line;
  charge: Charge;
  /** How many units of it are selected. */
  units: number;
  /** What is left of the selected units. */
  left: Fraction;
  /** The share of the period that the discount covers. */
  share: Fraction;
  /** The most that may be taken of the charge. */
  room: Fraction;
  /** The most that the selected units may lose of it: a floor holds for each unit that is taken. */
  aboveFloor?: Fraction;
}

/** What is left of the part of the period that the discount covers; the rest of it is at list price. */
export function covered({ left, share }: Part): Fraction {
  return left.times(share);
}

/** What a value asks of one charge, where every charge counts for itself. */
export function individualDemand(demand: Demand, part: Part): Fraction {
  switch (demand.kind) {
    case 'percent':
      return covered(part).times(demand.share);
    case 'price': {
      const above = part.left.minus(demand.price.times(Fraction.of(part.units)));
      return Fraction.max(above, Fraction.ZERO).times(part.share);
    }
    case 'amount':
      return Fraction.min(demand.amount.times(Fraction.of(part.units)), part.left).times(part.share);
    case 'set':
      return Fraction.ZERO;
  }
}

/** What a value asks of all charges together; `undefined` where every charge counts for itself. */
export function pooledDemand(demand: Demand, parts: readonly Part[]): Fraction | undefined {
  const left = Fraction.sum(parts.map((part) => part.left));
  if (demand.kind === 'amount') {
    if (!left.isPositive()) return Fraction.ZERO;
    const share = Fraction.sum(parts.map(covered)).dividedBy(left);
    return Fraction.min(demand.amount, left).times(share);
  }
  if (demand.kind !== 'percent' || demand.cap === undefined) return undefined;
  const uncapped = Fraction.sum(parts.map((part) => individualDemand(demand, part)));
  return uncapped.compare(demand.cap) > 0 ? demand.cap : undefined;
}
