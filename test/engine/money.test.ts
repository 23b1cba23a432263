import {
  allocate,
  divideRounded,
  formatMoney,
  isCurrency,
  largestRemainder,
  minorDigits,
  parseMoney,
  parsePercent,
  roundMoney,
} from '../../src/engine/money';

test('money is an exact number of millionths', () => {
  expect(parseMoney('10')).toBe(10_000_000n);
  expect(parseMoney('10.5')).toBe(10_500_000n);
  expect(parseMoney('0.000001')).toBe(1n);
  expect(parseMoney('999999999999.999999')).toBe(999_999_999_999_999_999n);
});

test('a percentage is an exact fraction of one', () => {
  expect(parsePercent('100')).toEqual({ num: 1_000_000n, den: 1_000_000n });
  expect(parsePercent('33.3333')).toEqual({ num: 333_333n, den: 1_000_000n });
  expect(parsePercent('0.5')).toEqual({ num: 5_000n, den: 1_000_000n });
});

test('currencies have their digits', () => {
  expect(['EUR', 'JPY', 'KWD', 'RUB'].map(minorDigits)).toEqual([2, 0, 3, 2]);
  expect(['EUR', 'eur', 'XYZ', ''].map(isCurrency)).toEqual([true, false, false, false]);
});

test('money is written with all digits of its currency', () => {
  expect(formatMoney(1234n, 2)).toBe('12.34');
  expect(formatMoney(5n, 2)).toBe('0.05');
  expect(formatMoney(0n, 2)).toBe('0.00');
  expect(formatMoney(980n, 0)).toBe('980');
  expect(formatMoney(1500n, 3)).toBe('1.500');
});

test.each([
  [5n, 2n, 3n, 2n],
  [7n, 2n, 4n, 4n],
  [25n, 10n, 3n, 2n],
  [26n, 10n, 3n, 3n],
  [24n, 10n, 2n, 2n],
  [0n, 10n, 0n, 0n],
])('%d / %d is %d where halves go up, and %d where they go to the even number', (num, den, up, even) => {
  expect(divideRounded(num, den, 'half_up')).toBe(up);
  expect(divideRounded(num, den, 'half_even')).toBe(even);
});

test('money is rounded to the digits of a currency', () => {
  expect(roundMoney(5_000n, 2, 'half_up')).toBe(1n);
  expect(roundMoney(5_000n, 2, 'half_even')).toBe(0n);
  expect(roundMoney(15_000n, 2, 'half_even')).toBe(2n);
  expect(roundMoney(979_500_000n, 0, 'half_up')).toBe(980n);
});

describe('the largest remainder', () => {
  test.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [5n, [3n, 1n], [4n, 1n]],
    [1n, [1n, 3n], [0n, 1n]],
    [2n, [1n, 1n, 1n], [1n, 1n, 0n]],
    [0n, [1n, 2n], [0n, 0n]],
  ])('%d over %j', (total, weights, parts) => {
    expect(largestRemainder(total, weights)).toEqual(parts);
  });
});

describe('an allocation', () => {
  test('hands what a part cannot take to the others', () => {
    expect(allocate(1000n, [1000n, 3000n], [100n, 3000n])).toEqual([100n, 900n]);
    expect(allocate(100n, [1n, 1n, 1n], [10n, 40n, 100n])).toEqual([10n, 40n, 50n]);
  });

  test('ends where nothing more fits', () => {
    expect(allocate(10n, [1n, 1n], [3n, 4n])).toEqual([3n, 4n]);
    expect(allocate(10n, [1n, 1n], [0n, 0n])).toEqual([0n, 0n]);
  });

  test('gives nothing to a part without weight', () => {
    expect(allocate(10n, [0n, 1n], [10n, 10n])).toEqual([0n, 10n]);
  });
});
