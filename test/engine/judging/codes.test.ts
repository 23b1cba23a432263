import type { CodeFact } from '../../../src/engine/judging/facts';
import { type CartRequest, type PromotionRules, percent, quoteOf, type Rules, reasonsOf } from '../../support/builders';

const needsCode = { type: 'promo_code' } as const;

function sale(fields: PromotionRules = {}): PromotionRules {
  return {
    id: 'sale',
    name: 'sale',
    conditions: [needsCode],
    codes: ['SPRING'],
    discounts: [percent('10')],
    ...fields,
  };
}

/** What becomes of the code SPRING. */
function answered(promotion: PromotionRules, cart: CartRequest = {}, rules: Rules = {}) {
  const { promoCodes, totals } = quoteOf({ ...rules, promotions: [promotion] }, { promoCodes: ['SPRING'], ...cart });
  const { promotionId: _, startsAt: __, endsAt: ___, ...answer } = promoCodes[0] ?? { code: '', status: 'declined' };
  return { ...answer, discount: totals.discount };
}

function refused(reason: string) {
  return { code: 'SPRING', status: 'declined', reason, discount: '0.00' };
}

function withCode(fields: Partial<CodeFact>): PromotionRules {
  return sale({ codes: [{ code: 'SPRING', ...fields }] });
}

describe('a code', () => {
  test('a code opens its promotion', () => {
    expect(answered(sale())).toEqual({ code: 'SPRING', status: 'applied', discount: '2.00' });
    expect(quoteOf({ promotions: [sale()] }).totals.discount).toBe('0.00');
  });

  test('a code is compared without case and blanks, and answered as it was entered, without blanks', () => {
    const quote = quoteOf({ promotions: [sale()] }, { promoCodes: ['  sPring '] });
    expect(quote.promoCodes).toEqual([{ code: 'sPring', status: 'applied', promotionId: 'sale' }]);
    expect(quote.discounts).toMatchObject([{ promotionId: 'sale', promoCode: 'sPring' }]);
  });

  test('a code counts once when it is entered twice', () => {
    const quote = quoteOf({ promotions: [sale()] }, { promoCodes: ['SPRING', ' spring'] });
    expect(quote.promoCodes).toEqual([{ code: 'SPRING', status: 'applied', promotionId: 'sale' }]);
    expect(quote.totals.discount).toBe('2.00');
  });

  test('a code opens no other promotion', () => {
    const rules: Rules = { promotions: [sale({ id: 'other', codes: [] }), sale()] };
    expect(quoteOf(rules, { promoCodes: ['SPRING'] }).discounts.map(({ promotionId }) => promotionId)).toEqual([
      'sale',
    ]);
  });
});

describe('a code is answered', () => {
  test('a code is answered with its promotion, and with its window where that is why it is declined', () => {
    const soon = { startsAt: '2024-06-13T10:00:00Z', endsAt: '2024-06-14T10:00:00Z' };
    const ask = (fields: Partial<CodeFact>, ...promoCodes: string[]) =>
      quoteOf({ promotions: [withCode(fields)] }, { promoCodes }).promoCodes;
    expect(ask(soon, 'SPRING')).toEqual([
      { code: 'SPRING', status: 'declined', reason: 'promo_code_not_started', promotionId: 'sale', ...soon },
    ]);
    expect(ask({ endsAt: '2025-01-01T00:00:00Z' }, 'SPRING')).toEqual([
      { code: 'SPRING', status: 'applied', promotionId: 'sale' },
    ]);
    expect(ask({}, 'OTHER')).toEqual([{ code: 'OTHER', status: 'declined', reason: 'promo_code_unknown' }]);
  });
});

