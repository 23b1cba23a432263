import type { CartLine } from '../../../src/engine/cart/cart';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import { amountOff, offEach, offOf, percent, quoteOf, reasonsOf, specialPrice, totalOf } from '../../support/builders';

/** What one global discount takes off each line. */
function off(discount: Partial<DiscountInput>, ...lines: Partial<CartLine>[]): string[] {
  return offEach({ discounts: [discount] }, { lines });
}

describe('a percentage', () => {
  const half = (cap?: string) => ({
    value: { type: 'percent' as const, percent: '50', ...(cap !== undefined && { cap: { EUR: cap } }) },
  });

  test('a percentage is of the price of the whole line', () => {
    expect(off(percent('12.5'), { unitPrice: '20.00', quantity: 3 })).toEqual(['7.50']);
    expect(off(percent('100'), {})).toEqual(['20.00']);
    expect(off(percent('0.0001'), { unitPrice: '10000.00' })).toEqual(['0.01']);
  });

  test('a percentage is the same per unit, per line and over the order where nothing is to be rounded', () => {
    for (const scope of ['unit', 'line', 'order'] as const) {
      expect(off({ ...percent('10'), scope }, { quantity: 3 }, {})).toEqual(['6.00', '2.00']);
    }
  });

  test('a percentage takes no more than its cap, from each line', () => {
    expect(off(half('8.00'), { unitPrice: '30.00' }, { unitPrice: '40.00' }, { unitPrice: '10.00' })).toEqual([
      '8.00',
      '8.00',
      '5.00',
    ]);
    expect(off({ ...half('8.00'), scope: 'unit' }, { unitPrice: '20.00', quantity: 5 })).toEqual(['8.00']);
  });

  test('a percentage takes no more than its cap over the whole order with that scope', () => {
    expect(off({ ...half('8.00'), scope: 'order' }, { unitPrice: '30.00' }, { unitPrice: '10.00' })).toEqual([
      '6.00',
      '2.00',
    ]);
  });

  test('a percentage does not apply in a currency that its cap does not name', () => {
    const quote = quoteOf({ discounts: [half('8.00')] }, { currency: 'USD', explain: 'all' });
    expect(quote.totals.discount).toBe('0.00');
    expect(reasonsOf(quote)).toEqual({ 'discount-1': 'currency_not_priced' });
  });
});

describe('an amount off', () => {
  test('an amount off is taken once from each line, from each unit, or once from the order', () => {
    const lines = [{ unitPrice: '20.00', quantity: 2 }, { unitPrice: '20.00' }];
    expect(off({ ...amountOff('3.00'), scope: 'line' }, ...lines)).toEqual(['3.00', '3.00']);
    expect(off({ ...amountOff('3.00'), scope: 'unit' }, ...lines)).toEqual(['6.00', '3.00']);
    expect(off({ ...amountOff('3.00'), scope: 'order' }, ...lines)).toEqual(['2.00', '1.00']);
  });

  test('an amount off is taken from each line unless it says otherwise', () => {
    expect(off(amountOff('3.00'), { quantity: 2 }, {})).toEqual(['3.00', '3.00']);
  });

  test('an amount off never takes more than there is', () => {
    expect(off({ ...amountOff('50.00'), scope: 'line' }, {})).toEqual(['20.00']);
    expect(off({ ...amountOff('50.00'), scope: 'order' }, {}, { unitPrice: '5.00' })).toEqual(['20.00', '5.00']);
    expect(off({ ...amountOff('5.00'), scope: 'unit' }, { unitPrice: '2.00', quantity: 3 })).toEqual(['6.00']);
  });

  test('per unit is rounded once for the line', () => {
    expect(off({ ...amountOff('0.004'), scope: 'unit' }, { quantity: 5 })).toEqual(['0.02']);
  });

  test('an amount off is in the currency of the cart, never converted', () => {
    const discount = { value: { type: 'amount_off' as const, amounts: { EUR: '3.00', USD: '3.30' } } };
    expect(offOf({ discounts: [discount] }, { currency: 'USD' })).toBe('3.30');
    expect(offOf({ discounts: [discount] }, { currency: 'GBP' })).toBe('0.00');
  });
});

