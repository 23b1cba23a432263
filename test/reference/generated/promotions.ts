import fc from 'fast-check';
import type { Condition } from '../../../src/engine/conditions/index';
import type { Discount } from '../../../src/engine/rulebook/discount';
import type { Promotion } from '../../../src/engine/rulebook/promotion';
import {
  amounts,
  customerId,
  daysToWindow,
  plan,
  present,
  price,
  STORED,
  someOf,
  sometimes,
  status,
  windowAround,
} from './alphabets';
import { conditions, identified } from './conditions';
import { discountDraft } from './discounts';

export const used = fc.record({
  total: fc.integer({ min: 0, max: 2 }),
  customer: fc.integer({ min: 0, max: 2 }),
  spent: price,
});

export const promotionDraft = fc.record({
  discounts: fc.array(fc.record({ draft: discountDraft, conditions: sometimes(conditions, 6) }), {
    minLength: 1,
    maxLength: 2,
  }),
  conditions,
  needsCode: sometimes(fc.constantFrom('alone' as const, 'group' as const), 3),
  status: sometimes(status, 8),
  window: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: daysToWindow }),
  priority: sometimes(fc.integer({ min: -1, max: 1 }), 4),
  exclusive: sometimes(fc.boolean(), 6),
  advertise: sometimes(fc.boolean(), 2),
  stackingGroup: sometimes(fc.constantFrom('one', 'two'), 3),
  plans: sometimes(someOf(plan), 6),
  limits: sometimes(
    fc
      .record({
        total: sometimes(fc.integer({ min: 1, max: 2 }), 3),
        perCustomer: sometimes(fc.integer({ min: 1, max: 2 }), 3),
        budget: sometimes(amounts, 2),
      })
      .map(present),
    5,
  ),
  used: sometimes(used, 2),
});

export type PromotionDraft = typeof promotionDraft extends fc.Arbitrary<infer T> ? T : never;

export function promotionOf(draft: PromotionDraft, id: string, discounts: Discount[], at: number): Promotion {
  const { needsCode, window, used: _, ...fields } = draft;
  const code: Condition[] =
    needsCode === undefined
      ? []
      : [present({ type: 'promo_code' as const, group: needsCode === 'group' ? 'a' : undefined })];
  return present({
    ...fields,
    ...windowAround(at, window),
    ...STORED,
    id,
    name: id,
    conditions: identified([...code, ...draft.conditions], id),
    discounts,
  });
}

export const CODES = ['ALPHA', 'Beta', 'GAMMA', 'DELTA'];
export const enteredCode = fc.constantFrom(...CODES, ' alpha ', 'BETA', 'UNKNOWN');

export const codeDraft = fc.record({
  promotion: fc.nat({ max: 5 }),
  status: sometimes(fc.constantFrom('active' as const, 'paused' as const), 6),
  window: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: daysToWindow }),
  maxRedemptions: sometimes(fc.integer({ min: 1, max: 2 }), 6),
  maxRedemptionsPerCustomer: sometimes(fc.integer({ min: 1, max: 2 }), 8),
  customerId: sometimes(customerId, 8),
  redemptions: fc.integer({ min: 0, max: 2 }),
  customerRedemptions: fc.integer({ min: 0, max: 2 }),
});
