import type { Condition } from '../../../src/engine/conditions';
import type { Nudge } from '../../../src/engine/offers/offer';
import { type CartRequest, type PromotionRules, percent, quoteOf, type Rules } from '../../support/builders';

function nudges(cart: CartRequest, ...promotions: PromotionRules[]): Nudge[] | undefined {
  return quoteOf({ promotions }, { nudges: 10, ...cart }).nudges;
}

function advertised(condition: Condition, fields: PromotionRules = {}): PromotionRules {
  return { advertise: true, conditions: [condition], discounts: [percent('10')], ...fields };
}

const from40: Condition = { type: 'cart_total', comparison: 'gte', amounts: { EUR: '40.00' } };
const lines = [{ unitPrice: '36.00' }];

describe('what a nudge tells', () => {
  test('what a nudge tells is what is missing, what the cart would save and what it would cost', () => {
    expect(nudges({ lines }, advertised(from40, { id: 'p', title: { en: '10 % from 40.00', de: 'Ab 40' } }))).toEqual([
      {
        promotionId: 'p',
        title: '10 % from 40.00',
        missing: { type: 'cart_total', amount: '4.00' },
        saving: '3.60',
        total: '32.40',
      },
    ]);
  });

  test.each<[Condition, CartRequest, object]>([
    [{ type: 'cart_quantity', comparison: 'gte', count: 3 }, {}, { type: 'cart_quantity', count: 2 }],
    [{ type: 'cart_quantity', comparison: 'eq', count: 2 }, {}, { type: 'cart_quantity', count: 1 }],
    [
      { type: 'order_count', comparison: 'gte', count: 5 },
      { customer: { orderCount: 3 } },
      { type: 'order_count', count: 2 },
    ],
    [{ type: 'cart_has_service', selector: { serviceTypes: ['domain'] } }, {}, { type: 'cart_has_service', count: 1 }],
  ])('what a nudge tells is the number of %j', (condition, cart, missing) => {
    expect(nudges(cart, advertised(condition))).toMatchObject([{ missing, saving: '2.00', total: '18.00' }]);
  });

  test('what a nudge tells is computed beside everything else that applies', () => {
    const rules: Rules = {
      settings: { combination: 'best' },
      promotions: [advertised(from40, { discounts: [percent('30')] }), { discounts: [percent('25')] }],
    };
    expect(quoteOf(rules, { lines, nudges: 1 })).toMatchObject({
      totals: { total: '27.00' },
      nudges: [{ saving: '1.80', total: '25.20' }],
    });
  });
});

describe('no nudge', () => {
  test.each<[string, Condition, CartRequest]>([
    ['is met', { ...from40, amounts: { EUR: '36.00' } }, {}],
    ['is exceeded', { type: 'cart_quantity', comparison: 'eq', count: 1 }, { lines: [{ quantity: 2 }] }],
    ['wants more than a number, not at least it', { ...from40, comparison: 'gt' }, {}],
    ['is negated', { ...from40, comparison: 'lt', negate: true }, {}],
    ['stands in a group', { ...from40, group: 'a' }, {}],
    ['lacks a fact', { type: 'order_count', comparison: 'gte', count: 1 }, {}],
    ['is not of the currency', { ...from40, amounts: { USD: '40.00' } }, {}],
    ['has no number', { type: 'customer_group', groups: ['vip'] }, { customer: { groups: [] } }],
  ])('no nudge tells of a condition that %s', (_what, condition, cart) => {
    expect(nudges({ lines, ...cart }, advertised(condition))).toEqual([]);
  });

  test('no nudge tells of two things that are missing, of other promotions, nor of what would save nothing', () => {
    const two = advertised(from40, { conditions: [from40, { type: 'cart_quantity', comparison: 'gte', count: 2 }] });
    const forDomains = { ...percent('10'), selector: { serviceTypes: ['domain'] } };
    expect(
      nudges(
        { lines },
        two,
        { ...advertised(from40), advertise: false },
        { ...advertised(from40), status: 'paused' },
        { ...advertised(from40), endsAt: '2024-06-01T00:00:00Z' },
        advertised(from40, { discounts: [forDomains] }),
        advertised(from40, { discounts: [{ ...percent('10'), conditions: [from40] }] }),
      ),
    ).toEqual([]);
  });

  test('no nudge tells of what would save less than the cart saves already', () => {
    const rules = { promotions: [advertised(from40), { discounts: [percent('25')] }] };
    expect(quoteOf(rules, { lines, nudges: 10 }).nudges).toEqual([]);
  });

  test('no nudge tells of a promotion whose limit or budget does not hold', () => {
    const rules: Rules = {
      promotions: [
        advertised(from40, { id: 'used', limits: { total: 1 } }),
        advertised(from40, { id: 'spent', limits: { budget: { EUR: '3.59' } } }),
        advertised(from40, { id: 'enough', limits: { total: 2, budget: { EUR: '3.60' } } }),
      ],
      usage: { used: { total: 1 }, enough: { total: 1 } },
    };
    expect(quoteOf(rules, { lines, nudges: 10 }).nudges?.map(({ promotionId }) => promotionId)).toEqual(['enough']);
  });

  test('no nudge is there where none is asked for', () => {
    expect(quoteOf({ promotions: [advertised(from40)] }, { lines }).nudges).toBeUndefined();
  });
});

describe('several nudges', () => {
  test('several nudges come by saving, then priority, then age, and no more than are asked for', () => {
    const promotions = [
      advertised(from40, { id: 'a' }),
      advertised(from40, { id: 'b', priority: 1 }),
      advertised(from40, { id: 'c', discounts: [percent('20')] }),
      advertised(from40, { id: 'd' }),
    ];
    const told = (count: number) =>
      quoteOf({ promotions }, { lines, nudges: count }).nudges?.map(({ promotionId }) => promotionId);
    expect(told(10)).toEqual(['c', 'b', 'a', 'd']);
    expect(told(2)).toEqual(['c', 'b']);
  });

  test('several nudges are looked for among so many promotions that a large cart stays cheap, those of higher priority first', () => {
    const promotions = Array.from({ length: 30 }, (_, index) =>
      advertised(from40, { id: `p${index}`, priority: index }),
    );
    const many = Array.from({ length: 250 }, () => ({ unitPrice: '0.14' }));
    expect(nudges({ lines: many }, ...promotions)?.map(({ promotionId }) => promotionId)).toEqual(
      Array.from({ length: 10 }, (_, index) => `p${29 - index}`),
    );
  });

  test('several nudges may need a code, if it was sent', () => {
    const withCode = advertised(from40, { conditions: [from40, { type: 'promo_code' }], codes: ['SPRING'] });
    expect(nudges({ lines }, withCode)).toEqual([]);
    expect(nudges({ lines, promoCodes: ['spring'] }, withCode)).toMatchObject([{ saving: '3.60' }]);
  });

  test('several nudges may be of rules that are not saved yet', () => {
    const draft = {
      promotions: [
        { name: 'Draft', advertise: true, conditions: [from40], discounts: [{ name: 'D', ...percent('10') }] },
      ],
    };
    expect(quoteOf({}, { lines, nudges: 1, draft }).nudges).toMatchObject([{ saving: '3.60' }]);
  });
});
