import fc from 'fast-check';
import type { Condition } from '../../../src/engine/conditions';
import { factsOfRulebook } from '../../../src/engine/lint/facts';
import { lint } from '../../../src/engine/lint/lint';
import { type LintedRule, ruleOfDiscount, ruleOfPromotion } from '../../../src/engine/lint/rule';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import type { Attributes } from '../../../src/engine/vocabulary/attributes';
import type { WarningCode } from '../../../src/engine/vocabulary/warning';
import { type CartRequest, type PromotionRules, quoteOf, type Rules, rulebookOf } from '../../support/builders';
import { law } from '../../support/laws';

/** Warnings that say of a rule that it never applies. */
const NEVER_APPLIES: readonly WarningCode[] = [
  'conditions_exclude_each_other',
  'group_required_and_refused',
  'no_common_currency',
  'order_discount_always_loses',
  'outside_promotion_window',
  'selector_matches_nothing',
  'shadowed_by_exclusive',
];

const some = <T>(values: readonly T[], least = 0) => fc.uniqueArray(fc.constantFrom(...values), { minLength: least });
const optional = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const comparison = fc.constantFrom('gt' as const, 'gte' as const, 'eq' as const, 'lte' as const, 'lt' as const);
const count = fc.nat({ max: 3 });
const currencies = fc.constantFrom(['EUR'], ['USD'], ['EUR', 'USD']);
const amounts = fc
  .tuple(currencies, fc.integer({ min: 1, max: 30 }))
  .map(([names, amount]) => Object.fromEntries(names.map((name) => [name, `${amount}.00`])));
const lists = optional({ serviceTypes: some(['a', 'b'], 1), plans: some(['p', 'q'], 1), tags: some(['x', 'y'], 1) });
const selector = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: lists },
  { weight: 1, arbitrary: fc.tuple(lists, lists).map(([own, exclude]) => ({ ...own, exclude })) },
  { weight: 1, arbitrary: fc.record({ minQuantity: fc.integer({ min: 1, max: 3 }) }) },
);
const hours = fc.constantFrom('00:00', '01:30', '02:30', '03:00', '09:00', '12:00', '23:30');

const condition: fc.Arbitrary<Condition> = fc
  .tuple(
    fc.oneof(
      fc.record({ type: fc.constantFrom('cart_has_service' as const, 'cart_lacks_service' as const), selector }),
      fc.record({ type: fc.constant('cart_quantity' as const), selector, comparison, count }),
      fc.record({ type: fc.constant('cart_total' as const), selector, comparison, amounts }),
      fc.record({ type: fc.constantFrom('service_count' as const, 'paid_service_count' as const), comparison, count }),
      fc.record({ type: fc.constant('order_count' as const), comparison, count }),
      fc.record({ type: fc.constant('new_customer' as const) }),
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('customer_group' as const), groups: some(['g', 'h'], 1) }),
      },
      fc.record({
        type: fc.constantFrom('registration_age' as const, 'first_service_age' as const),
        comparison,
        period: fc.record({ unit: fc.constantFrom('month' as const, 'day' as const), length: fc.constantFrom(1, 2) }),
      }),
      fc.record({
        type: fc.constant('attribute' as const),
        of: fc.constantFrom('cart' as const, 'line' as const),
        name: fc.constant('n'),
        values: some(['s', 't', 1, 2], 1),
      }),
      fc.record({
        type: fc.constant('attribute' as const),
        of: fc.constantFrom('cart' as const, 'line' as const),
        name: fc.constant('n'),
        comparison,
        value: count,
      }),
      fc
        .record({ weekdays: some(['sat', 'sun', 'mon'] as const, 1), from: hours, to: hours })
        .filter(({ from, to }) => from !== to)
        .map((window) => ({ type: 'time_window' as const, ...window })),
    ),
    fc.constantFrom({}, {}, { negate: true }),
    fc.constantFrom({}, {}, { group: 'one' }),
  )
  .map((parts) => Object.assign({}, ...parts) as Condition);
const conditions = fc.array(condition, { maxLength: 3 });

const instants = fc.constantFrom('2024-03-30T00:00:00Z', '2024-03-31T01:00:00Z', '2024-04-01T00:00:00Z');
const window = optional({ startsAt: instants, endsAt: instants }).filter(
  ({ startsAt, endsAt }) => startsAt === undefined || endsAt === undefined || startsAt < endsAt,
);
const percentage = fc.constantFrom('10', '25', '50');
const value: fc.Arbitrary<DiscountInput['value']> = fc.oneof(
  fc.record({ type: fc.constant('percent' as const), percent: percentage }),
  fc.record({ type: fc.constant('percent' as const), percent: percentage, cap: amounts }),
  fc.record({ type: fc.constant('amount_off' as const), amounts }),
  fc.record({ type: fc.constant('special_price' as const), prices: amounts }),
);
const plainDiscount: fc.Arbitrary<Partial<DiscountInput>> = fc.record({
  value: fc.record({ type: fc.constant('percent' as const), percent: percentage }),
  scope: fc.constantFrom('line' as const, 'order' as const, 'order' as const),
  priority: fc.nat({ max: 3 }),
});
const manifoldDiscount: fc.Arbitrary<Partial<DiscountInput>> = fc
  .tuple(
    fc.record({ value, scope: fc.constantFrom('unit' as const, 'line' as const, 'order' as const, 'order' as const) }),
    optional({ selector, maxUnits: fc.constantFrom(1, 2), priority: fc.nat({ max: 2 }) }),
    fc.constantFrom({}, {}, { recipients: { groups: ['g'] } }, { charges: ['recurring', 'setup'] }),
    fc.constantFrom({}, {}, { status: 'paused' }),
    window,
    fc.oneof(fc.constant([]), conditions).map((own) => ({ conditions: own })),
  )
  .map((parts) => Object.assign({}, ...parts) as Partial<DiscountInput>);