describe('a special price', () => {
  test('a special price replaces the price of each unit', () => {
    expect(off(specialPrice('14.50'), { unitPrice: '20.00', quantity: 3 })).toEqual(['16.50']);
    expect(off({ ...specialPrice('14.50'), scope: 'unit' }, { unitPrice: '20.00', quantity: 3 })).toEqual(['16.50']);
  });

  test('a special price may be nothing', () => {
    expect(off(specialPrice('0.00'), {})).toEqual(['20.00']);
  });

  test('a special price never raises a price', () => {
    const quote = quoteOf({ discounts: [specialPrice('20.01')] });
    expect(quote).toMatchObject({ totals: { total: '20.00' }, discounts: [], lines: [{ discounts: [] }] });
  });
});

describe('a percentage in tiers', () => {
  const byQuantity = {
    value: {
      type: 'tiered_percent' as const,
      by: 'quantity' as const,
      tiers: [
        { from: 5, percent: '10' },
        { from: 2, percent: '5' },
      ],
    },
  };
  const byTotal = {
    value: {
      type: 'tiered_percent' as const,
      by: 'total' as const,
      tiers: [
        { from: { EUR: '50.00' }, percent: '5' },
        { from: { EUR: '100.00' }, percent: '10' },
      ],
    },
  };

  test.each([
    [1, '0.00'],
    [2, '2.00'],
    [4, '4.00'],
    [5, '10.00'],
    [6, '12.00'],
  ])('a percentage in tiers of %i units of 20.00 takes %s', (quantity, expected) => {
    expect(off(byQuantity, { quantity })).toEqual([expected]);
  });

  test('a percentage in tiers looks at each line, or at the matching lines together with scope order', () => {
    const lines = [{ quantity: 3 }, { quantity: 2 }];
    expect(off(byQuantity, ...lines)).toEqual(['3.00', '2.00']);
    expect(off({ ...byQuantity, scope: 'order' }, ...lines)).toEqual(['6.00', '4.00']);
    const selector = { serviceTypes: ['hosting'] };
    const others = [...lines, { serviceType: 'domain', quantity: 90 }];
    expect(off({ ...byQuantity, selector, scope: 'order' }, ...others)).toEqual(['6.00', '4.00', '0.00']);
  });

  test.each([
    ['49.99', '0.00'],
    ['50.00', '2.50'],
    ['99.99', '5.00'],
    ['100.00', '10.00'],
  ])('a percentage in tiers by a total of %s takes %s', (unitPrice, expected) => {
    expect(off(byTotal, { unitPrice })).toEqual([expected]);
  });

  test('a percentage in tiers by total looks at each line, or at the matching lines together with scope order', () => {
    const lines = [{ unitPrice: '60.00' }, { unitPrice: '60.00' }];
    expect(off(byTotal, ...lines)).toEqual(['3.00', '3.00']);
    expect(off({ ...byTotal, scope: 'order' }, ...lines)).toEqual(['6.00', '6.00']);
  });

  test('a percentage in tiers by total leaves setup fees out', () => {
    expect(off(byTotal, { unitPrice: '49.99', setupFee: '100.00' })).toEqual(['0.00']);
  });

  test('a percentage in tiers by total does not apply in a currency without a tier', () => {
    const quote = quoteOf(
      { discounts: [byTotal] },
      { currency: 'USD', lines: [{ unitPrice: '500.00' }], explain: 'all' },
    );
    expect(reasonsOf(quote)).toEqual({ 'discount-1': 'currency_not_priced' });
  });
});

