import {
  add,
  gcd,
  type Integer,
  integerOf,
  least,
  multiply,
  quotient,
  quotientUp,
  remainder,
  subtract,
} from '../../../src/engine/money/integer';

const MOST = Number.MAX_SAFE_INTEGER;

/** What a bigint is in the one form of an integer. */
const exact = (value: bigint): Integer => (value >= -BigInt(MOST) && value <= BigInt(MOST) ? Number(value) : value);

const OPERANDS: Integer[] = [
  ...[0, 1, 2, 3, 7, 10, 999_999, 2 ** 26 + 1, 2 ** 31, 2 ** 52 - 1, MOST - 1, MOST],
  ...[2n ** 53n, 2n ** 53n + 1n, 999_999_999_999_999_999n],
];
const PAIRS = OPERANDS.flatMap((a) => OPERANDS.map((b): [Integer, Integer] => [a, b]));

test.each(PAIRS)('%s and %s are computed with exactly, in the one form of the result', (a, b) => {
  const [x, y] = [BigInt(a), BigInt(b)];
  expect(add(a, b)).toBe(exact(x + y));
  expect(subtract(a, b)).toBe(exact(x - y));
  expect(multiply(a, b)).toBe(exact(x * y));
  expect(least(a, b)).toBe(exact(x < y ? x : y));
  if (y === 0n) return;
  expect(quotient(a, b)).toBe(exact(x / y));
  expect(quotientUp(a, b)).toBe(exact((x + y - 1n) / y));
  expect(remainder(a, b)).toBe(exact(x % y));
});

test('division is exact next to a whole quotient, where a double would be rounded to it', () => {
  for (const divisor of [3, 7, 10, 97, 1_000, 999_983, 2 ** 26 + 1]) {
    const whole = Math.floor(MOST / divisor);
    for (const value of [whole * divisor - 1, whole * divisor, whole * divisor + 1].filter((n) => n <= MOST)) {
      expect(quotient(value, divisor)).toBe(Number(BigInt(value) / BigInt(divisor)));
    }
  }
});

test('an integer is a number as long as that is exact', () => {
  expect(integerOf(BigInt(MOST))).toBe(MOST);
  expect(integerOf(BigInt(MOST) + 1n)).toBe(BigInt(MOST) + 1n);
  expect(integerOf(-BigInt(MOST) - 1n)).toBe(-BigInt(MOST) - 1n);
});

test('the greatest common divisor', () => {
  expect(gcd(1_000_000, 105_000)).toBe(5_000);
  expect(gcd(12, 0)).toBe(12);
  expect(gcd(2n ** 60n, 2 ** 40)).toBe(2 ** 40);
});
