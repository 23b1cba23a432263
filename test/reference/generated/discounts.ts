import fc from 'fast-check';
import type { Condition } from '../../../src/engine/conditions/index';
import type { Buy, Discount } from '../../../src/engine/rulebook/discount';
import {
  customerGroup,
  customerId,
  daysToWindow,
  period,
  present,
  STORED,
  someOf,
  sometimes,
  status,
  windowAround,
} from './alphabets';
import { identified } from './conditions';
import { selector } from './selectors';
import { value } from './values';

export const discountDraft = fc.record({
  value,
  scope: sometimes(fc.constantFrom('unit' as const, 'line' as const, 'order' as const), 2),
  selector: sometimes(selector, 2),
  maxUnits: sometimes(fc.integer({ min: 1, max: 6 }), 5),
  unitOrder: sometimes(fc.constantFrom('cheapest_first' as const, 'dearest_first' as const), 3),
  buy: sometimes(
    fc
      .record({
        selector,
        quantity: fc.integer({ min: 1, max: 3 }),
        repeat: sometimes(fc.boolean(), 2),
        maxRepeats: sometimes(fc.integer({ min: 1, max: 3 }), 3),
      })
      .map(
        ({ maxRepeats, ...buy }): Buy => present({ ...buy, maxRepeats: buy.repeat === false ? undefined : maxRepeats }),
      ),
    7,
  ),
  charges: sometimes(
    fc.constantFrom<('recurring' | 'setup')[]>(
      ['recurring'],
      ['setup'],
      ['recurring', 'setup'],
      ['setup', 'recurring'],
    ),
    3,
  ),
  recipients: sometimes(
    fc
      .record({ customers: sometimes(someOf(customerId), 2), groups: sometimes(someOf(customerGroup), 2) })
      .filter(({ customers, groups }) => customers !== undefined || groups !== undefined)
      .map(present),
    6,
  ),
  priority: sometimes(fc.integer({ min: -1, max: 1 }), 5),
  window: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: daysToWindow }),
  validity: sometimes(period, 10),
  coverage: sometimes(fc.constantFrom('whole_period' as const, 'until_end' as const), 4),
  status: sometimes(status, 10),
});

export type DiscountDraft = typeof discountDraft extends fc.Arbitrary<infer T> ? T : never;

export function discountOf(
  { window, ...draft }: DiscountDraft,
  own: readonly Condition[] | undefined,
  id: string,
  at: number,
): Discount {
  const list = own === undefined ? undefined : identified(own, id);
  const fitting = draft.value.type === 'set_price' ? { ...draft, ...OF_SETS } : draft;
  return present({ ...fitting, ...windowAround(at, window), ...STORED, id, name: id, conditions: list });
}

/** What a price for sets leaves no choice of. */
const OF_SETS = { scope: 'order' as const, buy: undefined, charges: undefined, unitOrder: undefined };
