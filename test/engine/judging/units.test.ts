import type { CartLine } from '../../../src/engine/cart/cart';
import type { DiscountInput } from '../../../src/engine/rulebook/discount';
import {
  amountOff,
  offEach,
  offOf,
  percent,
  quoteOf,
  type Rules,
  reasonsOf,
  specialPrice,
} from '../../support/builders';

const free = percent('100');

function off(discount: Partial<DiscountInput>, ...lines: Partial<CartLine>[]): string[] {
  return offEach({ discounts: [discount] }, { lines });
}

describe('at most so many units', () => {
  test('at most so many units are the cheapest ones, over all lines', () => {
    const lines = [{ unitPrice: '10.00', quantity: 3 }, { unitPrice: '5.00', quantity: 2 }, { unitPrice: '20.00' }];
    expect(off({ ...free, maxUnits: 1 }, ...lines)).toEqual(['0.00', '5.00', '0.00']);
    expect(off({ ...free, maxUnits: 3 }, ...lines)).toEqual(['10.00', '10.00', '0.00']);
    expect(off({ ...free, maxUnits: 9 }, ...lines)).toEqual(['30.00', '10.00', '20.00']);
  });

  test('at most so many units are those of the earlier line where two cost the same', () => {
    expect(off({ ...free, maxUnits: 1 }, {}, {})).toEqual(['20.00', '0.00']);
  });

  test('at most so many units are of the matching lines only', () => {
    const discount = { ...free, maxUnits: 1, selector: { serviceTypes: ['domain'] } };
    expect(off(discount, { unitPrice: '1.00' }, { serviceType: 'domain', unitPrice: '12.00' })).toEqual([
      '0.00',
      '12.00',
    ]);
  });

  test('at most so many units are what an amount per unit or a special price is for', () => {
    expect(off({ ...amountOff('3.00'), scope: 'unit', maxUnits: 2 }, { quantity: 5 })).toEqual(['6.00']);
    expect(off({ ...specialPrice('14.50'), maxUnits: 1 }, { quantity: 3 })).toEqual(['5.50']);
  });

  test('at most so many units are none of those that have nothing to lose: free ones, and those at their floor', () => {
    const book = { unitPrice: '20.00' };
    expect(off({ ...percent('50'), maxUnits: 1 }, { unitPrice: '0.00' }, book)).toEqual(['0.00', '10.00']);
    expect(off({ ...percent('50'), maxUnits: 1 }, { unitPrice: '5.00', minUnitPrice: '5.00' }, book)).toEqual([
      '0.00',
      '10.00',
    ]);
  });

  test('at most so many units have a setup fee to lose where the discount is for it, whatever the unit costs', () => {
    const discount = { ...free, charges: ['setup' as const], maxUnits: 1 };
    const { lines } = quoteOf(
      { discounts: [discount] },
      { lines: [{ unitPrice: '3.00' }, { unitPrice: '0.00', setupFee: '9.00' }, { setupFee: '7.00' }] },
    );
    expect(lines.map(({ setup }) => setup?.discount)).toEqual([undefined, '9.00', '0.00']);
  });

  test('at most so many units keep their floor each, though their line could lose more', () => {
    // One of three units of 10.00 with a floor of 6.00: 4.00, not the 12.00 that the line has above its floor.
    const line = { unitPrice: '10.00', minUnitPrice: '6.00', quantity: 3 };
    expect(off({ ...free, maxUnits: 1 }, line)).toEqual(['4.00']);
    expect(off({ ...free, maxUnits: 2 }, line)).toEqual(['8.00']);
    expect(off({ ...amountOff('9.00'), scope: 'order', maxUnits: 1 }, line)).toEqual(['4.00']);
  });

  test('at most so many units cost their part of what an earlier discount left of the line', () => {
    const rules = (combination: 'sequence' | 'sum'): Rules => ({
      settings: { combination },
      discounts: [
        { ...percent('10'), priority: 1 },
        { ...free, maxUnits: 1 },
      ],
    });
    // 4 × 10.00 less 10 % is 36.00, so 9.00 for one unit; from the full price it is 10.00.
    const cart = { lines: [{ unitPrice: '10.00', quantity: 4 }] };
    expect(offOf(rules('sequence'), cart)).toBe('13.00');
    expect(offOf(rules('sum'), cart)).toBe('14.00');
  });
});

