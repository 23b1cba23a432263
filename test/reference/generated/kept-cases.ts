import fc from 'fast-check';
import type { GrantFact } from '../../../src/engine/judging/facts';
import type { Discount } from '../../../src/engine/rulebook/discount';
import { termsOf } from '../../../src/engine/rulebook/terms';
import { type Case, cases } from './cases';

const DAY = 86_400_000;

const amounts = fc.constantFrom('0.00', '0.01', '3.00', '9.95', '40.00').map((EUR) => ({ EUR, KWD: EUR, JPY: '4' }));
const service = fc.option(fc.constantFrom('s1', 's2'), { nil: undefined });

/** How a discount is kept. */
const keeping = fc.constantFrom<Partial<Discount>>(
  {},
  {},
  { payments: 1 },
  { payments: 3 },
  { keptFor: 'service' },
  { keptFor: 'service', payments: 2 },
  { carryOver: true },
);

const grant = fc.record({
  discount: fc.nat({ max: 11 }),
  serviceId: service,
  paymentsLeft: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  balance: amounts,
  started: fc.constantFrom(-20, -20, -20, 5),
  ends: fc.constantFrom(45, 45, 400, -1, undefined),
  isRevoked: fc.constantFrom(false, false, false, false, true),
  isByHand: fc.boolean(),
  /** Another percentage than the discount has now, or what it had when the grant was given. */
  terms: fc.constantFrom('same', 'same', 'none', '5', '70'),
});

/** Carts of customers who keep discounts: edited ones, for payments, for services, with balances. */
export const keptCases: fc.Arbitrary<Case> = fc
  .tuple(
    cases,
    fc.array(keeping, { minLength: 12, maxLength: 12 }),
    fc.array(grant, { minLength: 1, maxLength: 5 }),
    fc.array(service, { minLength: 40, maxLength: 40 }),
    amounts,
  )
  .map(([given, keepings, drafts, services, gift]) => {
    const all = [...given.catalog.promotions.flatMap(({ discounts }) => discounts), ...given.catalog.discounts];
    const kept = new Map(all.map((one, index) => [one.id, keptAs(one, keepings[index % 12] ?? {}, gift)]));
    const written = (one: Discount): Discount => kept.get(one.id) ?? one;
    const promotions = given.catalog.promotions.map((one) => ({ ...one, discounts: one.discounts.map(written) }));
    const catalog = { ...given.catalog, promotions, discounts: given.catalog.discounts.map(written) };
    const lines = given.request.lines.map((line, index) => withService(line, services[index]));
    const request = { ...given.request, customer: { ...given.request.customer, id: 'ann' }, lines };
    const after = [...kept.values()];
    const grants = drafts.flatMap((draft, index): GrantFact[] => {
      const one = after[draft.discount % Math.max(after.length, 1)];
      return one === undefined ? [] : [grantOf(draft, one, index, given.at)];
    });
    return { ...given, catalog, request, facts: { ...given.facts, grants } };
  });

function keptAs(discount: Discount, how: Partial<Discount>, gift: { [currency: string]: string }): Discount {
  if (!how.carryOver) return { ...discount, ...how };
  const { maxUnits, buy, unitOrder, charges, ...plain } = discount;
  return { ...plain, ...how, scope: 'order', value: { type: 'amount_off', amounts: gift } };
}

function withService<T extends object>(line: T, serviceId: string | undefined): T {
  return serviceId === undefined ? line : { ...line, serviceId };
}

type Draft = typeof grant extends fc.Arbitrary<infer T> ? T : never;

function grantOf(draft: Draft, discount: Discount, index: number, at: number): GrantFact {
  const { serviceId, paymentsLeft, balance, isRevoked, isByHand } = draft;
  const instant = (days: number): string => new Date(at + days * DAY).toISOString();
  const ends = draft.ends !== undefined && draft.ends <= draft.started ? undefined : draft.ends;
  return {
    id: `g${index}`,
    version: 1,
    discountId: discount.id,
    startsAt: instant(draft.started),
    ...(ends !== undefined && { endsAt: instant(ends) }),
    isRevoked,
    isByHand,
    ...(discount.carryOver
      ? { balance, credit: balance }
      : {
          ...(serviceId !== undefined && { serviceId }),
          ...(paymentsLeft !== undefined && { paymentsLeft, payments: 3 }),
        }),
    ...termsAs(draft.terms, discount),
  };
}

function termsAs(how: string, discount: Discount): Pick<GrantFact, 'terms'> {
  if (how === 'none') return {};
  const now = termsOf(discount, undefined);
  const isOther = how !== 'same' && !discount.carryOver && discount.value.type !== 'set_price';
  return { terms: isOther ? { ...now, value: { type: 'percent', percent: how } } : now };
}
