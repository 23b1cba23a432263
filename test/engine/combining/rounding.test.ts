import type { SettingsInput } from '../../../src/engine/vocabulary/provider';
import { amountOff, offEach, percent, quoteOf, type Rules } from '../../support/builders';

/** A line of one unit and what is taken off it by percentages. */
function quoted(currency: string, unitPrice: string, percentages: string[], settings: SettingsInput = {}) {
  const rules: Rules = { settings: { combination: 'sum', ...settings }, discounts: percentages.map(percent) };
  const { lines } = quoteOf(rules, { currency, lines: [{ unitPrice }] });
  const [line] = lines;
  return line && { ...line, exact: line.discounts.map(({ exactAmount }) => exactAmount) };
}

describe('a discount is rounded to one digit more than its currency has, and the line to the digits it has', () => {
  test.each([
    ['EUR', '3.16', '1', 'half_up', '0.032', '0.03', '3.13'],
    ['EUR', '9.85', '5', 'half_up', '0.493', '0.49', '9.36'],
    ['EUR', '9.85', '5', 'half_even', '0.492', '0.49', '9.36'],
    ['EUR', '1.25', '10', 'half_up', '0.125', '0.13', '1.12'],
    ['EUR', '1.25', '10', 'half_even', '0.125', '0.12', '1.13'],
    ['EUR', '3.75', '10', 'half_even', '0.375', '0.38', '3.37'],
    ['JPY', '980', '12.5', 'half_up', '122.5', '123', '857'],
    ['JPY', '980', '12.5', 'half_even', '122.5', '122', '858'],
    ['KWD', '1.250', '7.5', 'half_up', '0.0938', '0.094', '1.156'],
    ['KWD', '1', '0.05', 'half_up', '0.0005', '0.001', '0.999'],
    ['KWD', '1', '0.05', 'half_even', '0.0005', '0.000', '1.000'],
  ] as const)('%s %s less %s %%, %s', (currency, price, percentage, roundingMode, exactAmount, discount, total) => {
    const line = quoted(currency, price, [percentage], { roundingMode });
    expect(line).toMatchObject({ discount, total });
    expect(line?.exact).toEqual(discount === '0.000' ? [] : [exactAmount]);
  });

  test('the exact amounts are added before the sum is rounded', () => {
    expect(quoted('EUR', '3.16', ['1', '1', '1'])).toMatchObject({ discount: '0.10', total: '3.06' });
    expect(quoted('JPY', '99', ['1', '1'])).toMatchObject({ discount: '2', exact: ['1.0', '1.0'] });
    expect(quoted('JPY', '140', ['1', '1'])).toMatchObject({ discount: '3', exact: ['1.4', '1.4'] });
  });
});

describe("the discounts of a line add up to the line's", () => {
  const amounts = (unitPrice: string, ...percentages: string[]) =>
    quoted('EUR', unitPrice, percentages)?.discounts.map(({ amount }) => amount);

  test('leftover cents go to the largest remainder', () => {
    // 0.995 and 0.498 make 1.493, so 1.49: 0.99 and 0.49, and the cent that is left to the second.
    expect(amounts('9.95', '10', '5')).toEqual(['0.99', '0.50']);
  });

  test("the discounts of a line add up to the line's and among equals to the first", () => {
    // Three times 0.032 make 0.096, so 0.10.
    expect(amounts('3.16', '1', '1', '1')).toEqual(['0.04', '0.03', '0.03']);
  });
});

describe('a subtotal is rounded to the currency before anything is taken off', () => {
  test.each([
    ['0.333333', 3, 'half_up', '1.00'],
    ['0.005', 1, 'half_up', '0.01'],
    ['0.005', 1, 'half_even', '0.00'],
    ['0.015', 1, 'half_even', '0.02'],
    ['0.000001', 1000000, 'half_up', '1.00'],
  ] as const)('%s × %i, %s', (unitPrice, quantity, roundingMode, subtotal) => {
    const quote = quoteOf({ settings: { roundingMode } }, { lines: [{ unitPrice, quantity }] });
    expect(quote.lines).toMatchObject([{ subtotal, total: subtotal }]);
  });

  test('a subtotal is rounded to the currency before anything is taken off so is a setup fee', () => {
    const line = { unitPrice: '1.00', setupFee: '2.345' };
    expect(quoteOf({}, { lines: [line] }).totals.total).toBe('3.35');
    expect(quoteOf({ settings: { roundingMode: 'half_even' } }, { lines: [line] }).totals.total).toBe('3.34');
  });

  test('the percentage is then of the rounded subtotal', () => {
    // 3 × 3.335 = 10.005, rounded 10.01; 50 % of it is 5.005.
    const quote = quoteOf({ discounts: [percent('50')] }, { lines: [{ unitPrice: '3.335', quantity: 3 }] });
    expect(quote.lines).toMatchObject([{ discounts: [{ exactAmount: '5.005' }], discount: '5.01', total: '5.00' }]);
  });
});

describe('a discount on the order', () => {
  const order = { scope: 'order' as const };

  test('a discount on the order is rounded to the currency before it is split', () => {
    const rules: Rules = { discounts: [{ ...percent('10'), ...order }] };
    // 10 % of 6.66 is 0.666, rounded 0.67; line by line it would be 0.33 twice.
    const quote = quoteOf(rules, { lines: [{ unitPrice: '3.33' }, { unitPrice: '3.33' }] });
    expect(quote.lines.map(({ discount }) => discount)).toEqual(['0.34', '0.33']);
    expect(quote.lines.map(({ discounts }) => discounts[0]?.exactAmount)).toEqual(['0.340', '0.330']);
    expect(quote.discounts).toMatchObject([{ amount: '0.67' }]);
  });

  test('a discount on the order is rounded as the provider rounds', () => {
    const lines = [{ unitPrice: '0.50' }, { unitPrice: '0.50' }];
    const discounts = [{ ...percent('12.5'), ...order }];
    expect(offEach({ discounts }, { lines })).toEqual(['0.07', '0.06']);
    expect(offEach({ discounts, settings: { roundingMode: 'half_even' } }, { lines })).toEqual(['0.06', '0.06']);
  });

  test.each([
    ['1.00', ['10.00', '10.00', '10.00'], ['0.34', '0.33', '0.33']],
    ['0.05', ['3.00', '1.00'], ['0.04', '0.01']],
    ['0.01', ['1.00', '3.00'], ['0.00', '0.01']],
    ['10.00', ['19.99', '0.01'], ['10.00', '0.00']],
    ['0.02', ['5.00', '5.00', '5.00'], ['0.01', '0.01', '0.00']],
  ])('a discount on the order of %s over lines of %j is split by the largest remainder', (amount, prices, parts) => {
    const lines = prices.map((unitPrice) => ({ unitPrice }));
    expect(offEach({ discounts: [{ ...amountOff(amount), ...order }] }, { lines })).toEqual(parts);
  });

  test('a discount on the order is split over the matching lines, free ones left out', () => {
    const rules: Rules = { discounts: [{ ...amountOff('3.00'), ...order, selector: { serviceTypes: ['hosting'] } }] };
    const lines = [{ unitPrice: '0.00' }, { serviceType: 'domain' }, { unitPrice: '10.00' }, { unitPrice: '20.00' }];
    expect(offEach(rules, { lines })).toEqual(['0.00', '0.00', '1.00', '2.00']);
  });
});
