import { add, type Integer, multiply, quotient, subtract, sum } from './integer';

/**
 * Splits `total` in proportion to `weights` by the largest-remainder method, ties to the earlier part; no part gets
 * more than its `capacities` entry, and what one refuses goes to the others. The parts add up to `total`, or to what
 * fits.
 */
export function allocate(total: Integer, weights: readonly Integer[], capacities: readonly Integer[]): Integer[] {
  const parts: Integer[] = weights.map(() => 0);
  /** The places of the parts that can take more. */
  let open: number[] = [];
  for (let index = 0; index < weights.length; index++) {
    if ((weights[index] ?? 0) > 0 && (capacities[index] ?? 0) > 0) open.push(index);
  }
  let remaining = total;
  while (remaining > 0 && open.length > 0) {
    const shares = largestRemainder(
      remaining,
      open.map((index) => weights[index] ?? 0),
    );
    const roomy = open.filter((index, place) => (shares[place] ?? 0) <= (capacities[index] ?? 0));
    if (roomy.length === open.length) {
      for (let place = 0; place < open.length; place++) parts[open[place] as number] = shares[place] ?? 0;
      return parts;
    }
    for (let place = 0; place < open.length; place++) {
      const index = open[place] as number;
      const capacity = capacities[index] ?? 0;
      if ((shares[place] ?? 0) <= capacity) continue;
      parts[index] = capacity;
      remaining = subtract(remaining, capacity);
    }
    open = roomy;
  }
  return parts;
}

/** Returns `total` in integer parts proportional to `weights` (their sum is positive); leftovers by the largest remainder. */
export function largestRemainder(total: Integer, weights: readonly Integer[]): Integer[] {
  const all = sum(weights);
  let left = total;
  const remainders: Integer[] = [];
  const parts = weights.map((weight) => {
    const share = multiply(total, weight);
    const part = quotient(share, all);
    remainders.push(subtract(share, multiply(part, all)));
    left = subtract(left, part);
    return part;
  });
  giveLeftovers(parts, remainders, Number(left));
  return parts;
}

/** Adds one to the `count` parts with the largest remainders, of equal ones to the earlier. */
export function giveLeftovers(parts: Integer[], remainders: readonly Integer[], count: number): void {
  // For short lists, picking the largest few is faster than sorting.
  const isFew = count * parts.length <= MOST_LOOKED_THROUGH;
  for (const index of isFew ? largestOf(remainders, count) : largestOfMany(remainders, count)) {
    parts[index] = add(parts[index] ?? 0, 1);
  }
}

const MOST_LOOKED_THROUGH = 100;

/** Returns the places of the `count` largest integers, of equal ones the earlier. */
function largestOf(integers: readonly Integer[], count: number): number[] {
  const places: number[] = [];
  while (places.length < count) {
    let largest = -1;
    for (let place = 0; place < integers.length; place++) {
      const isLarger = largest < 0 || (integers[place] ?? 0) > (integers[largest] ?? 0);
      if (isLarger && !places.includes(place)) largest = place;
    }
    places.push(largest);
  }
  return places;
}

/** Returns the same of many: small numbers sort by themselves, far faster than places by a comparison. */
function largestOfMany(integers: readonly Integer[], count: number): number[] {
  if (count === 0 || !integers.every(isNumber)) return bySize(integers).slice(0, count);
  const least = new Float64Array(integers).sort()[integers.length - count] as number;
  const larger = integers.reduce((all: number, integer) => all + (integer > least ? 1 : 0), 0);
  let left = count - larger;
  const places: number[] = [];
  for (let place = 0; place < integers.length; place++) {
    const integer = integers[place] as number;
    if (integer < least || (integer === least && left === 0)) continue;
    if (integer === least) left -= 1;
    places.push(place);
  }
  return places;
}

function isNumber(integer: Integer): integer is number {
  return typeof integer === 'number';
}

/** Returns the places of integers, the largest first, of equal ones the earlier. */
function bySize(integers: readonly Integer[]): number[] {
  const places = integers.map((integer, place) => ({ integer, place }));
  places.sort((a, b) => (a.integer === b.integer ? a.place - b.place : a.integer > b.integer ? -1 : 1));
  return places.map(({ place }) => place);
}
