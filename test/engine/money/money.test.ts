import { allocate, largestRemainder } from '../../../src/engine/money/allocation';
import { formatMoney, isCurrency, minorDigits, parseMoney, parsePercent } from '../../../src/engine/money/money';
import { divideRounded, roundMoney } from '../../../src/engine/money/rounding';

test('money is an exact number of millionths', () => {
  expect(parseMoney('10')).toBe(10_000_000);
  expect(parseMoney('10.5')).toBe(10_500_000);
  expect(parseMoney('0.000001')).toBe(1);
  expect(parseMoney('999999999999.999999')).toBe(999_999_999_999_999_999n);
});

test('a percentage is an exact fraction of one', () => {
  expect(parsePercent('100')).toEqual({ num: 1, den: 1 });
  expect(parsePercent('33.3333')).toEqual({ num: 333_333, den: 1_000_000 });
  expect(parsePercent('0.5')).toEqual({ num: 1, den: 200 });
});

test('currencies have their digits', () => {
  expect(['EUR', 'JPY', 'KWD', 'RUB'].map(minorDigits)).toEqual([2, 0, 3, 2]);
  expect(['EUR', 'eur', 'XYZ', ''].map(isCurrency)).toEqual([true, false, false, false]);
});

test('money is written with all digits of its currency', () => {
  expect(formatMoney(1234, 2)).toBe('12.34');
  expect(formatMoney(5, 2)).toBe('0.05');
  expect(formatMoney(0, 2)).toBe('0.00');
  expect(formatMoney(980, 0)).toBe('980');
  expect(formatMoney(1500, 3)).toBe('1.500');
});

test.each([
  [5, 2, 3, 2],
  [7, 2, 4, 4],
  [25, 10, 3, 2],
  [26, 10, 3, 3],
  [24, 10, 2, 2],
  [0, 10, 0, 0],
])('%d / %d is %d where halves go up, and %d where they go to the even number', (num, den, up, even) => {
  expect(divideRounded(num, den, 'half_up')).toBe(up);
  expect(divideRounded(num, den, 'half_even')).toBe(even);
});

test('money is rounded to the digits of a currency', () => {
  expect(roundMoney(5_000, 2, 'half_up')).toBe(1);
  expect(roundMoney(5_000, 2, 'half_even')).toBe(0);
  expect(roundMoney(15_000, 2, 'half_even')).toBe(2);
  expect(roundMoney(979_500_000, 0, 'half_up')).toBe(980);
});

describe('the largest remainder', () => {
  test.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [5, [3, 1], [4, 1]],
    [1, [1, 3], [0, 1]],
    [2, [1, 1, 1], [1, 1, 0]],
    [0, [1, 2], [0, 0]],
  ])('%d over %j', (total, weights, parts) => {
    expect(largestRemainder(total, weights)).toEqual(parts);
  });
});

describe('an allocation', () => {
  test('an allocation hands what a part cannot take to the others', () => {
    expect(allocate(1000, [1000, 3000], [100, 3000])).toEqual([100, 900]);
    expect(allocate(100, [1, 1, 1], [10, 40, 100])).toEqual([10, 40, 50]);
  });

  test('an allocation ends where nothing more fits', () => {
    expect(allocate(10, [1, 1], [3, 4])).toEqual([3, 4]);
    expect(allocate(10, [1, 1], [0, 0])).toEqual([0, 0]);
  });

  test('an allocation gives nothing to a part without weight', () => {
    expect(allocate(10, [0, 1], [10, 10])).toEqual([0, 10]);
  });
});
