import { amountOff, evaluate, offOf, percent, quoteOf, type Rules, reasonsOf } from '../../support/builders';

const anna = { customer: { id: 'anna' } };

function promotion(limits: NonNullable<Rules['promotions']>[number]['limits']): Rules {
  return { promotions: [{ id: 'sale', name: 'sale', limits, discounts: [percent('10')] }] };
}

describe('a promotion for a number of redemptions', () => {
  test('a promotion for a number of redemptions applies until the last one is used', () => {
    const rules = promotion({ total: 3 });
    expect(offOf({ ...rules, usage: { sale: { total: 2 } } })).toBe('2.00');
    const full = { ...rules, usage: { sale: { total: 3 } } };
    expect(reasonsOf(quoteOf(full, { explain: 'candidates' }))).toEqual({ sale: 'limit_reached' });
    expect(offOf(full)).toBe('0.00');
  });

  test('a promotion for a number of redemptions of each customer looks at that customer', () => {
    const rules = promotion({ perCustomer: 1 });
    expect(offOf({ ...rules, usage: { sale: { total: 9 } } }, anna)).toBe('2.00');
    const used = { ...rules, usage: { sale: { total: 9, customer: 1 } } };
    expect(reasonsOf(quoteOf(used, { ...anna, explain: 'candidates' }))).toEqual({ sale: 'limit_reached' });
  });

  test('a promotion for a number of redemptions of each customer is given to somebody unknown in a quote, and not in a redemption', () => {
    const rules = promotion({ perCustomer: 1 });
    expect(offOf(rules)).toBe('2.00');
    const redeeming = { ...rules, redeeming: true };
    expect(offOf(redeeming)).toBe('0.00');
    expect(reasonsOf(quoteOf(redeeming, { explain: 'candidates' }))).toEqual({ sale: 'missing_fact' });
    expect(offOf(redeeming, anna)).toBe('2.00');
  });
});

describe('a promotion with a budget', () => {
  const hundred = promotion({ budget: { EUR: '100.00' } });
  const spent = (amount: string): Rules => ({ ...hundred, usage: { sale: { spent: { EUR: amount } } } });

  test('a promotion with a budget applies until the money is spent to the cent', () => {
    expect(offOf(hundred)).toBe('2.00');
    expect(offOf(spent('98.00'))).toBe('2.00');
    expect(offOf(spent('98.01'))).toBe('0.00');
    expect(reasonsOf(quoteOf(spent('98.01'), { explain: 'candidates' }))).toEqual({ sale: 'budget_spent' });
  });

  test('a promotion with a budget is all or nothing: a smaller cart may still get it', () => {
    expect(offOf(spent('99.00'), { lines: [{ unitPrice: '10.00' }] })).toBe('1.00');
    expect(offOf(spent('99.00'), { lines: [{ unitPrice: '10.10' }] })).toBe('0.00');
  });

  test('a promotion with a budget counts all of its discounts, setup fees included', () => {
    const rules: Rules = {
      settings: { combination: 'sum' },
      promotions: [
        {
          id: 'sale',
          limits: { budget: { EUR: '4.00' } },
          discounts: [percent('10'), { ...amountOff('2.00'), charges: ['setup'] }],
        },
      ],
    };
    expect(offOf(rules, { lines: [{ setupFee: '5.00' }] })).toBe('4.00');
    expect(offOf(rules, { lines: [{ setupFee: '5.00', unitPrice: '20.10' }] })).toBe('0.00');
  });

  test('a promotion with a budget makes room for the next discount where it is spent', () => {
    const rules: Rules = { ...spent('99.00'), discounts: [{ name: 'small', ...percent('5') }] };
    const quote = quoteOf(rules, { explain: 'candidates' });
    expect(quote.discounts).toMatchObject([{ name: 'small', amount: '1.00' }]);
    expect(reasonsOf(quote)).toEqual({ sale: 'budget_spent' });
  });

  test('a promotion with a budget does not apply in a currency that the budget does not name', () => {
    const quote = quoteOf(hundred, { currency: 'USD', explain: 'candidates' });
    expect(quote.totals.discount).toBe('0.00');
    expect(reasonsOf(quote)).toEqual({ sale: 'currency_not_priced' });
  });

  test('a promotion with a budget counts what the customer keeps from before as spent before', () => {
    const rules: Rules = {
      promotions: [
        {
          id: 'sale',
          endsAt: '2024-06-01T00:00:00Z',
          limits: { budget: { EUR: '1.00' } },
          discounts: [{ id: 'kept', ...percent('10') }],
        },
      ],
      grants: [
        { id: 'g', version: 1, discountId: 'kept', startsAt: '2024-05-20T00:00:00Z', endsAt: '2024-07-20T00:00:00Z' },
      ],
    };
    expect(offOf(rules, anna)).toBe('2.00');
  });
});

describe('what redeeming would count', () => {
  test('what redeeming would count is one use of the promotion, in all and by the customer, and its money', () => {
    const rules = promotion({ total: 5, perCustomer: 2, budget: { EUR: '100.00' } });
    expect(evaluate(rules, anna).uses).toEqual([
      { kind: 'promotion', subject: 'sale', amount: '1', limit: '5' },
      { kind: 'promotion_customer', subject: 'sale', customerId: 'anna', amount: '1', limit: '2' },
      { kind: 'budget', subject: 'sale', currency: 'EUR', amount: '2.00', limit: '100.00' },
    ]);
  });

  test('what redeeming would count is nothing for a promotion that takes nothing off', () => {
    const rules: Rules = { ...promotion({ total: 5 }), discounts: [percent('30')] };
    expect(evaluate(rules, anna).uses.map(({ subject }) => subject)).not.toContain('sale');
  });
});
