import fc from 'fast-check';
import type { Customer } from '../../src/engine/cart/customer';
import type { Subscription } from '../../src/engine/cart/subscription';
import type { Comparison } from '../../src/engine/conditions/comparison';
import type { Condition } from '../../src/engine/conditions/index';
import type { DiscountValue } from '../../src/engine/discount-values/index';
import type { CodeFact, Facts, GrantFact, Usage } from '../../src/engine/judging/facts';
import type { Amounts } from '../../src/engine/money/money';
import type { RoundingMode } from '../../src/engine/money/rounding';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Buy, Discount } from '../../src/engine/rulebook/discount';
import type { Promotion } from '../../src/engine/rulebook/promotion';
import type { OfferedLine, RelatedProduct } from '../../src/engine/rulebook/related-product';
import type { Catalog } from '../../src/engine/rulebook/rulebook';
import type { TransitionKind, UpgradePath } from '../../src/engine/rulebook/upgrade-path';
import type { Period } from '../../src/engine/time/instant';
import type { AttributeChoice, Attributes } from '../../src/engine/vocabulary/attributes';
import { normalizeCode } from '../../src/engine/vocabulary/code-form';
import { EXACT, isJsonNumber } from '../../src/engine/vocabulary/decimal';
import type { Combination, ResidualDays } from '../../src/engine/vocabulary/provider';
import type { Action, Selector, ServiceLists, UnitPriceRange } from '../../src/engine/vocabulary/selector';
import { DAY } from './calendar';

/** A question to the engine and the rules to answer it by. */
export interface Case {
  catalog: Catalog;
  request: QuoteRequest;
  at: number;
  facts: Facts;
}

const STORED = { version: 1, createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z' };

/** The instants of generated quotes: a month's end, a leap day, an ordinary day. */
const INSTANTS = ['2023-01-31T10:00:00Z', '2024-02-29T00:00:00Z', '2024-06-12T09:30:00Z'].map(Date.parse);

// Small alphabets, so that rules and lines collide.

const serviceType = fc.constantFrom('vps', 'hosting', 'domain');
const plan = fc.constantFrom('small', 'large');
const planGroup = fc.constantFrom('linux', 'windows');
const tag = fc.constantFrom('eco', 'pro');
const addon = fc.constantFrom('ip', 'backup');
const customerId = fc.constantFrom('ann', 'bob');
const customerGroup = fc.constantFrom('partners', 'resellers');
const action = fc.constantFrom<Action>('order', 'renewal', 'change');
const currency = fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY', 'KWD');
const anyCurrency = fc.constantFrom('EUR', 'EUR', 'JPY', 'KWD', 'CLF', 'UYW');
const comparison = fc.constantFrom<Comparison>('gt', 'gte', 'eq', 'lte', 'lt');

const smallPrice = fc.constantFrom(
  '9.95',
  '10.00',
  '0.99',
  '3.16',
  '33.333333',
  '0',
  '100',
  '1.00',
  '0.01',
  '7.777',
  '250.505',
  '0.03',
);
/** The largest and the smallest money, and what lies next to the largest number that is exact in millionths. */
const extremePrice = fc.constantFrom(
  '999999999999.999999',
  '123456789012.345678',
  '900719925474.0993',
  '9007199254.740991',
  '9007199254.740992',
  '9007199254.740993',
  '0.000001',
  '0.0005',
);
const price = fc.oneof({ weight: 11, arbitrary: smallPrice }, { weight: 1, arbitrary: extremePrice });
const percent = fc.constantFrom('10', '20', '33.33', '50', '100', '1', '12.5', '99.9999', '0.5');

const period: fc.Arbitrary<Period> = fc.constantFrom(
  { unit: 'month' as const, length: 1 },
  { unit: 'month' as const, length: 12 },
  { unit: 'year' as const, length: 1 },
  { unit: 'year' as const, length: 2 },
  { unit: 'day' as const, length: 30 },
);

/** Mostly every currency, sometimes not the cart's. */
const amounts: fc.Arbitrary<Amounts> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ EUR: price, JPY: price, KWD: price, CLF: price, UYW: price }) },
  { weight: 1, arbitrary: fc.record({ EUR: price }) },
  { weight: 1, arbitrary: fc.record({ JPY: price }) },
);

