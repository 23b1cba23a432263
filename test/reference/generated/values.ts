import fc from 'fast-check';
import type { DiscountValue } from '../../../src/engine/discount-values/index';
import type { Amounts } from '../../../src/engine/money/money';
import { amounts, percent, present, sometimes } from './alphabets';

const tierQuantities = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 });
const tierTotals = fc.uniqueArray(fc.constantFrom('0.01', '5', '20', '99.50'), { minLength: 1, maxLength: 3 });

/** Where tiers start: integers, or amounts that now and then do not speak of the cart's currency. */
const tierStarts: fc.Arbitrary<TierStarts> = fc.oneof(
  tierQuantities.map((froms): TierStarts => ({ by: 'quantity', froms })),
  fc.tuple(tierTotals, sometimes(fc.constant(true), 8)).map(
    ([totals, onlyEuro]): TierStarts => ({
      by: 'total',
      froms: totals.map(
        (from): Amounts => (onlyEuro ? { EUR: from } : { EUR: from, JPY: from, KWD: from, CLF: from, UYW: from }),
      ),
    }),
  ),
);

interface TierStarts {
  by: 'quantity' | 'total';
  froms: (number | Amounts)[];
}

export const value: fc.Arbitrary<DiscountValue> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('percent' as const), percent, cap: sometimes(amounts, 4) }).map(present),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('amount_off' as const), amounts }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('special_price' as const), prices: amounts }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('set_price' as const),
      quantity: fc.integer({ min: 2, max: 4 }),
      prices: amounts,
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(tierStarts, fc.array(percent, { minLength: 3, maxLength: 3 }))
      .map(([{ by, froms }, percents]) => ({
        type: 'tiered_percent' as const,
        by,
        tiers: froms.map((from, index) => ({ from, percent: percents[index] ?? '1' })),
      })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(tierStarts, fc.array(amounts, { minLength: 3, maxLength: 3 })).map(([{ by, froms }, offs]) => ({
      type: 'tiered_amount_off' as const,
      by,
      tiers: froms.map((from, index) => ({ from, amounts: offs[index] ?? { EUR: '1.00' } })),
    })),
  },
);