const discount = fc.oneof(plainDiscount, manifoldDiscount);
const promotion: fc.Arbitrary<PromotionRules> = fc
  .tuple(
    fc.record({
      conditions: fc.oneof(fc.constant([]), conditions),
      discounts: fc.array(discount, { minLength: 1, maxLength: 2 }),
    }),
    optional({ priority: fc.nat({ max: 2 }), exclusive: fc.boolean(), plans: some(['p', 'q'], 1) }),
    fc.constantFrom({}, {}, {}, { stackingGroup: 's' }, { limits: { budget: { EUR: '5.00' } } }),
    window,
  )
  .map((parts) => Object.assign({}, ...parts) as PromotionRules);
const rules: fc.Arbitrary<Rules> = fc.record({
  settings: fc.record({
    combination: fc.constantFrom('best' as const, 'best' as const, 'sum' as const, 'sequence' as const),
  }),
  timeZone: fc.constant('Europe/Berlin'),
  promotions: fc.array(promotion, { maxLength: 3 }),
  discounts: fc.array(discount, { maxLength: 2 }),
});

const attribute = fc.constantFrom<Attributes[]>({}, { n: 's' }, { n: 1 }, { n: 2 }, { n: ['s', 't'] });
const cart: fc.Arbitrary<CartRequest> = fc.record({
  currency: fc.constantFrom('EUR', 'EUR', 'USD'),
  // The clocks go forward on 31 March at 01:00 UTC.
  at: fc
    .integer({ min: 0, max: 96 })
    .map((halves) => new Date(Date.UTC(2024, 2, 30) + halves * 1_800_000).toISOString()),
  attributes: attribute,
  customer: fc.record({
    groups: some(['g', 'h']),
    orderCount: count,
    registeredAt: fc.constantFrom('2024-03-15T00:00:00Z', '2024-02-10T00:00:00Z', '2023-01-01T00:00:00Z'),
    services: fc.array(
      fc.record({
        serviceType: fc.constant('a'),
        status: fc.constant('active' as const),
        paid: fc.boolean(),
        activatedAt: fc.constantFrom('2024-03-29T00:00:00Z', '2024-02-10T00:00:00Z'),
      }),
      { maxLength: 2 },
    ),
  }),
  lines: fc.array(
    fc.record({
      serviceType: fc.constantFrom('a', 'b'),
      plan: fc.constantFrom('p', 'q', 'r'),
      tags: some(['x', 'y']),
      attributes: attribute,
      quantity: fc.integer({ min: 1, max: 3 }),
      unitPrice: fc.integer({ min: 0, max: 20 }).map((price) => `${price}.00`),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** The discounts that a warning says never to apply. */
function deadDiscounts(generated: Rules): Map<string, WarningCode> {
  const rulebook = rulebookOf(generated);
  const facts = { ...factsOfRulebook(rulebook), withCodes: new Set<string>() };
  const dead = new Map<string, WarningCode>();
  const mark = (rule: LintedRule): void => {
    for (const { code, pointer } of lint(rule, facts).filter((finding) => NEVER_APPLIES.includes(finding.code))) {
      // A condition whose selector matches nothing may be one that asks for nothing.
      if (code === 'selector_matches_nothing' && pointer.includes('/conditions/')) continue;
      for (const { discount: own, at } of rule.discounts) {
        if (pointer === at || pointer.startsWith(`${at}/`) || !pointer.startsWith('/discounts/'))
          dead.set(own.id, code);
      }
    }
  };
  for (const { source } of rulebook.promotions()) mark(ruleOfPromotion(source));
  for (const { source, promotion: parent } of rulebook.discounts()) {
    if (parent === undefined) mark(ruleOfDiscount(source));
  }
  return dead;
}

const found = new Set<WarningCode>();

law(
  'a rule that is said never to apply does not',
  fc.tuple(rules, fc.array(cart, { minLength: 8, maxLength: 8 })),
  ([generated, carts]) => {
    const dead = deadDiscounts(generated);
    for (const code of dead.values()) found.add(code);
    const applied = carts.flatMap((one) => quoteOf(generated, one).discounts.map(({ discountId }) => discountId));
    expect(applied.filter((id) => dead.has(id)).map((id) => [id, dead.get(id)])).toEqual([]);
  },
);

test('the generated rules have every kind of mistake', () => {
  expect([...found].sort()).toEqual([...NEVER_APPLIES]);
});
