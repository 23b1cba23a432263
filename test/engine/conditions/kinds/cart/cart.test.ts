import type { CartLine } from '../../../../../src/engine/cart/cart';
import type { Comparison } from '../../../../../src/engine/conditions/comparison';
import type { PlanInput } from '../../../../../src/engine/vocabulary/plan';
import type { Selector } from '../../../../../src/engine/vocabulary/selector';
import {
  amountOff,
  type CartRequest,
  judged,
  percent,
  quoteOf,
  type Rules,
  tenPercentIf,
} from '../../../../support/builders';

const month = { unit: 'month', length: 1 } as const;
const year = { unit: 'year', length: 1 } as const;

describe('a selector', () => {
  const matching: [string, Selector, Partial<CartLine>][] = [
    ['everything without a list', {}, {}],
    ['any of its service types', { serviceTypes: ['vps', 'hosting'] }, { serviceType: 'hosting' }],
    ['all of its lists', { serviceTypes: ['vps'], plans: ['s', 'm'] }, { serviceType: 'vps', plan: 'm' }],
    ['any of the groups of a plan', { planGroups: ['linux'] }, { planGroups: ['windows', 'linux'] }],
    ['an add-on', { addons: ['ssl', 'ip'] }, { addon: 'ip' }],
    ['any of the tags of a line', { tags: ['fast'] }, { tags: ['cheap', 'fast'] }],
    ['a period exactly', { periods: [month, year] }, { period: year }],
    ['twelve months where a year is meant', { periods: [year] }, { period: { unit: 'month', length: 12 } }],
    [
      'two years where 24 months are meant',
      { periods: [{ ...month, length: 24 }] },
      { period: { ...year, length: 2 } },
    ],
    ['an action', { actions: ['renewal', 'change'] }, { action: 'renewal' }],
    ['an order, which is what a line without an action does', { actions: ['order'] }, {}],
    ['a line with enough units', { minQuantity: 3 }, { quantity: 3 }],
  ];
  test.each(matching)('a selector matches %s', (_name, selector, line) => {
    expect(judged({ type: 'cart_has_service', selector }, { lines: [line] })).toBe('holds');
    expect(judged({ type: 'cart_lacks_service', selector }, { lines: [line] })).toEqual({});
  });

  const other: [string, Selector, Partial<CartLine>][] = [
    ['another service type', { serviceTypes: ['vps'] }, { serviceType: 'hosting' }],
    ['a line that fits one list only', { serviceTypes: ['vps'], plans: ['m'] }, { serviceType: 'vps', plan: 's' }],
    ['a line without a plan', { plans: ['m'] }, {}],
    ['a line without plan groups', { planGroups: ['linux'] }, {}],
    ['a line that is no add-on', { addons: ['ssl'] }, {}],
    ['a line without the tag', { tags: ['fast'] }, { tags: ['cheap'] }],
    ['a longer period', { periods: [month] }, { period: { ...month, length: 2 } }],
    ['thirty days where a month is meant', { periods: [month] }, { period: { unit: 'day', length: 30 } }],
    ['a line without a period', { periods: [month] }, {}],
    ['an order where renewals are meant', { actions: ['renewal'] }, {}],
    ['a line with too few units', { minQuantity: 3 }, { quantity: 2 }],
  ];
  test.each(other)('a selector does not match %s', (_name, selector, line) => {
    expect(judged({ type: 'cart_has_service', selector }, { lines: [line] })).toEqual({});
    expect(judged({ type: 'cart_lacks_service', selector }, { lines: [line] })).toBe('holds');
  });

  test('a selector looks at the quantity of each line alone', () => {
    const twice = { lines: [{ quantity: 2 }, { quantity: 2 }] };
    expect(judged({ type: 'cart_has_service', selector: { minQuantity: 3 } }, twice)).toEqual({});
  });

  test("a selector sees the groups and tags of the registered plan beside the line's own", () => {
    const gold: PlanInput = { id: 'gold', serviceType: 'hosting', planGroups: ['linux'], tags: ['fast'] };
    const cart = { lines: [{ plan: 'gold', planGroups: ['new'], tags: ['cheap'] }] };
    for (const selector of [
      { planGroups: ['linux'] },
      { planGroups: ['new'] },
      { tags: ['fast'] },
      { tags: ['cheap'] },
      { planGroups: ['linux'], tags: ['cheap'] },
    ]) {
      expect(judged({ type: 'cart_has_service', selector }, cart, { plans: [gold] })).toBe('holds');
    }
    expect(judged({ type: 'cart_has_service', selector: { tags: ['fast'] } }, cart)).toEqual({});
  });
});

