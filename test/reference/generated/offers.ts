import fc from 'fast-check';
import type { OfferedLine, RelatedProduct } from '../../../src/engine/rulebook/related-product';
import type { TransitionKind, UpgradePath } from '../../../src/engine/rulebook/upgrade-path';
import {
  amounts,
  period,
  plan,
  present,
  STORED,
  serviceType,
  someOf,
  sometimes,
  stage,
  status,
  tag,
} from './alphabets';
import { conditions, identified } from './conditions';

const twoTags = someOf(tag).map((list) => [...list, 'any']);

const offeredLine: fc.Arbitrary<OfferedLine> = fc
  .record({
    serviceType,
    plan: sometimes(plan, 2),
    tags: sometimes(someOf(tag), 3),
    period: sometimes(period, 2),
    quantity: sometimes(fc.integer({ min: 1, max: 4 }), 2),
    unitPrices: amounts,
    setupFees: sometimes(amounts, 3),
  })
  .map(present);

export const relatedProductDraft = fc.record({
  conditions: fc.oneof(
    conditions,
    fc
      .record({ type: fc.constant('cart_has_service' as const), selector: fc.record({ tags: twoTags }) })
      .map((one) => [one]),
  ),
  sort: sometimes(fc.integer({ min: 0, max: 1 }), 2),
  status: sometimes(status, 6),
  line: sometimes(offeredLine, 2),
  autoAdd: sometimes(fc.boolean(), 2),
});

type RelatedProductDraft = typeof relatedProductDraft extends fc.Arbitrary<infer T> ? T : never;

export function relatedProductOf({ conditions: list, ...draft }: RelatedProductDraft, id: string): RelatedProduct {
  return present({
    ...draft,
    ...STORED,
    id,
    name: id,
    action: { function: 'service.order' },
    conditions: identified(list, id),
  });
}

export const upgradePathDraft = fc.record({
  sources: fc.uniqueArray(stage, { minLength: 1 }),
  targets: fc.uniqueArray(tag, { minLength: 1 }),
  optional: sometimes(fc.boolean(), 2),
  priority: sometimes(fc.integer({ min: 0, max: 1 }), 2),
  transition: fc.constantFrom<TransitionKind>(
    'immediately_with_invoice',
    'immediately_prorated',
    'immediately_invoice_next_booking',
    'last_booking',
    'next_booking',
    'end_of_interval',
  ),
  status: sometimes(status, 6),
});

type UpgradePathDraft = typeof upgradePathDraft extends fc.Arbitrary<infer T> ? T : never;

export function upgradePathOf(draft: UpgradePathDraft, id: string): UpgradePath {
  return present({
    ...draft,
    ...STORED,
    id,
    name: id,
    texts: { en: { title: id, description: '{subscriptionPrice}' } },
  });
}