const attributeName = fc.constantFrom('site', 'ram');
/** Of every kind, some that look alike, and numbers that no double tells apart. */
const attributeChoice: fc.Arbitrary<AttributeChoice> = fc.constantFrom<AttributeChoice>(
  'fra',
  'FRA',
  '',
  '2',
  'true',
  2,
  16,
  0.1,
  `${EXACT}0.1000000000000000055511151231257827`,
  `${EXACT}16.000000000000000000000001`,
  1e21,
  -2.5,
  true,
  false,
);
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  attributeName,
  fc.oneof(
    { weight: 4, arbitrary: attributeChoice },
    { weight: 1, arbitrary: fc.constantFrom<string[]>([], ['fra', '2'], ['FRA']) },
  ),
);

function sometimes<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** One or two, now and then written twice. */
function someOf<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const once = fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 2 });
  return fc.oneof({ weight: 5, arbitrary: once }, { weight: 1, arbitrary: once.map((list) => [...list, ...list]) });
}

/** An object without the properties that are undefined: absent, never undefined. */
function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

// Rules.

const bounds = fc.uniqueArray(fc.constantFrom('0', '0.03', '1.00', '7.777', '9.95', '10.00', '100'), {
  minLength: 2,
  maxLength: 2,
});

/** Bounds mostly in every currency, now and then not in the cart's; never an empty range. */
const unitPrice: fc.Arbitrary<UnitPriceRange> = fc
  .tuple(bounds, fc.constantFrom('both', 'from', 'below'), sometimes(fc.constant(true), 6))
  .map(([pair, which, onlyYen]) => {
    const [from, below] = pair
      .toSorted((a, b) => Number(a) - Number(b))
      .map(
        (bound): Amounts => (onlyYen ? { JPY: bound } : { EUR: bound, JPY: bound, KWD: bound, CLF: bound, UYW: bound }),
      );
    return present({ from: which === 'below' ? undefined : from, below: which === 'from' ? undefined : below });
  });

const exclude: fc.Arbitrary<ServiceLists> = fc
  .record({
    serviceTypes: sometimes(someOf(serviceType), 4),
    plans: sometimes(someOf(plan), 3),
    planGroups: sometimes(someOf(planGroup), 4),
    addons: sometimes(someOf(addon), 4),
    tags: sometimes(someOf(tag), 3),
    periods: sometimes(someOf(period), 4),
    actions: sometimes(someOf(action), 6),
    attributes: sometimes(fc.dictionary(attributeName, someOf(attributeChoice), { maxKeys: 2 }), 6),
  })
  .map(present);

const selector: fc.Arbitrary<Selector> = fc
  .record({
    serviceTypes: sometimes(someOf(serviceType), 3),
    plans: sometimes(someOf(plan), 5),
    planGroups: sometimes(someOf(planGroup), 7),
    addons: sometimes(someOf(addon), 9),
    tags: sometimes(someOf(tag), 7),
    periods: sometimes(someOf(period), 7),
    actions: sometimes(someOf(action), 9),
    minQuantity: sometimes(fc.integer({ min: 1, max: 4 }), 9),
    exclude: sometimes(exclude, 7),
    unitPrice: sometimes(unitPrice, 9),
    attributes: sometimes(fc.dictionary(attributeName, someOf(attributeChoice)), 7),
  })
  .map(present);

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