describe('the quantity in the cart', () => {
  const cart = { lines: [{ quantity: 2 }, {}, { serviceType: 'domain', quantity: 4 }] };

  test.each<[Comparison, number, boolean]>([
    ['gt', 6, true],
    ['gt', 7, false],
    ['gte', 7, true],
    ['gte', 8, false],
    ['eq', 7, true],
    ['eq', 6, false],
    ['lte', 7, true],
    ['lte', 6, false],
    ['lt', 8, true],
    ['lt', 7, false],
  ])('seven %s %i: %s', (comparison, count, holds) => {
    const told = judged({ type: 'cart_quantity', comparison, count }, cart);
    if (holds) expect(told).toBe('holds');
    else expect(told).toMatchObject({ actual: 7, required: count });
  });

  test('the quantity in the cart tells how many are missing', () => {
    const selector = { serviceTypes: ['hosting'] };
    expect(judged({ type: 'cart_quantity', selector, comparison: 'gte', count: 5 }, cart)).toEqual({
      actual: 3,
      required: 5,
      missing: 2,
    });
    expect(judged({ type: 'cart_quantity', selector, comparison: 'eq', count: 4 }, cart)).toEqual({
      actual: 3,
      required: 4,
      missing: 1,
    });
  });

  test('the quantity in the cart tells no missing number where more is not what is missing', () => {
    expect(judged({ type: 'cart_quantity', comparison: 'gt', count: 7 }, cart)).toEqual({ actual: 7, required: 7 });
    expect(judged({ type: 'cart_quantity', comparison: 'lt', count: 7 }, cart)).toEqual({ actual: 7, required: 7 });
    expect(judged({ type: 'cart_quantity', comparison: 'eq', count: 6 }, cart)).toEqual({ actual: 7, required: 6 });
  });
});

describe('the total of the cart', () => {
  const forty = { type: 'cart_total', comparison: 'gte', amounts: { EUR: '40.00' } } as const;

  test('the total of the cart tells how much is missing', () => {
    expect(judged(forty, { lines: [{ unitPrice: '12.00', quantity: 3 }] })).toEqual({
      actual: '36.00',
      required: '40.00',
      missing: '4.00',
    });
  });

  test('the total of the cart leaves setup fees out', () => {
    expect(judged(forty, { lines: [{ unitPrice: '39.99', setupFee: '100.00' }] })).toMatchObject({ actual: '39.99' });
    expect(judged(forty, { lines: [{ unitPrice: '40.00', setupFee: '0.00' }] })).toBe('holds');
  });

  test('the total of the cart is of the matching lines', () => {
    const lines = [{ unitPrice: '30.00' }, { serviceType: 'domain', unitPrice: '15.00' }];
    expect(judged(forty, { lines })).toBe('holds');
    expect(judged({ ...forty, selector: { serviceTypes: ['domain'] } }, { lines })).toEqual({
      actual: '15.00',
      required: '40.00',
      missing: '25.00',
    });
  });

  test('the total of the cart is written with the digits of the currency', () => {
    const condition = { type: 'cart_total', comparison: 'gte', amounts: { JPY: '1000', KWD: '2' } } as const;
    expect(judged(condition, { currency: 'JPY', lines: [{ unitPrice: '980' }] })).toEqual({
      actual: '980',
      required: '1000',
      missing: '20',
    });
    expect(judged(condition, { currency: 'KWD', lines: [{ unitPrice: '1.5' }] })).toEqual({
      actual: '1.500',
      required: '2.000',
      missing: '0.500',
    });
  });

  test('the total of the cart is unmet in a currency that has no amount, negated or not', () => {
    const dollars = { currency: 'USD', lines: [{ unitPrice: '500.00' }] };
    expect(judged(forty, dollars)).toEqual({ reason: 'currency_not_priced' });
    expect(judged({ ...forty, negate: true }, dollars)).toMatchObject({ reason: 'currency_not_priced' });
    const { declined } = quoteOf({ promotions: [tenPercentIf(forty)] }, { explain: 'all', ...dollars });
    expect(declined).toMatchObject([{ reason: 'condition_unmet' }]);
  });

  test('the total of the cart is what the cart costs without discounts', () => {
    const rules: Rules = {
      settings: { combination: 'sequence' },
      discounts: [{ ...percent('50'), priority: 9 }],
      promotions: [{ conditions: [forty], discounts: [amountOff('1.00')] }],
    };
    expect(quoteOf(rules, { lines: [{ unitPrice: '40.00' }] }).totals).toMatchObject({ total: '19.00' });
  });
});

