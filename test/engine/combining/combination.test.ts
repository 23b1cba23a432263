import type { CartLine } from '../../../src/engine/cart/cart';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import type { Combination } from '../../../src/engine/vocabulary/provider';
import { amountOff, offEach, percent, quoteOf, type Rules, specialPrice, totalOf } from '../../support/builders';

const order = { scope: 'order' as const };

/** What a cart of one line costs; the discounts come in the order of the list. */
function cost(combination: Combination, line: Partial<CartLine>, ...discounts: Partial<DiscountInput>[]): string {
  return totalOf(inOrder(combination, discounts), { lines: [line] });
}

function inOrder(combination: Combination, discounts: readonly Partial<DiscountInput>[]): Rules {
  return {
    settings: { combination },
    discounts: discounts.map((discount, index) => ({ priority: 100 - index, ...discount })),
  };
}

describe('best: of the discounts on a line the first one only', () => {
  test('best applies', () => {
    expect(cost('best', {}, percent('10'), percent('20'))).toBe('18.00');
  });

  test('best to each line for itself', () => {
    const rules: Rules = {
      settings: { combination: 'best' },
      discounts: [amountOff('3.50'), percent('18'), { ...percent('5'), selector: { serviceTypes: ['domain'] } }],
    };
    const lines = [{ unitPrice: '10.00' }, { unitPrice: '30.00' }, { serviceType: 'domain', unitPrice: '10.00' }];
    // 3.50 is more than 18 % of 10.00, and less than 18 % of 30.00; what is for domains comes before what is for all.
    expect(offEach(rules, { lines })).toEqual(['3.50', '5.40', '0.50']);
  });

  test('best and of those on the order the first one, from what is left', () => {
    const rules = inOrder('best', [percent('10'), { ...percent('10'), ...order }, { ...percent('50'), ...order }]);
    // 36.00 of 40.00 are left; 10 % of that are 3.60.
    expect(quoteOf(rules, { lines: [{}, {}] })).toMatchObject({
      lines: [{ discount: '3.80' }, { discount: '3.80' }],
      discounts: [
        { discountId: 'discount-1', amount: '4.00' },
        { discountId: 'discount-2', amount: '3.60' },
      ],
      totals: { total: '32.40' },
    });
  });

  test('best and order discounts that share no line all apply; one that is out blocks nobody', () => {
    const types = (...serviceTypes: string[]) => ({ ...order, selector: { serviceTypes } });
    const rules = inOrder('best', [
      { ...percent('10'), ...types('vps', 'mail') },
      { ...percent('50'), ...types('mail', 'domain') },
      { ...percent('20'), ...types('domain', 'hosting') },
    ]);
    const lines = ['vps', 'mail', 'domain', 'hosting'].map((serviceType) => ({ serviceType, unitPrice: '10.00' }));
    const { declined, ...quote } = quoteOf(rules, { lines, explain: 'candidates' });
    expect(quote.lines.map(({ discount }) => discount)).toEqual(['1.00', '1.00', '2.00', '2.00']);
    expect(declined).toMatchObject([{ discountId: 'discount-2', reason: 'outranked', blockedBy: 'discount-1' }]);
  });

  test('best and a line that has nothing to lose keeps no two order discounts apart, nor does one that takes nothing', () => {
    const types = (...serviceTypes: string[]) => ({ ...order, selector: { serviceTypes } });
    const gift = { serviceType: 'gift', unitPrice: '0.00' };
    const apart = inOrder('best', [
      { ...percent('10'), ...types('vps', 'gift') },
      { ...percent('20'), ...types('gift', 'domain') },
    ]);
    const lines = [{ serviceType: 'vps' }, gift, { serviceType: 'domain' }];
    expect(offEach(apart, { lines })).toEqual(['2.00', '0.00', '4.00']);
    const spent = inOrder('best', [
      { ...percent('100'), selector: { serviceTypes: ['vps'] } },
      { ...percent('10'), ...types('vps') },
      { ...percent('20'), ...order },
    ]);
    expect(offEach(spent, { lines: [{ serviceType: 'vps' }, {}] })).toEqual(['20.00', '4.00']);
  });

  test('best and an order discount is split by what is left of each line', () => {
    const rules = inOrder('best', [
      { ...percent('50'), selector: { serviceTypes: ['domain'] } },
      { ...amountOff('3.00'), ...order },
    ]);
    // 20.00 and 10.00 are left: 2.00 and 1.00.
    expect(offEach(rules, { lines: [{}, { serviceType: 'domain' }] })).toEqual(['2.00', '11.00']);
  });

  test('best is best whatever the provider leaves unsaid', () => {
    expect(totalOf({ discounts: [percent('10'), percent('20')] })).toBe('16.00');
  });
});

