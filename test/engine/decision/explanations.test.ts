import type { Explain } from '../../../src/engine/cart/cart';
import { type CartRequest, percent, quoteOf, type Rules, reasonsOf } from '../../support/builders';

const vps = { serviceTypes: ['vps'] };

describe('what is explained', () => {
  const rules: Rules = {
    promotions: [
      { id: 'coded', conditions: [{ type: 'promo_code' }], codes: ['SPRING'], discounts: [percent('5')] },
      { id: 'many', conditions: [{ type: 'cart_quantity', comparison: 'gte', count: 3 }], discounts: [percent('5')] },
      { id: 'for-vps', discounts: [{ name: 'vps', ...percent('50'), selector: vps }] },
      { id: 'over', endsAt: '2024-06-01T00:00:00Z', discounts: [percent('5')] },
      { id: 'paused', status: 'paused', discounts: [percent('50')] },
    ],
    discounts: [
      { name: 'best', ...percent('20') },
      { name: 'smaller', ...percent('10') },
      { name: 'next year', ...percent('50'), startsAt: '2025-01-01T00:00:00Z' },
      { name: 'draft', ...percent('50'), status: 'draft' },
    ],
  };
  const reasons = (explain: Explain | undefined, cart: CartRequest = {}) =>
    reasonsOf(quoteOf(rules, { ...(explain && { explain }), ...cart }));

  test('what is explained is nothing but what concerns the codes sent unless the request wants more', () => {
    expect(reasons(undefined)).toEqual({});
    expect(reasons('codes')).toEqual({});
    expect(reasons('codes', { promoCodes: ['SPRING'] })).toEqual({ 'coded-discount-1': 'outranked' });
  });

  test('what is explained with candidates is every active rule whose selector matches a line', () => {
    expect(reasons('candidates')).toEqual({
      coded: 'condition_unmet',
      many: 'condition_unmet',
      over: 'outside_window',
      smaller: 'outranked',
      'next year': 'outside_window',
    });
    expect(reasons('candidates', { lines: [] })).toEqual({});
  });

  test('what is explained with all is every active rule', () => {
    expect(reasons('all')).toEqual({
      coded: 'condition_unmet',
      many: 'condition_unmet',
      vps: 'no_matching_line',
      over: 'outside_window',
      smaller: 'outranked',
      'next year': 'outside_window',
    });
    expect(Object.keys(reasons('all', { lines: [] }))).toContain('best');
  });

  test('what is explained is never what applies', () => {
    for (const explain of ['codes', 'candidates', 'all'] as const) {
      const quote = quoteOf(rules, { explain, promoCodes: ['SPRING'] });
      const applied = quote.discounts.map(({ discountId }) => discountId);
      expect(applied).toEqual(['discount-1']);
      expect(quote.declined.map(({ discountId }) => discountId)).not.toContain('discount-1');
    }
  });

  test('what is explained changes nothing else in the answer', () => {
    const { declined: _, ...quote } = quoteOf(rules, { promoCodes: ['SPRING'] });
    const { declined: __, ...explained } = quoteOf(rules, { promoCodes: ['SPRING'], explain: 'all' });
    expect(explained).toEqual(quote);
  });
});