describe('a discount that is earned by buying something else', () => {
  const freeDomain = {
    ...free,
    selector: { serviceTypes: ['domain'] },
    buy: { selector: { serviceTypes: ['vds'] }, quantity: 1 },
  };
  const vds = (quantity = 1) => ({ serviceType: 'vds', unitPrice: '30.00', quantity });
  const domain = (unitPrice: string, quantity = 1) => ({ serviceType: 'domain', unitPrice, quantity });

  test('a discount that is earned by buying something else gives one unit for each that is bought', () => {
    expect(off(freeDomain, vds(), domain('12.00'))).toEqual(['0.00', '12.00']);
    expect(off(freeDomain, vds(2), domain('12.00', 3))).toEqual(['0.00', '24.00']);
    expect(off(freeDomain, vds(3), domain('12.00', 2))).toEqual(['0.00', '24.00']);
  });

  test('a discount that is earned by buying something else gives the cheapest units', () => {
    expect(off(freeDomain, vds(), domain('12.00'), domain('8.00'))).toEqual(['0.00', '0.00', '8.00']);
  });

  test('a discount that is earned by buying something else gives nothing where nothing is bought, or nothing is there to give', () => {
    expect(off(freeDomain, domain('12.00'))).toEqual(['0.00']);
    expect(off(freeDomain, vds())).toEqual(['0.00']);
  });

  test('a discount that is earned by buying something else is given once unless it repeats', () => {
    const once = { ...freeDomain, buy: { ...freeDomain.buy, repeat: false } };
    expect(off(once, vds(3), domain('12.00', 3))).toEqual(['0.00', '12.00']);
  });

  test('a discount that is earned by buying something else may give several units for each bundle, the last one fewer', () => {
    expect(off({ ...freeDomain, maxUnits: 2 }, vds(2), domain('12.00', 3))).toEqual(['0.00', '36.00']);
    expect(off({ ...freeDomain, maxUnits: 2 }, vds(1), domain('12.00', 3))).toEqual(['0.00', '24.00']);
  });

  test('a discount that is earned by buying something else counts what is bought over all lines', () => {
    const pair = { ...freeDomain, buy: { ...freeDomain.buy, quantity: 2 } };
    expect(off(pair, vds(), domain('12.00', 2))).toEqual(['0.00', '0.00']);
    expect(off(pair, vds(), vds(), domain('12.00', 2))).toEqual(['0.00', '0.00', '12.00']);
    expect(off(pair, vds(5), domain('12.00', 9))).toEqual(['0.00', '24.00']);
  });

  test('a discount that is earned by buying something else need not be the whole price', () => {
    expect(off({ ...freeDomain, ...percent('50') }, vds(), domain('12.00'))).toEqual(['0.00', '6.00']);
    expect(off({ ...freeDomain, ...amountOff('5.00'), scope: 'unit' }, vds(2), domain('12.00', 2))).toEqual([
      '0.00',
      '10.00',
    ]);
  });
});

describe('buy some of a thing, get one of it', () => {
  const buying = (quantity: number, maxUnits?: number) => ({
    ...free,
    buy: { selector: {}, quantity },
    ...(maxUnits !== undefined && { maxUnits }),
  });

  test.each([
    [2, '0.00'],
    [3, '10.00'],
    [5, '10.00'],
    [6, '20.00'],
    [7, '20.00'],
    [8, '20.00'],
    [9, '30.00'],
  ])('the third of %i units is free: %s off', (quantity, expected) => {
    expect(off(buying(2), { unitPrice: '10.00', quantity })).toEqual([expected]);
  });

  test.each([
    [99, '96.00'],
    [100, '100.00'],
    [103, '100.00'],
    [104, '104.00'],
  ])('buy some of a thing, get one of it of %i units at 4.00, three bought and one free, %s is off', (quantity, expected) => {
    expect(off(buying(3), { unitPrice: '4.00', quantity })).toEqual([expected]);
  });

  test.each([
    [3, '0.00'],
    [4, '10.00'],
    [5, '20.00'],
    [6, '20.00'],
    [8, '20.00'],
    [9, '30.00'],
    [10, '40.00'],
  ])('buy some of a thing, get one of it of %i units, three bought and two free, the last bundle may free one: %s off', (quantity, expected) => {
    // Of 8, a second bundle would leave two units, which the first one frees already.
    expect(off(buying(3, 2), { unitPrice: '10.00', quantity })).toEqual([expected]);
  });

  test('the dearest are bought and the cheapest of the rest are free', () => {
    const prices = (...list: string[]) => list.map((unitPrice) => ({ unitPrice }));
    expect(off(buying(2), ...prices('5.00', '10.00', '8.00'))).toEqual(['5.00', '0.00', '0.00']);
    expect(off(buying(2), ...prices('10.00', '8.00', '6.00', '4.00'))).toEqual(['0.00', '0.00', '0.00', '4.00']);
    expect(off(buying(2), ...prices('10.00', '9.00', '8.00', '7.00', '6.00', '5.00'))).toEqual([
      '0.00',
      '0.00',
      '0.00',
      '0.00',
      '6.00',
      '5.00',
    ]);
  });

  test('what the discount could not free is bought first, dear or cheap, first or last', () => {
    const discount = { ...free, selector: { serviceTypes: ['domain'] }, buy: { selector: {}, quantity: 1 } };
    for (const unitPrice of ['5.00', '50.00']) {
      const domain = { serviceType: 'domain', unitPrice };
      expect(off(discount, { unitPrice: '20.00' }, domain)).toEqual(['0.00', unitPrice]);
      expect(off(discount, domain, { unitPrice: '20.00' })).toEqual([unitPrice, '0.00']);
    }
  });

  test('a gift is bought, and never freed', () => {
    expect(off(buying(2), { unitPrice: '0.00' }, { unitPrice: '10.00' }, { unitPrice: '8.00' })).toEqual([
      '0.00',
      '0.00',
      '8.00',
    ]);
    expect(off(buying(1), { unitPrice: '10.00' }, { unitPrice: '0.00' })).toEqual(['10.00', '0.00']);
    expect(off(buying(1), { unitPrice: '0.00', quantity: 5 })).toEqual(['0.00']);
  });

  test('buy some of a thing, get one of it of two that cost the same the earlier is bought', () => {
    expect(off(buying(1), { unitPrice: '10.00' }, { unitPrice: '10.00' })).toEqual(['0.00', '10.00']);
  });

  test('a unit is never both bought and free where only a part of the selections overlaps', () => {
    const discount = { ...free, buy: { selector: { serviceTypes: ['vds'] }, quantity: 2 } };
    const vds = { serviceType: 'vds', unitPrice: '30.00' };
    expect(off(discount, { ...vds, quantity: 2 })).toEqual(['0.00']);
    expect(off(discount, { ...vds, quantity: 3 })).toEqual(['30.00']);
    expect(off(discount, { ...vds, quantity: 2 }, { serviceType: 'domain', unitPrice: '12.00' })).toEqual([
      '0.00',
      '12.00',
    ]);
  });

  test.each([
    [1, '5.00'],
    [2, '10.00'],
    [3, '15.00'],
    [4, '15.00'],
  ])('buy some of a thing, get one of it at most %i bundles take %s off twelve units', (maxRepeats, expected) => {
    const discount = { ...free, buy: { selector: {}, quantity: 3, maxRepeats } };
    expect(off(discount, { unitPrice: '5.00', quantity: 12 })).toEqual([expected]);
  });

  test('nothing earned is nothing given, and said so', () => {
    const quote = quoteOf({ discounts: [buying(2)] }, { lines: [{ quantity: 2 }], explain: 'all' });
    expect(quote.discounts).toEqual([]);
    expect(Object.keys(reasonsOf(quote))).toEqual(['discount-1']);
  });
});

