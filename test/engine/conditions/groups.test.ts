import type { Condition } from '../../../src/engine/conditions';
import { type CartRequest, percent, quoteOf, type Rules, tenPercentIf, totalOf } from '../../support/builders';

/** A condition that a cart meets when its line has the tag. */
function tagged(tag: string, fields: { group?: string; negate?: boolean } = {}): Condition {
  return { type: 'cart_has_service', selector: { tags: [tag] }, ...fields };
}

function cartWith(...tags: string[]): CartRequest {
  return { lines: [{ tags }] };
}

describe('the conditions of a promotion', () => {
  test('the conditions of a promotion always hold where there are none', () => {
    expect(totalOf({ promotions: [tenPercentIf()] })).toBe('18.00');
  });

  test('the conditions of a promotion must all hold', () => {
    const rules: Rules = { promotions: [tenPercentIf(tagged('a'), tagged('b'))] };
    expect(totalOf(rules, cartWith('a', 'b'))).toBe('18.00');
    expect(totalOf(rules, cartWith('a'))).toBe('20.00');
  });

  test('the conditions of a promotion need one of each group, and every one without a group', () => {
    const rules: Rules = {
      promotions: [
        tenPercentIf(
          tagged('a', { group: '1' }),
          tagged('c', { group: '2' }),
          tagged('e'),
          tagged('b', { group: '1' }),
          tagged('d', { group: '2' }),
        ),
      ],
    };
    expect(totalOf(rules, cartWith('a', 'c', 'e'))).toBe('18.00');
    expect(totalOf(rules, cartWith('b', 'd', 'e'))).toBe('18.00');
    expect(totalOf(rules, cartWith('a', 'b', 'e'))).toBe('20.00');
    expect(totalOf(rules, cartWith('a', 'c'))).toBe('20.00');
  });

  test('the conditions of a promotion hold the other way round when negated, in a group as well', () => {
    const rules: Rules = {
      promotions: [
        tenPercentIf(
          tagged('a', { negate: true }),
          tagged('b', { group: '1' }),
          tagged('c', { group: '1', negate: true }),
        ),
      ],
    };
    expect(totalOf(rules, cartWith('b', 'c'))).toBe('18.00');
    expect(totalOf(rules, cartWith())).toBe('18.00');
    expect(totalOf(rules, cartWith('c'))).toBe('20.00');
    expect(totalOf(rules, cartWith('a', 'b'))).toBe('20.00');
  });

  test('the conditions of a promotion of one of its discounts come on top, and must all hold as well', () => {
    const rules: Rules = {
      settings: { combination: 'sum' },
      promotions: [
        {
          conditions: [tagged('a')],
          discounts: [percent('10'), { ...percent('20'), conditions: [tagged('b'), tagged('c')] }],
        },
      ],
    };
    expect(totalOf(rules, cartWith('a'))).toBe('18.00');
    expect(totalOf(rules, cartWith('a', 'b'))).toBe('18.00');
    expect(totalOf(rules, cartWith('a', 'b', 'c'))).toBe('14.00');
    expect(totalOf(rules, cartWith('b', 'c'))).toBe('20.00');
  });
});

test('of the ungrouped conditions of a global discount one is enough, beside one of each group', () => {
  const rules: Rules = {
    discounts: [{ conditions: [tagged('a'), tagged('c', { group: '1' }), tagged('b'), tagged('d', { group: '1' })] }],
  };
  expect(totalOf(rules, cartWith('a', 'c'))).toBe('18.00');
  expect(totalOf(rules, cartWith('b', 'd'))).toBe('18.00');
  expect(totalOf(rules, cartWith('a', 'b'))).toBe('20.00');
  expect(totalOf(rules, cartWith('c', 'd'))).toBe('20.00');
});

describe('what is told of conditions that do not hold', () => {
  const unmetOf = (...conditions: Condition[]) =>
    quoteOf({ promotions: [tenPercentIf(...conditions)] }, { explain: 'all' }).declined;

  test('what is told of conditions that do not hold names every condition of a group that fails, and none of one that holds', () => {
    const [declined] = unmetOf(
      tagged('a', { group: 'tags' }),
      tagged('b', { group: 'tags' }),
      { type: 'cart_quantity', comparison: 'gte', count: 1 },
      { type: 'cart_quantity', comparison: 'gte', count: 3 },
    );
    expect(declined).toEqual({
      promotionId: 'promotion-1',
      name: 'promotion-1',
      reason: 'condition_unmet',
      unmet: [
        { conditionId: 'promotion-1-condition-1', type: 'cart_has_service', group: 'tags' },
        { conditionId: 'promotion-1-condition-2', type: 'cart_has_service', group: 'tags' },
        {
          conditionId: 'promotion-1-condition-4',
          type: 'cart_quantity',
          actual: 1,
          required: 3,
          missing: 2,
        },
      ],
    });
  });

  test('what is told of conditions that do not hold names an unmet condition before a missing fact', () => {
    const orders: Condition = { type: 'order_count', comparison: 'gte', count: 2, group: 'either' };
    expect(unmetOf(orders, tagged('a', { group: 'either' }))).toMatchObject([
      {
        reason: 'condition_unmet',
        unmet: [{ type: 'order_count', reason: 'missing_fact' }, { type: 'cart_has_service' }],
      },
    ]);
    expect(unmetOf(orders)).toMatchObject([{ reason: 'missing_fact', unmet: [{ pointer: '/customer/orderCount' }] }]);
  });

  test('what is told of conditions that do not hold is the same for a global discount, under its own id', () => {
    const { declined } = quoteOf({ discounts: [{ conditions: [tagged('a')] }] }, { explain: 'all' });
    expect(declined).toEqual([
      {
        discountId: 'discount-1',
        name: 'discount-1',
        reason: 'condition_unmet',
        unmet: [{ conditionId: 'discount-1-condition-1', type: 'cart_has_service' }],
      },
    ]);
  });
});