describe('an amount in tiers', () => {
  const byQuantity = {
    value: {
      type: 'tiered_amount_off' as const,
      by: 'quantity' as const,
      tiers: [
        { from: 2, amounts: { EUR: '1.00' } },
        { from: 5, amounts: { EUR: '4.00' } },
      ],
    },
  };

  test('an amount in tiers takes that of the highest tier reached, once from the line', () => {
    expect(off(byQuantity, { quantity: 1 }, { quantity: 4 }, { quantity: 9 })).toEqual(['0.00', '1.00', '4.00']);
  });

  test('an amount in tiers takes it from each unit with that scope', () => {
    expect(off({ ...byQuantity, scope: 'unit' }, { quantity: 4 }, { quantity: 5 })).toEqual(['4.00', '20.00']);
  });

  test('an amount in tiers takes it once from the order with that scope', () => {
    expect(off({ ...byQuantity, scope: 'order' }, { quantity: 3 }, { quantity: 1 })).toEqual(['0.75', '0.25']);
  });

  test('an amount in tiers may be by total', () => {
    const byTotal = {
      value: {
        type: 'tiered_amount_off' as const,
        by: 'total' as const,
        tiers: [{ from: { EUR: '50.00' }, amounts: { EUR: '5.00' } }],
      },
    };
    expect(off(byTotal, { unitPrice: '49.99' }, { unitPrice: '50.00' })).toEqual(['0.00', '5.00']);
  });
});

describe('a setup fee', () => {
  const line = { unitPrice: '5.00', quantity: 3, setupFee: '10.00' };

  test('a setup fee is charged once for a line and discounted only where the discount says so', () => {
    const quote = quoteOf({ discounts: [percent('50')] }, { lines: [line] });
    expect(quote).toMatchObject({
      lines: [{ subtotal: '15.00', discount: '7.50', total: '7.50', setup: { discount: '0.00', total: '10.00' } }],
      totals: { subtotal: '25.00', discount: '7.50', total: '17.50' },
    });
  });

  test('a setup fee alone may be discounted: the line itself is not', () => {
    const quote = quoteOf({ discounts: [{ ...percent('50'), charges: ['setup'] }] }, { lines: [line] });
    expect(quote).toMatchObject({
      lines: [
        {
          subtotal: '15.00',
          discount: '0.00',
          total: '15.00',
          discounts: [],
          setup: { subtotal: '10.00', discount: '5.00', total: '5.00' },
        },
      ],
      discounts: [{ discountId: 'discount-1', amount: '5.00' }],
      totals: { subtotal: '25.00', discount: '5.00', total: '20.00' },
    });
  });

  test('a setup fee and the recurring fee together: the amount of the discount is of both, that of the line of one', () => {
    const both = { ...percent('50'), charges: ['recurring' as const, 'setup' as const] };
    expect(quoteOf({ discounts: [both] }, { lines: [line] })).toMatchObject({
      lines: [{ discount: '7.50', discounts: [{ exactAmount: '7.500', amount: '7.50' }], setup: { discount: '5.00' } }],
      discounts: [{ amount: '12.50' }],
    });
  });

  test('a setup fee and the recurring fee together share one amount off the line', () => {
    const both = { ...amountOff('12.00'), charges: ['recurring' as const, 'setup' as const] };
    expect(totalOf({ discounts: [both] }, { lines: [line] })).toBe('13.00');
    expect(totalOf({ discounts: [{ ...both, ...amountOff('99.00') }] }, { lines: [line] })).toBe('0.00');
  });

  test('a setup fee that a line does not have cannot be discounted', () => {
    expect(offOf({ discounts: [{ ...percent('50'), charges: ['setup'] }] })).toBe('0.00');
  });
});