describe('a purchase', () => {
  const june: Rules['promotions'] = [
    {
      id: 'june',
      ...tenPercentIf({ type: 'purchase', selector: { serviceTypes: ['hosting'] } }),
      startsAt: '2024-06-01T00:00:00Z',
      endsAt: '2024-07-01T00:00:00Z',
    },
  ];
  const anna: CartRequest = { customer: { id: 'anna' }, explain: 'all' };
  const told = (cart: CartRequest, rules: Rules = {}) =>
    quoteOf({ promotions: june, ...rules }, { ...anna, ...cart }).declined;

  test.each<[string, Partial<CartLine>, boolean]>([
    ['in the first second of the promotion counts', { orderedAt: '2024-06-01T00:00:00Z' }, true],
    ['in its last second counts', { orderedAt: '2024-06-30T23:59:59Z' }, true],
    ['at its end does not', { orderedAt: '2024-07-01T00:00:00Z' }, false],
    ['before it does not', { orderedAt: '2024-05-31T23:59:59Z' }, false],
    ['that changes a service does not', { action: 'change' }, false],
    ['that renews a service does not', { action: 'renewal' }, false],
    ['of a free service counts', { unitPrice: '0.00' }, true],
  ])('%s', (_name, line, counts) => {
    const lines = [line, { serviceType: 'domain', unitPrice: '10.00' }];
    const { declined } = quoteOf({ promotions: june }, { ...anna, lines });
    expect(declined.map(({ reason }) => reason)).toEqual(counts ? [] : ['condition_unmet']);
  });

  test('a purchase counts once per customer', () => {
    expect(told({}, { usage: { june: { customer: 1 } } })).toEqual([
      {
        promotionId: 'june',
        name: 'june',
        reason: 'limit_reached',
        unmet: [{ conditionId: 'june-condition-1', type: 'purchase', reason: 'limit_reached' }],
      },
    ]);
  });

  test('a purchase by somebody unknown counts in a quote, and not in a redemption', () => {
    expect(told({ customer: {} })).toEqual([]);
    expect(told({ customer: {} }, { redeeming: true })).toMatchObject([
      { reason: 'missing_fact', unmet: [{ type: 'purchase', reason: 'missing_fact', pointer: '/customer/id' }] },
    ]);
  });

  test('a purchase may open a global discount, in the window of the discount', () => {
    const rules: Rules = {
      discounts: [
        {
          conditions: [{ type: 'purchase', selector: {} }],
          startsAt: '2024-06-10T00:00:00Z',
          endsAt: '2024-06-20T00:00:00Z',
        },
      ],
    };
    expect(quoteOf(rules, { lines: [{ orderedAt: '2024-06-10T00:00:00Z' }] }).totals.discount).toBe('2.00');
    expect(quoteOf(rules, { lines: [{ orderedAt: '2024-06-09T00:00:00Z' }] }).totals.discount).toBe('0.00');
  });
});
