import fc from 'fast-check';
import type { Customer } from '../../../src/engine/cart/customer';
import type { Subscription } from '../../../src/engine/cart/subscription';
import { DAY } from '../calendar';
import {
  action,
  addon,
  attributes,
  count,
  currency,
  customerGroup,
  customerId,
  instant,
  period,
  plan,
  planGroup,
  present,
  price,
  serviceType,
  someOf,
  sometimes,
  stage,
  tag,
} from './alphabets';

export const fewUnits = fc.integer({ min: 1, max: 7 });
export const manyUnits = fc.oneof(
  fewUnits,
  fc.integer({ min: 100_000, max: 999_999 }),
  fc.constantFrom(1_000_000_000, 999_999_937),
);

export const line = (quantity: fc.Arbitrary<number>) =>
  fc.record({
    action: sometimes(action, 3),
    serviceType,
    plan: sometimes(plan, 2),
    planGroups: sometimes(someOf(planGroup), 4),
    addon: sometimes(addon, 6),
    tags: sometimes(someOf(tag), 4),
    attributes: sometimes(attributes, 3),
    period: sometimes(period, 2),
    quantity: sometimes(quantity, 2),
    unitPrice: price,
    minUnitPrice: sometimes(price, 6),
    setupFee: sometimes(price, 3),
    orderedDaysAgo: sometimes(fc.constantFrom(0, 5, 20), 4),
    startsInDays: sometimes(fc.constantFrom(-3, 0, 5), 5),
  });

export const customer: fc.Arbitrary<(at: number) => Customer> = fc
  .record({
    id: sometimes(customerId, 2),
    groups: sometimes(fc.array(customerGroup, { maxLength: 3 }), 2),
    attributes: sometimes(attributes, 2),
    orderCount: sometimes(count, 2),
    registeredDaysAgo: sometimes(fc.constantFrom(10, 365, 366, 800), 2),
    services: sometimes(
      fc.array(
        fc
          .record({
            serviceType,
            status: fc.constantFrom(
              'active' as const,
              'processing' as const,
              'stopped' as const,
              'ordered' as const,
              'deleted' as const,
            ),
            paid: sometimes(fc.boolean(), 2),
            quantity: sometimes(fc.integer({ min: 1, max: 3 }), 2),
            orderedAt: fc.constantFrom('2021-03-01T00:00:00Z', '2023-01-01T00:00:00Z'),
          })
          .map(present),
        { maxLength: 3 },
      ),
      2,
    ),
    expensesDaysAgo: sometimes(
      fc.array(fc.tuple(fc.constantFrom(0, 30, 31, 300), price, currency), { maxLength: 3 }),
      2,
    ),
  })
  .map(
    ({ registeredDaysAgo, expensesDaysAgo, ...fields }) =>
      (at: number) =>
        present({
          ...fields,
          registeredAt: registeredDaysAgo === undefined ? undefined : instant(at, -registeredDaysAgo),
          expenses: expensesDaysAgo?.map(([days, amount, in_]) => ({
            at: new Date(at - days * DAY).toISOString(),
            amount,
            currency: in_,
          })),
        }),
  );

export const subscriptionDraft = fc.record({
  tags: someOf(stage),
  plan: sometimes(plan, 3),
  status: sometimes(fc.constantFrom('active' as const, 'cancelled' as const), 4),
  price,
  currency,
  interval: period,
  term: sometimes(period, 3),
  /** A booking may be missed by years. */
  next: fc.constantFrom(20, 20, 0, -1, -40, -1500, '2019-02-28T10:00:00.000Z'),
  startedAt: fc.constantFrom('2018-06-05T10:00:00.000Z', '2018-05-31T10:00:00.000Z'),
  termInDays: sometimes(fc.constantFrom(90, -31, -800), 2),
  bookedDaysAgo: sometimes(fc.constantFrom(0, 12), 2),
});

type SubscriptionDraft = typeof subscriptionDraft extends fc.Arbitrary<infer T> ? T : never;

export function subscriptionOf(draft: SubscriptionDraft, id: string, at: number): Subscription {
  const { next, termInDays, bookedDaysAgo, ...fields } = draft;
  const [from, to] = [at - 100 * DAY, at + 20 * DAY].map((ms) => new Date(ms).toISOString().slice(0, 10));
  return present({
    ...fields,
    id,
    lastBookingAt: instant(at, bookedDaysAgo === undefined ? undefined : -bookedDaysAgo),
    nextBookingAt: typeof next === 'string' ? next : new Date(at + next * DAY).toISOString(),
    termEndsAt: instant(at, termInDays),
    lastInvoice: { amount: draft.price, from: from ?? '', to: to ?? '' },
  });
}
