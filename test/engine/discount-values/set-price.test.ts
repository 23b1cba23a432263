import type { CartLine } from '../../../src/engine/cart/cart';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import { offEach, offOf, percent, quoteOf, type Rules, reasonsOf } from '../../support/builders';

function three(price: string, fields: Partial<DiscountInput> = {}): Partial<DiscountInput> {
  return { value: { type: 'set_price', quantity: 3, prices: { EUR: price } }, scope: 'order', ...fields };
}

function off(discount: Partial<DiscountInput>, ...lines: Partial<CartLine>[]): string[] {
  return offEach({ discounts: [discount] }, { lines });
}

const units = (unitPrice: string, quantity = 1) => ({ unitPrice, quantity });

describe('three for 10.00', () => {
  test.each([
    [2, '0.00'],
    [3, '2.00'],
    [4, '2.00'],
    [5, '2.00'],
    [6, '4.00'],
    [1_000_000_000, '666666666.00'],
  ])('three for 10.00 take of %i units at 4.00 %s off', (quantity, expected) => {
    expect(off(three('10.00'), units('4.00', quantity))).toEqual([expected]);
  });

  test('three for 10.00 are formed over lines, from the dearest units down, and shared by price', () => {
    // 6.00 + 5.00 + 5.00 = 16.00, so 6.00 off: 2.25 and 3.75; 4.00 is left over.
    expect(off(three('10.00'), units('4.00'), units('6.00'), units('5.00', 2))).toEqual(['0.00', '2.25', '3.75']);
  });

  test('three for 10.00 leave alone what costs no more', () => {
    expect(off(three('10.00'), units('3.00', 3), units('5.00', 3))).toEqual(['0.00', '5.00']);
    expect(off(three('9.00'), units('3.00', 3))).toEqual(['0.00']);
  });

  test('three for 10.00 count no unit that has nothing to lose', () => {
    expect(off(three('10.00'), units('5.00', 2), units('0.00', 4))).toEqual(['0.00', '0.00']);
    const floored = { ...units('9.00', 2), minUnitPrice: '9.00' };
    expect(off(three('10.00'), floored, units('5.00', 3))).toEqual(['0.00', '5.00']);
  });

  test('three for 10.00 give what a floor refuses to the other units', () => {
    // 20.00 + 5.00 + 5.00 are 20.00 too much, of which 13.33 were for the first; it may lose 12.00.
    expect(off(three('10.00'), { ...units('20.00'), minUnitPrice: '8.00' }, units('5.00', 2))).toEqual([
      '12.00',
      '8.00',
    ]);
  });

  test('three for 10.00 keep to the first whole sets of so many units', () => {
    expect(off(three('10.00', { maxUnits: 5 }), units('4.00', 3), units('5.00', 3))).toEqual(['0.00', '5.00']);
    expect(off(three('10.00', { maxUnits: 6 }), units('4.00', 3), units('5.00', 3))).toEqual(['3.11', '3.89']);
    expect(off(three('10.00', { maxUnits: 2 }), units('5.00', 3))).toEqual(['0.00']);
  });

  test('round what all sets save once', () => {
    // Three sets of 3 × 3.335 save 0.005 each: 0.015 together, not three times 0.01.
    expect(off(three('10.00'), units('3.335', 9))).toEqual(['0.02']);
  });

  test('three for 10.00 are formed of the matching lines only', () => {
    const discount = three('10.00', { selector: { exclude: { serviceTypes: ['domain'] } } });
    expect(off(discount, units('5.00', 2), { serviceType: 'domain', ...units('5.00') })).toEqual(['0.00', '0.00']);
  });

  test('three for 10.00 count from what is left in a sequence, and from the full price in a sum', () => {
    const rules = (combination: 'sequence' | 'sum'): Rules => ({
      settings: { combination },
      discounts: [{ ...percent('10'), priority: 1 }, three('10.00')],
    });
    const cart = { lines: [units('5.00', 3)] };
    expect(offOf(rules('sequence'), cart)).toBe('5.00');
    expect(offOf(rules('sum'), cart)).toBe('6.50');
  });

  test('three for 10.00 take of a period only what is covered', () => {
    // Two of twelve months: a sixth of the 24.00 that the set saves.
    const discount = three('12.00', { coverage: 'until_end', endsAt: '2024-08-12T10:00:00Z' });
    expect(off(discount, { ...units('12.00', 3), period: { unit: 'year', length: 1 } })).toEqual(['4.00']);
  });

  test('three for 10.00 are said to have no effect where no set is whole, and to want another currency', () => {
    const rules = { discounts: [three('10.00')] };
    expect(reasonsOf(quoteOf(rules, { lines: [units('5.00', 2)], explain: 'all' }))).toEqual({
      'discount-1': 'no_effect',
    });
    const yen = { currency: 'JPY', lines: [units('500', 3)], explain: 'all' as const };
    expect(reasonsOf(quoteOf(rules, yen))).toEqual({ 'discount-1': 'currency_not_priced' });
  });

  test('three for 10.00 share a line with another order discount only where a set has units of it', () => {
    const rules: Rules = {
      discounts: [
        three('10.00', { priority: 1 }),
        { ...percent('10'), scope: 'order', selector: { plans: ['cheap'] } },
      ],
    };
    const lines = [units('5.00', 3), { plan: 'cheap', ...units('1.00', 2) }];
    expect(offEach(rules, { lines })).toEqual(['5.00', '0.20']);
  });
});