describe('a least price', () => {
  test('a least price is never undercut', () => {
    expect(off(percent('50'), { unitPrice: '20.00', minUnitPrice: '15.00', quantity: 2 })).toEqual(['10.00']);
    expect(off(specialPrice('1.00'), { unitPrice: '20.00', minUnitPrice: '15.00' })).toEqual(['5.00']);
    expect(off(percent('10'), { unitPrice: '20.00', minUnitPrice: '15.00' })).toEqual(['2.00']);
  });

  test('a least price above the price leaves nothing to discount', () => {
    expect(off(percent('50'), { unitPrice: '20.00', minUnitPrice: '25.00' })).toEqual(['0.00']);
    expect(off(percent('50'), { unitPrice: '20.00', minUnitPrice: '20.00' })).toEqual(['0.00']);
  });

  test('a least price hands what it refuses of an order discount to the other lines', () => {
    const order = { ...amountOff('10.00'), scope: 'order' as const };
    expect(off(order, { unitPrice: '10.00', minUnitPrice: '9.00' }, { unitPrice: '30.00' })).toEqual(['1.00', '9.00']);
    expect(off(order, { unitPrice: '10.00', minUnitPrice: '10.00' }, { unitPrice: '30.00' })).toEqual([
      '0.00',
      '10.00',
    ]);
    expect(
      off(order, { unitPrice: '10.00', minUnitPrice: '9.00' }, { unitPrice: '30.00', minUnitPrice: '25.00' }),
    ).toEqual(['1.00', '5.00']);
  });

  test('a least price is no floor for the setup fee', () => {
    const both = { ...percent('100'), charges: ['recurring' as const, 'setup' as const] };
    const quote = quoteOf({ discounts: [both] }, { lines: [{ minUnitPrice: '15.00', setupFee: '10.00' }] });
    expect(quote.lines).toMatchObject([{ total: '15.00', setup: { total: '0.00' } }]);
  });
});

describe('recipients', () => {
  const forSome = { ...percent('10'), recipients: { customers: ['anna'], groups: ['resellers', 'partners'] } };

  test.each([
    ['a customer of the list', { id: 'anna' }, '2.00'],
    ['a customer of one of the groups', { id: 'ben', groups: ['new', 'partners'] }, '2.00'],
    ['both', { id: 'anna', groups: ['resellers'] }, '2.00'],
    ['a customer of another group', { id: 'ben', groups: ['new'] }, '0.00'],
    ['somebody unknown', {}, '0.00'],
  ])('%s', (_name, customer, expected) => {
    expect(offOf({ discounts: [forSome] }, { customer })).toBe(expected);
  });

  test('recipients are named as the reason for everybody else', () => {
    const quote = quoteOf({ discounts: [forSome] }, { customer: { id: 'ben' }, explain: 'all' });
    expect(reasonsOf(quote)).toEqual({ 'discount-1': 'not_recipient' });
  });
});

describe('a discount of a promotion', () => {
  test('a discount of a promotion has a window of its own inside that of its promotion', () => {
    const rules = {
      promotions: [
        {
          startsAt: '2024-06-01T00:00:00Z',
          discounts: [{ ...percent('10'), startsAt: '2024-05-01T00:00:00Z', endsAt: '2024-06-12T12:00:00Z' }],
        },
      ],
    };
    expect(offOf(rules, { at: '2024-05-31T23:59:59Z' })).toBe('0.00');
    expect(offOf(rules, { at: '2024-06-12T11:59:59Z' })).toBe('2.00');
    expect(offOf(rules, { at: '2024-06-12T12:00:00Z' })).toBe('0.00');
  });

  test.each([
    'draft',
    'paused',
    'archived',
  ] as const)('a discount of a promotion is not given while it or its promotion is %s', (status) => {
    expect(offOf({ promotions: [{ status, discounts: [percent('10')] }] })).toBe('0.00');
    expect(offOf({ promotions: [{ discounts: [{ ...percent('10'), status }] }] })).toBe('0.00');
    expect(offOf({ discounts: [{ ...percent('10'), status }] })).toBe('0.00');
  });

  test('a discount of a promotion applies, line by line, to the plans that the promotion is attached to', () => {
    const rules = { promotions: [{ plans: ['gold', 'platinum'], discounts: [percent('10')] }] };
    expect(offEach(rules, { lines: [{ plan: 'gold' }, { plan: 'silver' }, {}, { plan: 'platinum' }] })).toEqual([
      '2.00',
      '0.00',
      '0.00',
      '2.00',
    ]);
  });
});
