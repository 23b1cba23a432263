import { amountOff, offOf, percent, quoteOf, type Rules, reasonsOf } from '../../support/builders';

/** Promotions of the same discount with so much left in each budget, the dearest first. */
function withBudgets(budgets: string[], fields: object = {}): Rules {
  return {
    promotions: budgets.map((budget, index) => ({
      id: `p${index}`,
      name: `p${index}`,
      priority: -index,
      limits: { budget: { EUR: budget } },
      discounts: [{ ...percent('10'), ...fields }],
    })),
  };
}

describe('many budgets that are nearly spent', () => {
  const lines = Array.from({ length: 20 }, (_, index) => ({ id: `${index}` }));

  test('each that would be overdrawn is out, until one is found that is not', () => {
    const rules = withBudgets([...Array(300).fill('39.99'), '40.00', '100.00']);
    const quote = quoteOf(rules, { lines, explain: 'candidates' });
    expect(quote.totals.discount).toBe('40.00');
    expect(quote.discounts).toMatchObject([{ promotionId: 'p300' }]);
    const reasons = reasonsOf(quote);
    expect(reasons).toMatchObject({ p0: 'budget_spent', p299: 'budget_spent', 'p301-discount-1': 'outranked' });
  });

  test('who has lines of its own left keeps them', () => {
    const rules = withBudgets(Array(50).fill('0.01'));
    rules.discounts = [{ name: 'small', ...percent('5') }];
    expect(quoteOf(rules, { lines }).discounts).toMatchObject([{ name: 'small', amount: '20.00' }]);
  });

  test('no budget is overdrawn where others free dearer units for it', () => {
    const rules = withBudgets(Array(12).fill('1.99'), { maxUnits: 1 });
    rules.settings = { combination: 'sequence' };
    rules.discounts = [{ name: 'gift', priority: 100, ...amountOff('5.00'), selector: { plans: ['gift'] } }];
    const cart = {
      lines: [
        { id: 'gift', plan: 'gift', unitPrice: '5.00' },
        { id: 'dear', unitPrice: '20.00' },
      ],
    };
    const quote = quoteOf(rules, cart);
    for (const { name, amount } of quote.discounts) {
      if (name !== 'gift') expect(Number(amount)).toBeLessThanOrEqual(1.99);
    }
    expect(offOf(rules, { lines: [cart.lines[1] ?? {}] })).toBe('0.00');
  });
});