describe('a code is declined', () => {
  const yesterday = '2024-06-11T10:00:00Z';
  const now = '2024-06-12T10:00:00Z';
  const tomorrow = '2024-06-13T10:00:00Z';
  const anna = { customer: { id: 'anna' } };

  test('a code is declined as unknown', () => {
    expect(answered(sale({ codes: ['AUTUMN'] }))).toEqual(refused('promo_code_unknown'));
  });

  test('a code is declined before it starts, and from its end on', () => {
    expect(answered(withCode({ startsAt: tomorrow }))).toEqual(refused('promo_code_not_started'));
    expect(answered(withCode({ endsAt: now }))).toEqual(refused('promo_code_expired'));
    expect(answered(withCode({ startsAt: now, endsAt: tomorrow }))).toMatchObject({ status: 'applied' });
  });

  test('a code is declined when it is used up', () => {
    expect(answered(withCode({ maxRedemptions: 2, redemptions: 2 }))).toEqual(refused('promo_code_used_up'));
    expect(answered(withCode({ maxRedemptions: 2, redemptions: 1 }))).toMatchObject({ status: 'applied' });
  });

  test('a code is declined when the customer has used it up', () => {
    const used = withCode({ maxRedemptionsPerCustomer: 1, redemptions: 5, customerRedemptions: 1 });
    expect(answered(used, anna)).toEqual(refused('promo_code_used_up'));
    expect(answered(withCode({ maxRedemptionsPerCustomer: 1, redemptions: 5 }), anna)).toMatchObject({
      status: 'applied',
    });
  });

  test('a code is declined with a limit for each customer and nobody known: not in a quote, but in a redemption', () => {
    const limited = withCode({ maxRedemptionsPerCustomer: 1 });
    expect(answered(limited)).toMatchObject({ status: 'applied' });
    expect(answered(limited, {}, { redeeming: true })).toEqual(refused('missing_fact'));
  });

  test('a code is declined when it is for somebody else', () => {
    const annas = withCode({ customerId: 'anna' });
    expect(answered(annas, anna)).toMatchObject({ status: 'applied' });
    expect(answered(annas, { customer: { id: 'ben' } })).toEqual(refused('promo_code_not_yours'));
    expect(answered(annas)).toEqual(refused('promo_code_not_yours'));
  });

  test.each([
    'draft',
    'paused',
    'archived',
  ] as const)('a code is declined while it, or its promotion, is %s', (status) => {
    expect(answered(withCode({ status }))).toEqual(refused('promotion_inactive'));
    expect(answered(sale({ status }))).toEqual(refused('promotion_inactive'));
  });

  test('a code is declined outside the window of its promotion', () => {
    expect(answered(sale({ startsAt: tomorrow }))).toEqual(refused('outside_window'));
    expect(answered(sale({ endsAt: yesterday }))).toEqual(refused('outside_window'));
  });

  test('a code is declined when its promotion has reached a limit', () => {
    const usage = { sale: { total: 5, customer: 1 } };
    expect(answered(sale({ limits: { total: 5 } }), anna, { usage })).toEqual(refused('limit_reached'));
    expect(answered(sale({ limits: { perCustomer: 1 } }), anna, { usage })).toEqual(refused('limit_reached'));
  });

  test('a code is declined when its promotion has spent its budget, or has none in this currency', () => {
    const budget = sale({ limits: { budget: { EUR: '1.99' } } });
    expect(answered(budget)).toEqual(refused('budget_spent'));
    expect(answered(budget, { currency: 'USD' })).toEqual(refused('currency_not_priced'));
  });

  test('a code is declined when another condition of its promotion is unmet, with the numbers', () => {
    const promotion = sale({
      conditions: [needsCode, { type: 'cart_total', comparison: 'gte', amounts: { EUR: '40.00' } }],
    });
    const quote = quoteOf({ promotions: [promotion] }, { promoCodes: ['SPRING'], lines: [{ unitPrice: '36.00' }] });
    expect(quote.promoCodes).toMatchObject([{ code: 'SPRING', status: 'declined', reason: 'condition_unmet' }]);
    expect(quote.declined).toEqual([
      {
        promotionId: 'sale',
        name: 'sale',
        reason: 'condition_unmet',
        unmet: [
          {
            conditionId: 'sale-condition-2',
            type: 'cart_total',
            actual: '36.00',
            required: '40.00',
            missing: '4.00',
          },
        ],
      },
    ]);
  });

  test('a code is declined when a fact for a condition is missing', () => {
    const promotion = sale({ conditions: [needsCode, { type: 'new_customer' }] });
    expect(answered(promotion)).toEqual(refused('missing_fact'));
  });

  test('a code is declined when no line is for it, or the line is of another plan', () => {
    const vps = { discounts: [{ ...percent('10'), selector: { serviceTypes: ['vps'] } }] };
    expect(answered(sale(vps))).toEqual(refused('no_matching_line'));
    expect(answered(sale(), { lines: [] })).toEqual(refused('no_matching_line'));
    expect(answered(sale({ plans: ['gold'] }), { lines: [{ plan: 'silver' }] })).toEqual(refused('plan_not_attached'));
    const goldAndVps = sale({ ...vps, plans: ['gold'] });
    expect(answered(goldAndVps, { lines: [{ plan: 'gold' }, { plan: 'silver', serviceType: 'vps' }] })).toEqual(
      refused('plan_not_attached'),
    );
  });

  test('a code is declined when its discount is not priced in the currency, or for other recipients', () => {
    const euros = { value: { type: 'amount_off' as const, amounts: { EUR: '3.00' } } };
    expect(answered(sale({ discounts: [euros] }), { currency: 'USD' })).toEqual(refused('currency_not_priced'));
    const resellers = { ...percent('10'), recipients: { groups: ['resellers'] } };
    expect(answered(sale({ discounts: [resellers] }))).toEqual(refused('not_recipient'));
  });

  test('a code is declined when it takes nothing off', () => {
    const dear = { value: { type: 'special_price' as const, prices: { EUR: '25.00' } } };
    expect(answered(sale({ discounts: [dear] }))).toEqual(refused('promo_code_no_effect'));
    expect(answered(sale(), { lines: [{ minUnitPrice: '20.00' }] })).toEqual(refused('promo_code_no_effect'));
  });

  test('a code is declined when another discount comes first, which is named', () => {
    const rules: Rules = { promotions: [sale()], discounts: [{ id: 'better', ...percent('15') }] };
    const quote = quoteOf(rules, { promoCodes: ['SPRING'] });
    expect(quote.totals.discount).toBe('3.00');
    expect(quote.promoCodes).toEqual([
      {
        code: 'SPRING',
        status: 'declined',
        reason: 'promo_code_no_effect',
        blockedBy: 'better',
        promotionId: 'sale',
      },
    ]);
    expect(quote.declined).toMatchObject([{ promotionId: 'sale', reason: 'outranked', blockedBy: 'better' }]);
  });

  test('a code is declined naming what its first discount lost to, whatever else there is for other carts', () => {
    // Without the code the second condition opens it, so that its discounts are found by their selectors.
    const open = { type: 'cart_has_service', selector: {}, group: 'either' } as const;
    const promotion = sale({
      conditions: [{ ...needsCode, group: 'either' }, open],
      discounts: [
        { ...percent('10'), selector: { tags: ['first'] } },
        { ...percent('10'), selector: { serviceTypes: ['second'] } },
      ],
    });
    const lines = [
      { serviceType: 'second', plan: 'b' },
      { plan: 'a', tags: ['first'] },
    ];
    const winners = [
      { ...percent('50'), id: 'over-first', selector: { plans: ['a'] } },
      { ...percent('50'), id: 'over-second', selector: { plans: ['b'] } },
    ];
    const elsewhere = { id: 'a', discounts: [{ ...percent('1'), selector: { serviceTypes: ['elsewhere'] } }] };
    for (const promotions of [[promotion], [elsewhere, promotion]]) {
      const { promoCodes } = quoteOf({ promotions, discounts: winners }, { promoCodes: ['SPRING'], lines });
      expect(promoCodes).toMatchObject([{ reason: 'promo_code_no_effect', blockedBy: 'over-first' }]);
    }
  });

  test('a code is declined when an exclusive promotion excludes it', () => {
    const exclusive = { id: 'sole', exclusive: true, discounts: [percent('5')] };
    const quote = quoteOf({ promotions: [sale(), exclusive] }, { promoCodes: ['SPRING'] });
    expect(quote.promoCodes).toMatchObject([{ reason: 'promo_code_no_effect', blockedBy: 'sole' }]);
    expect(quote.declined).toMatchObject([{ promotionId: 'sale', reason: 'excluded', blockedBy: 'sole' }]);
  });
});