describe('a refusal', () => {
  const declined = (rules: Rules, cart: CartRequest = {}) => quoteOf(rules, { explain: 'all', ...cart }).declined;

  test('a refusal of a promotion is told once, by its own name, where the reason is that of the promotion', () => {
    const rules: Rules = {
      promotions: [
        {
          id: 'sale',
          name: 'Sale',
          endsAt: '2024-06-01T00:00:00Z',
          discounts: [
            { name: 'hosting', ...percent('10') },
            { name: 'vps', ...percent('10'), selector: vps },
          ],
        },
      ],
    };
    expect(declined(rules)).toEqual([
      { promotionId: 'sale', name: 'Sale', reason: 'outside_window', endsAt: '2024-06-01T00:00:00Z' },
    ]);
  });

  test('a refusal of a discount is told by its name, each for itself', () => {
    const rules: Rules = {
      promotions: [
        {
          id: 'sale',
          name: 'Sale',
          discounts: [
            { id: 'a', name: 'vps', ...percent('10'), selector: vps },
            { id: 'b', name: 'resellers', ...percent('10'), recipients: { groups: ['resellers'] } },
            { id: 'c', name: 'dollars', value: { type: 'amount_off', amounts: { USD: '1.00' } } },
            { id: 'd', name: 'early', ...percent('10'), endsAt: '2024-06-01T00:00:00Z' },
            {
              id: 'e',
              name: 'loyal',
              ...percent('10'),
              conditions: [{ type: 'order_count', comparison: 'gte', count: 2 }],
            },
          ],
        },
      ],
    };
    const of = (discountId: string, name: string, reason: string) => ({
      promotionId: 'sale',
      discountId,
      name,
      reason,
    });
    expect(declined(rules, { customer: { orderCount: 1 } })).toEqual([
      of('a', 'vps', 'no_matching_line'),
      of('b', 'resellers', 'not_recipient'),
      of('c', 'dollars', 'currency_not_priced'),
      { ...of('d', 'early', 'outside_window'), endsAt: '2024-06-01T00:00:00Z' },
      {
        ...of('e', 'loyal', 'condition_unmet'),
        unmet: [{ conditionId: 'e-condition-1', type: 'order_count', actual: 1, required: 2, missing: 1 }],
      },
    ]);
  });

  test('a refusal because of the plan is told of the promotion, or of the discount that finds lines of other plans only', () => {
    const promotion = { id: 'sale', name: 'sale', plans: ['gold'] };
    expect(
      declined({ promotions: [{ ...promotion, discounts: [percent('10')] }] }, { lines: [{ plan: 'silver' }] }),
    ).toEqual([{ promotionId: 'sale', name: 'sale', reason: 'plan_not_attached' }]);
    const forVps = { id: 'a', name: 'vps', ...percent('10'), selector: vps };
    const lines = [{ plan: 'gold' }, { serviceType: 'vps', plan: 'silver' }];
    expect(declined({ promotions: [{ ...promotion, discounts: [forVps] }] }, { lines })).toEqual([
      { promotionId: 'sale', discountId: 'a', name: 'vps', reason: 'plan_not_attached' },
    ]);
  });

  test('a refusal names the promotion that won, or the global discount', () => {
    const loser = { id: 'loser', name: 'loser', ...percent('5') };
    expect(declined({ discounts: [loser, { id: 'winner', ...percent('10') }] })).toEqual([
      { discountId: 'loser', name: 'loser', reason: 'outranked', blockedBy: 'winner' },
    ]);
    expect(declined({ promotions: [{ id: 'winner', discounts: [percent('10')] }], discounts: [loser] })).toEqual([
      { discountId: 'loser', name: 'loser', reason: 'outranked', blockedBy: 'winner' },
    ]);
  });

  test('a refusal names the winner of a stacking group', () => {
    const rules: Rules = {
      settings: { combination: 'sum' },
      promotions: [
        { id: 'spring', stackingGroup: 'season', discounts: [{ name: 'spring', ...percent('5') }] },
        { id: 'easter', stackingGroup: 'season', discounts: [{ name: 'easter', ...percent('10') }] },
      ],
    };
    expect(declined(rules)).toMatchObject([{ name: 'spring', reason: 'outranked', blockedBy: 'easter' }]);
  });

  test('a refusal is not told of what lost one line and won another', () => {
    const rules: Rules = { discounts: [percent('5'), { ...percent('10'), selector: vps }] };
    expect(declined(rules, { lines: [{}, { serviceType: 'vps' }] })).toEqual([]);
  });
});

test('a promotion without an active discount speaks for itself', () => {
  const five = { type: 'cart_quantity' as const, comparison: 'gte' as const, count: 5 };
  const rules: Rules = {
    promotions: [
      { id: 'empty', conditions: [five] },
      { id: 'idle', codes: ['IDLE'] },
    ],
  };
  expect(reasonsOf(quoteOf(rules, { explain: 'all' }))).toEqual({ empty: 'condition_unmet', idle: 'no_effect' });
  const quote = quoteOf(rules, { promoCodes: ['IDLE'] });
  expect(quote.promoCodes).toMatchObject([{ status: 'declined', reason: 'no_matching_line' }]);
  expect(reasonsOf(quote)).toEqual({ idle: 'no_effect' });
});