describe('sum: all discounts, each from the full price', () => {
  test('sum add up', () => {
    expect(cost('sum', {}, percent('10'), percent('20'), amountOff('1.00'))).toBe('13.00');
  });

  test('sum with those on the order from the full price, too', () => {
    const rules = inOrder('sum', [percent('10'), { ...percent('10'), ...order }, { ...percent('20'), ...order }]);
    expect(totalOf(rules, { lines: [{}, {}] })).toBe('24.00');
  });

  test('sum with an amount on the order split by the full prices', () => {
    const rules = inOrder('sum', [
      { ...percent('50'), selector: { serviceTypes: ['domain'] } },
      { ...amountOff('3.00'), ...order },
    ]);
    expect(offEach(rules, { lines: [{}, { serviceType: 'domain' }] })).toEqual(['1.50', '11.50']);
  });

  test('sum never below zero: the later ones yield, and what takes nothing is not listed', () => {
    const rules = inOrder('sum', [percent('80'), amountOff('7.00'), percent('10')]);
    expect(quoteOf(rules, {})).toMatchObject({
      lines: [
        {
          discount: '20.00',
          total: '0.00',
          discounts: [
            { discountId: 'discount-1', exactAmount: '16.000', amount: '16.00' },
            { discountId: 'discount-2', exactAmount: '4.000', amount: '4.00' },
          ],
        },
      ],
      discounts: [{ amount: '16.00' }, { amount: '4.00' }],
    });
  });

  test('sum never below the least price', () => {
    const rules = inOrder('sum', [percent('20'), percent('20'), percent('20')]);
    expect(quoteOf(rules, { lines: [{ minUnitPrice: '15.00' }] }).discounts).toMatchObject([
      { discountId: 'discount-1', amount: '4.00' },
      { discountId: 'discount-2', amount: '1.00' },
    ]);
  });
});

describe('sequence: each discount from what the earlier ones left', () => {
  test('sequence by their exact amounts', () => {
    // 0.995 of 9.95, then 10 % of 8.955, which is 0.896: 1.891.
    const rules = inOrder('sequence', [percent('10'), percent('10')]);
    expect(quoteOf(rules, { lines: [{ unitPrice: '9.95' }] }).lines).toMatchObject([
      { discounts: [{ exactAmount: '0.995' }, { exactAmount: '0.896' }], discount: '1.89', total: '8.06' },
    ]);
  });

  test('sequence in the order of their priority', () => {
    expect(cost('sequence', {}, percent('50'), amountOff('4.00'))).toBe('6.00');
    expect(cost('sequence', {}, amountOff('4.00'), percent('50'))).toBe('8.00');
  });

  test('sequence where a special price takes what is left above it', () => {
    expect(cost('sequence', {}, specialPrice('15.00'), percent('10'))).toBe('13.50');
    expect(cost('sequence', {}, percent('10'), specialPrice('15.00'))).toBe('15.00');
    expect(cost('sequence', {}, percent('30'), specialPrice('15.00'))).toBe('14.00');
  });

  test('sequence with one on the order in its turn', () => {
    const halfDomains = { ...percent('50'), selector: { serviceTypes: ['domain'] } };
    const threeOff = { ...amountOff('3.00'), ...order };
    const lines = [{}, { serviceType: 'domain' }];
    // Last: 20.00 and 10.00 are left, so 2.00 and 1.00. First: 1.50 each, and then half of 18.50.
    expect(offEach(inOrder('sequence', [halfDomains, threeOff]), { lines })).toEqual(['2.00', '11.00']);
    expect(offEach(inOrder('sequence', [threeOff, halfDomains]), { lines })).toEqual(['1.50', '10.75']);
  });

  test('sequence with tiers reached by the price before any of them', () => {
    const tiers = [{ from: { EUR: '20.00' }, percent: '10' }];
    // The tier is reached by the undiscounted 20.00; its percentage is of the 16.00 that are left.
    expect(cost('sequence', {}, percent('20'), { value: { type: 'tiered_percent', by: 'total', tiers } })).toBe(
      '14.40',
    );
  });
});

describe('several discounts of one promotion', () => {
  const rules = (combination: Combination): Rules => ({
    settings: { combination },
    promotions: [{ discounts: [percent('10'), { ...percent('50'), charges: ['setup'] }] }],
  });
  const lines = [{ unitPrice: '20.00', setupFee: '10.00' }];

  test('several discounts of one promotion combine like those of several promotions', () => {
    expect(totalOf(rules('sum'), { lines })).toBe('23.00');
    expect(totalOf(rules('sequence'), { lines })).toBe('23.00');
    // Per line the first one: half of the setup fee is more than a tenth of the price.
    expect(totalOf(rules('best'), { lines })).toBe('25.00');
  });
});
