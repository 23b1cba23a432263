import {
  compareNumbers,
  decimalText,
  EXACT,
  isComparable,
  isJsonNumber,
  type JsonNumber,
} from '../../../src/engine/vocabulary/decimal';

const exact = (digits: string): JsonNumber => `${EXACT}${digits}`;
const digits = (count: number) => exact('1'.repeat(count));

test.each<[JsonNumber, JsonNumber]>([
  [1.1, exact('1.10')],
  [1.1, exact('11e-1')],
  [1000, exact('1e3')],
  [1e21, exact('1000000000000000000000')],
  [0, exact('-0.00')],
  [-0, 0],
  [-2.5, exact('-250E-2')],
])('%s and %s are the same number', (a, b) => {
  expect(decimalText(a)).toBe(decimalText(b));
  expect(compareNumbers(a, b)).toBe(0);
});

test.each<[JsonNumber, JsonNumber]>([
  [0.1, exact('0.1000000000000000055511151231257827')],
  [exact('9007199254740992'), exact('9007199254740993')],
  [exact('-9007199254740993'), exact('-9007199254740992')],
  [-1, 0.5],
  [exact('1e-30'), 1e30],
])('%s is less than %s', (a, b) => {
  expect(decimalText(a)).not.toBe(decimalText(b));
  expect(compareNumbers(a, b)).toBe(-1);
  expect(compareNumbers(b, a)).toBe(1);
});

test.each<[JsonNumber, boolean]>([
  [digits(30), true],
  [digits(31), false],
  [exact(`0.${'0'.repeat(29)}1`), true],
  [exact(`0.${'0'.repeat(30)}1`), false],
  [exact(`1.${'0'.repeat(40)}`), true],
  [1e30, true],
  [1e31, false],
  [exact('1e-31'), false],
  [exact('1e400'), false],
  [exact('-1e-400'), false],
  [exact('0e5'), true],
  [Number.POSITIVE_INFINITY, false],
])('whether rules can compare %s: %s', (value, expected) => {
  expect(isComparable(value)).toBe(expected);
});

test('a text is no number, whatever it looks like', () => {
  expect([2, exact('2'), '2', true].map(isJsonNumber)).toEqual([true, true, false, false]);
});