describe('several codes', () => {
  const rules = (maxPromoCodes?: number): Rules => ({
    settings: { combination: 'sum', ...(maxPromoCodes !== undefined && { maxPromoCodes }) },
    promotions: [
      sale(),
      sale({ id: 'summer', name: 'summer', codes: ['SUMMER'], discounts: [percent('20')] }),
      sale({ id: 'old', name: 'old', codes: ['OLD'], endsAt: '2024-01-01T00:00:00Z' }),
    ],
  });
  const outcome = (provider: Rules, ...promoCodes: string[]) => {
    const quote = quoteOf(provider, { promoCodes });
    return [quote.totals.discount, ...quote.promoCodes.map(({ status, reason }) => reason ?? status)];
  };

  test('several codes are taken in their order, one unless the provider wants more', () => {
    expect(outcome(rules(), 'SPRING', 'SUMMER')).toEqual(['2.00', 'applied', 'one_code_per_order']);
    expect(outcome(rules(), 'SUMMER', 'SPRING')).toEqual(['4.00', 'applied', 'one_code_per_order']);
    expect(outcome(rules(2), 'SPRING', 'SUMMER')).toEqual(['6.00', 'applied', 'applied']);
    expect(outcome(rules(0), 'SPRING')).toEqual(['0.00', 'one_code_per_order']);
  });

  test('several codes take a place only where they apply', () => {
    expect(outcome(rules(), 'NONE', 'OLD', 'SPRING', 'SUMMER')).toEqual([
      '2.00',
      'promo_code_unknown',
      'outside_window',
      'applied',
      'one_code_per_order',
    ]);
  });

  test('several codes take a place before ranking, even where they are outranked then', () => {
    const outranked: Rules = { ...rules(), settings: {}, discounts: [{ ...percent('5'), priority: 9 }] };
    expect(outcome(outranked, 'SPRING', 'SUMMER')).toEqual(['1.00', 'promo_code_no_effect', 'one_code_per_order']);
  });

  test('several codes that are declined are explained with their promotion', () => {
    const quote = quoteOf(rules(), { promoCodes: ['OLD', 'SPRING', 'SUMMER'] });
    expect(reasonsOf(quote)).toMatchObject({ old: 'outside_window' });
    expect(Object.keys(reasonsOf(quote)).sort()).toEqual(['old', 'summer']);
  });
});