const value: fc.Arbitrary<DiscountValue> = fc.oneof(
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

const daysToWindow = fc.record({
  starts: sometimes(fc.constantFrom(-400, -10, 0, 1), 6),
  ends: sometimes(fc.constantFrom(-1, 0, 1, 40, 70, 400), 5),
});

/** A window around the quote, its bounds included; `startsAt` is before `endsAt`. */
function windowAround(
  at: number,
  { starts, ends }: { starts?: number; ends?: number },
): { startsAt?: string; endsAt?: string } {
  const from = starts !== undefined && ends !== undefined && starts >= ends ? undefined : starts;
  return present({ startsAt: instant(at, from), endsAt: instant(at, ends) });
}

function instant(at: number, days: number | undefined): string | undefined {
  return days === undefined ? undefined : new Date(at + days * DAY).toISOString();
}

const status = fc.constantFrom(
  'active' as const,
  'active' as const,
  'active' as const,
  'paused' as const,
  'archived' as const,
);

const discountDraft = fc.record({
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

type DiscountDraft = typeof discountDraft extends fc.Arbitrary<infer T> ? T : never;

function discountOf(
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

const negate = sometimes(fc.constant(true), 5);
const group = sometimes(fc.constantFrom('a', 'b'), 2);
const count = fc.integer({ min: 0, max: 5 });

/** Conditions on the cart and the customer; `promo_code` is added where a promotion needs one. */
const condition: fc.Arbitrary<Condition> = fc
  .oneof(
    fc.record({ type: fc.constant('cart_has_service' as const), selector, negate, group }),
    fc.record({ type: fc.constant('cart_lacks_service' as const), selector, negate, group }),
    fc.record({
      type: fc.constant('cart_quantity' as const),
      selector: sometimes(selector, 2),
      comparison,
      count,
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('cart_total' as const),
      selector: sometimes(selector, 2),
      comparison,
      amounts,
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('attribute' as const),
      of: fc.constantFrom('cart' as const, 'customer' as const),
      name: attributeName,
      values: someOf(attributeChoice),
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('attribute' as const),
      of: fc.constant('line' as const),
      name: attributeName,
      selector: sometimes(selector, 2),
      values: fc.array(attributeChoice, { minLength: 1, maxLength: 6 }),
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('attribute' as const),
      of: fc.constantFrom('cart' as const, 'customer' as const, 'line' as const),
      name: attributeName,
      comparison,
      value: attributeChoice.filter(isJsonNumber) as fc.Arbitrary<number>,
      negate,
      group,
    }),
    fc.record({ type: fc.constant('customer_group' as const), groups: someOf(customerGroup), negate, group }),
    fc.record({ type: fc.constant('order_count' as const), comparison, count, negate, group }),
    fc.record({ type: fc.constant('service_count' as const), comparison, count, negate, group }),
    fc.record({ type: fc.constant('paid_service_count' as const), comparison, count, negate, group }),
    fc.record({ type: fc.constant('new_customer' as const), negate, group }),
    fc.record({ type: fc.constant('registration_age' as const), comparison, period, negate, group }),
    fc.record({ type: fc.constant('first_service_age' as const), comparison, period, negate, group }),
    fc.record({ type: fc.constant('purchase' as const), selector, group }),
    fc.record({ type: fc.constant('expenses' as const), comparison, currency, amount: price, period, negate, group }),
    fc.record({
      type: fc.constant('time_window' as const),
      weekdays: fc.uniqueArray(fc.constantFrom('mon' as const, 'tue' as const, 'wed' as const, 'thu' as const), {
        minLength: 1,
      }),
      from: sometimes(fc.constantFrom('00:00', '09:30', '22:00'), 2),
      to: sometimes(fc.constantFrom('06:00', '09:31', '10:00'), 2),
      negate,
      group,
    }),
  )
  .map(present);

/** Conditions by ids of their own: the rule's id and a number. */
function identified(list: readonly Condition[], ruleId: string): Condition[] {
  return list.map((one, index) => ({ ...one, id: `${ruleId}-${index + 1}` }));
}

const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Condition[]>([]) },
  { weight: 1, arbitrary: fc.array(condition, { minLength: 1, maxLength: 3 }) },
);

const used = fc.record({
  total: fc.integer({ min: 0, max: 2 }),
  customer: fc.integer({ min: 0, max: 2 }),
  spent: price,
});

const promotionDraft = fc.record({
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

type PromotionDraft = typeof promotionDraft extends fc.Arbitrary<infer T> ? T : never;

function promotionOf(draft: PromotionDraft, id: string, discounts: Discount[], at: number): Promotion {
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

// Carts.

const fewUnits = fc.integer({ min: 1, max: 7 });
const manyUnits = fc.oneof(
  fewUnits,
  fc.integer({ min: 100_000, max: 999_999 }),
  fc.constantFrom(1_000_000_000, 999_999_937),
);

const line = (quantity: fc.Arbitrary<number>) =>
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

const customer: fc.Arbitrary<(at: number) => Customer> = fc
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

// What is offered beside the cart, and what a subscription changes over to.

const stage = fc.constantFrom('trial', 'basic');
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

const relatedProductDraft = fc.record({
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

function relatedProductOf({ conditions: list, ...draft }: RelatedProductDraft, id: string): RelatedProduct {
  return present({
    ...draft,
    ...STORED,
    id,
    name: id,
    action: { function: 'service.order' },
    conditions: identified(list, id),
  });
}

const upgradePathDraft = fc.record({
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

function upgradePathOf(draft: UpgradePathDraft, id: string): UpgradePath {
  return present({
    ...draft,
    ...STORED,
    id,
    name: id,
    texts: { en: { title: id, description: '{subscriptionPrice}' } },
  });
}

const subscriptionDraft = fc.record({
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

function subscriptionOf(draft: SubscriptionDraft, id: string, at: number): Subscription {
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

const CODES = ['ALPHA', 'Beta', 'GAMMA', 'DELTA'];
const enteredCode = fc.constantFrom(...CODES, ' alpha ', 'BETA', 'UNKNOWN');

const codeDraft = fc.record({
  promotion: fc.nat({ max: 5 }),
  status: sometimes(fc.constantFrom('active' as const, 'paused' as const), 6),
  window: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: daysToWindow }),
  maxRedemptions: sometimes(fc.integer({ min: 1, max: 2 }), 6),
  maxRedemptionsPerCustomer: sometimes(fc.integer({ min: 1, max: 2 }), 8),
  customerId: sometimes(customerId, 8),
  redemptions: fc.integer({ min: 0, max: 2 }),
  customerRedemptions: fc.integer({ min: 0, max: 2 }),
});

/** What is rare in an ordinary world and the rule in another: discounts and lines that collide in the same way. */
const THEMES = ['ordinary', 'order', 'stacked', 'exclusive', 'kept', 'codes', 'long', 'units'] as const;

const world = (currencies: fc.Arbitrary<string>, quantity: fc.Arbitrary<number>) =>
  fc.record({
    at: fc.constantFrom(...INSTANTS),
    theme: fc.constantFrom('ordinary' as const, 'ordinary' as const, 'ordinary' as const, ...THEMES),
    currency: currencies,
    combination: fc.constantFrom<Combination>('best', 'sum', 'sequence'),
    roundingMode: fc.constantFrom<RoundingMode>('half_up', 'half_even'),
    maxPromoCodes: fc.constantFrom<number>(1, 1, 2, 0),
    residualDays: fc.constantFrom<ResidualDays>('one_end', 'both_ends'),
    promotions: fc.array(promotionDraft, { maxLength: 6, size: 'max' }),
    globals: fc.array(fc.record({ draft: discountDraft, conditions }), { maxLength: 6 }),
    relatedProducts: fc.array(relatedProductDraft, { maxLength: 6 }),
    upgradePaths: fc.array(upgradePathDraft, { maxLength: 4 }),
    isReversed: fc.boolean(),
    lines: fc.array(line(quantity), { minLength: 1, maxLength: 8 }),
    subscriptions: sometimes(fc.array(subscriptionDraft, { maxLength: 3 }), 4),
    customer: sometimes(customer, 2),
    attributes: sometimes(attributes, 2),
    planAttributes: sometimes(attributes, 2),
    promoCodes: fc.array(enteredCode, { maxLength: 4 }),
    codes: fc.array(codeDraft, { maxLength: CODES.length, size: 'max' }),
    redeeming: sometimes(fc.constant(true), 8),
    grants: sometimes(fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 2 }), 6),
  });

type World = ReturnType<typeof world> extends fc.Arbitrary<infer T> ? T : never;

/** Catalogs of up to 12 promotions and global discounts of every shape, with carts of 1 to 8 lines and a few long ones. */
export const cases: fc.Arbitrary<Case> = world(currency, fewUnits).map(caseOf);

/** The same with any number of minor digits and any quantity, for which the model is too slow. */
export const wideCases: fc.Arbitrary<Case> = world(anyCurrency, manyUnits).map(caseOf);

/** The same with discounts that are all for some units only, or earned by buying others. */
export const unitCases: fc.Arbitrary<Case> = world(currency, fewUnits).map((draft) =>
  caseOf({ ...draft, theme: 'units' }),
);

const choiceDraft = fc.record({
  line: fc.nat({ max: 7 }),
  subscription: sometimes(fc.nat({ max: 3 }), 2),
  choice: fc.constantFrom('convert' as const, 'convert' as const, 'keep' as const),
});

/** Carts of customers with subscriptions who choose what changes over; not every choice can be carried out. */
export const changes: fc.Arbitrary<Case> = fc
  .tuple(
    cases,
    fc.array(upgradePathDraft, { minLength: 1, maxLength: 4 }),
    fc.array(subscriptionDraft, { minLength: 1, maxLength: 4 }),
    fc.uniqueArray(choiceDraft, { maxLength: 4, selector: ({ line: index }) => index }),
  )
  .map(([given, paths, drafts, choices]) => {
    const { catalog, request, at } = given;
    const upgradePaths = paths.map((path, index) => upgradePathOf(path, `u${index}`));
    const lines = request.lines.map((one) => ({ ...one, tags: one.tags ?? ['eco'] }));
    const subscriptions = drafts.map((draft, index) =>
      subscriptionOf(
        { ...draft, currency: index === 3 ? draft.currency : (request.currency as 'EUR') },
        `s${index}`,
        at,
      ),
    );
    const transitions = choices
      .filter(({ line: index }) => index < lines.length)
      .map(({ line: index, subscription, choice }) => {
        const subscriptionId = subscription === undefined ? undefined : subscriptions[subscription]?.id;
        return present({ lineId: `line${index + 1}`, subscriptionId, choice });
      });
    return {
      ...given,
      catalog: { ...catalog, upgradePaths },
      request: { ...request, lines, subscriptions, transitions },
    };
  });

/** The world with its theme made the rule. */
function themed(draft: World): World {
  const ofPromotions = (
    change: (discount: DiscountDraft) => DiscountDraft,
    own: (promotion: PromotionDraft, index: number) => Partial<PromotionDraft> = () => ({}),
  ): World => ({
    ...draft,
    promotions: draft.promotions.map((promotion, index) => ({
      ...promotion,
      ...own(promotion, index),
      discounts: promotion.discounts.map((entry) => ({ ...entry, draft: change(entry.draft) })),
    })),
  });
  /** Only their saving and their age tell them apart. */
  const equal = (discount: DiscountDraft): DiscountDraft => ({
    ...discount,
    priority: undefined,
    recipients: undefined,
    selector: undefined,
  });
  switch (draft.theme) {
    case 'ordinary':
      return draft;
    case 'order':
      // Order discounts of the promotions beside the global discounts of any scope.
      return ofPromotions(
        (discount) => ({ ...equal(discount), scope: 'order' }),
        () => ({ priority: undefined, conditions: [], needsCode: undefined, stackingGroup: undefined }),
      );
    case 'stacked':
      return ofPromotions(equal, ({ stackingGroup }) => ({
        priority: undefined,
        conditions: [],
        needsCode: undefined,
        stackingGroup: stackingGroup ?? 'one',
      }));
    case 'exclusive':
      return ofPromotions(
        (discount) => discount,
        (_, index) => ({ exclusive: index % 3 > 0, conditions: [], needsCode: undefined }),
      );
    case 'kept':
      return {
        ...ofPromotions((discount) => ({ ...discount, coverage: 'until_end' })),
        grants: draft.grants ?? [0, 1, 2, 3],
      };
    case 'codes':
      // Several codes for each of two promotions.
      return {
        ...ofPromotions(
          (discount) => discount,
          ({ needsCode }) => ({ needsCode: needsCode ?? 'alone' }),
        ),
        codes: draft.codes.map((code) => ({ ...code, promotion: code.promotion % 2 })),
        promoCodes: [...draft.promoCodes, ...CODES],
        maxPromoCodes: 3,
      };
    case 'units':
      return {
        ...ofPromotions(ofSomeUnits, () => ({ conditions: [], needsCode: undefined })),
        globals: draft.globals.map((global) => ({ ...global, draft: ofSomeUnits(global.draft), conditions: [] })),
      };
    case 'long':
      return {
        ...draft,
        lines: Array.from({ length: 40 }, (_, index) => draft.lines[index % draft.lines.length]).flatMap(
          (one) => one ?? [],
        ),
      };
  }
}

/** Bundles whose two selections overlap in every way, or a few units; nothing else keeps the discount from the lines. */
function ofSomeUnits(discount: DiscountDraft): DiscountDraft {
  const { selector: own, buy = own && { selector: {}, quantity: 1 } } = discount;
  const maxUnits = discount.maxUnits ?? (buy === undefined ? 2 : undefined);
  return { ...discount, buy, maxUnits, recipients: undefined, window: {} };
}

function caseOf(plain: World): Case {
  const draft = themed(plain);
  const { at } = draft;
  let serial = 0;
  const nextId = (kind: string) => `${kind}${String(++serial).padStart(3, '0')}`;
  const promotions = draft.promotions.map((promotion) => {
    const discounts = promotion.discounts.map(({ draft: discount, conditions: own }) =>
      discountOf(discount, own, nextId('d'), at),
    );
    return promotionOf(promotion, nextId('p'), discounts, at);
  });
  const discounts = draft.globals.map((global) => discountOf(global.draft, global.conditions, nextId('d'), at));
  const { combination, roundingMode, maxPromoCodes, residualDays } = draft;
  const catalog: Catalog = {
    provider: {
      id: 'acme',
      timeZone: 'UTC',
      defaultLanguage: 'en',
      settings: {
        combination,
        roundingMode,
        maxPromoCodes,
        maxOffers: 4,
        residualDays,
        maxRules: 200_000,
        trustStorefrontCustomers: false,
      },
    },
    version: 1,
    promotions: draft.isReversed ? promotions.reverse() : promotions,
    discounts: draft.isReversed ? discounts.reverse() : discounts,
    relatedProducts: draft.relatedProducts.map((product) => relatedProductOf(product, nextId('r'))),
    upgradePaths: draft.upgradePaths.map((path) => upgradePathOf(path, nextId('u'))),
    plans: [
      {
        ...STORED,
        id: 'small',
        serviceType: 'vps',
        planGroups: ['linux'],
        tags: ['eco'],
        attributes: draft.planAttributes,
      },
    ].map(present),
  };
  const request = requestOf(draft);
  return { catalog, request, at, facts: factsOf(draft, catalog, request) };
}

function requestOf({
  at,
  currency: in_,
  attributes: own,
  customer: person,
  promoCodes,
  lines,
  subscriptions,
}: World): QuoteRequest {
  return present({
    currency: in_,
    at: new Date(at).toISOString(),
    attributes: own,
    customer: person?.(at),
    promoCodes: promoCodes.length === 0 ? undefined : promoCodes,
    lines: lines.map(({ orderedDaysAgo, startsInDays, ...fields }, index) =>
      present({
        id: `line${index + 1}`,
        ...fields,
        orderedAt: orderedDaysAgo === undefined ? undefined : instant(at, -orderedDaysAgo),
        startsAt: instant(at, startsInDays),
      }),
    ),
    subscriptions: subscriptions?.map((subscription, index) => subscriptionOf(subscription, `s${index}`, at)),
  });
}

function factsOf(draft: World, catalog: Catalog, request: QuoteRequest): Facts {
  const isKnown = request.customer?.id !== undefined;
  const promotions = [...catalog.promotions].sort((a, b) => (a.id < b.id ? -1 : 1));
  const codes = draft.codes.flatMap(({ promotion, window, ...fields }, index): [string, CodeFact][] => {
    const id = promotions[promotion % Math.max(promotions.length, 1)]?.id;
    const code = normalizeCode(CODES[index] ?? '');
    if (id === undefined) return [];
    return [
      [
        code,
        present({
          ...fields,
          ...windowAround(draft.at, window),
          code,
          id: `code${index}`,
          promotionId: id,
          customerRedemptions: isKnown ? fields.customerRedemptions : 0,
          status: fields.status ?? 'active',
        }),
      ],
    ];
  });
  const usage = draft.promotions.flatMap(({ used: uses }, index): [string, Usage][] => {
    const id = promotions[index]?.id;
    if (uses === undefined || id === undefined) return [];
    return [[id, { ...uses, customer: isKnown ? uses.customer : 0, spent: { EUR: uses.spent, KWD: '0' } }]];
  });
  return {
    codes: new Map(codes),
    usage: new Map(usage),
    grants: isKnown ? grantsOf(draft, catalog) : [],
    redeeming: draft.redeeming ?? false,
  };
}

function grantsOf({ at, grants }: World, catalog: Catalog): GrantFact[] {
  const granted = [...catalog.promotions.flatMap((promotion) => promotion.discounts), ...catalog.discounts];
  const indexes = new Set((grants ?? []).map((number) => number % Math.max(granted.length, 1)));
  return granted
    .filter((_, index) => indexes.has(index))
    .map(({ id }, index) => ({
      id: `g${index}`,
      version: 1,
      discountId: id,
      startsAt: new Date(at - 20 * DAY).toISOString(),
      endsAt: new Date(at + 45 * DAY).toISOString(),
    }));
}
