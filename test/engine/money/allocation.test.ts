import fc from 'fast-check';
import { giveLeftovers } from '../../../src/engine/money/allocation';
import type { Integer } from '../../../src/engine/money/integer';
import { law } from '../../support/laws';

/** One part after the other gets the next one: that with the largest remainder, of equal ones the earlier. */
function givenOneByOne(remainders: readonly Integer[], count: number): number[] {
  const open = remainders.map((remainder, place) => ({ remainder, place }));
  const parts = remainders.map(() => 0);
  for (let given = 0; given < count; given++) {
    const next = open.reduce((best, one) => (one.remainder > best.remainder ? one : best));
    parts[next.place] = 1;
    open.splice(open.indexOf(next), 1);
  }
  return parts;
}

const few = fc.nat({ max: 5 });
const huge = fc.nat({ max: 5 }).map((small) => 10n ** 20n + BigInt(small));
/** Remainders of few and of many parts, most of them equal to others, and how many parts get one more. */
const leftovers = fc
  .oneof(fc.array(few, { minLength: 1, maxLength: 60 }), fc.array(fc.oneof(few, huge), { minLength: 1, maxLength: 60 }))
  .chain((remainders) => fc.tuple(fc.constant(remainders), fc.nat({ max: remainders.length - 1 })));

law('leftovers go to the largest remainders, of equal ones to the earlier', leftovers, ([remainders, count]) => {
  const parts: Integer[] = remainders.map(() => 0);
  giveLeftovers(parts, remainders, count);
  expect(parts).toEqual(givenOneByOne(remainders, count));
});