test('a bundle buys what could not be free first, though it costs nothing and leaves a cheaper unit to be freed', () => {
  const buy = { selector: { plans: ['b', 'z'] }, quantity: 1 };
  const discount = { ...free, selector: { plans: ['a', 'b'] }, buy };
  const [a, b] = [
    { plan: 'a', unitPrice: '10.00' },
    { plan: 'b', unitPrice: '1.00' },
  ];
  expect(off(discount, a, b)).toEqual(['10.00', '0.00']);
  expect(off(discount, a, b, { plan: 'z', unitPrice: '0.00' })).toEqual(['0.00', '1.00', '0.00']);
});

describe('the dearest first', () => {
  const dearestFirst = { unitOrder: 'dearest_first' as const };

  test('the dearest first are taken over all lines, of equal ones those of the earlier line', () => {
    const half = { ...percent('50'), ...dearestFirst, maxUnits: 1 };
    expect(off(half, { unitPrice: '10.00' }, { unitPrice: '30.00', quantity: 2 })).toEqual(['0.00', '15.00']);
    expect(off(half, {}, {})).toEqual(['10.00', '0.00']);
    expect(off({ ...half, maxUnits: 3 }, { unitPrice: '10.00' }, { unitPrice: '30.00', quantity: 2 })).toEqual([
      '5.00',
      '30.00',
    ]);
  });

  test('the dearest first are freed by a bundle, and the cheapest bought, after what could not be free', () => {
    const bundle = { ...free, ...dearestFirst, buy: { selector: {}, quantity: 1 } };
    expect(off(bundle, { unitPrice: '5.00' }, { unitPrice: '10.00' })).toEqual(['0.00', '10.00']);
    expect(off(bundle, { unitPrice: '10.00' }, { unitPrice: '10.00' })).toEqual(['0.00', '10.00']);
    const ofDomains = { ...bundle, selector: { serviceTypes: ['domain'] } };
    const [vps, domain] = [{ unitPrice: '99.00' }, { serviceType: 'domain', unitPrice: '5.00', quantity: 3 }];
    expect(off(ofDomains, vps, domain)).toEqual(['0.00', '10.00']);
  });

  test('the dearest first take no place where they have nothing to lose', () => {
    const floored = { unitPrice: '50.00', minUnitPrice: '50.00' };
    expect(off({ ...free, ...dearestFirst, maxUnits: 1 }, floored, { unitPrice: '7.00' })).toEqual(['0.00', '7.00']);
  });
});

test('an order discount takes no more than its units cost, however much another line refuses', () => {
  const discount = { ...amountOff('8.00'), scope: 'order' as const, maxUnits: 2 };
  const floored = { unitPrice: '5.00', minUnitPrice: '4.99' };
  expect(off(discount, floored, { unitPrice: '6.00', quantity: 2 })).toEqual(['0.01', '6.00']);
});
