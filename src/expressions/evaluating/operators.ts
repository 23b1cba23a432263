import { COST, costOfText, isShort, isShortList, type Steps } from '../step-budget';
import {
  type Decimal,
  Duration,
  FAILED,
  isBounded,
  isDecimal,
  isFailure,
  isList,
  isMembers,
  type Members,
  Timestamp,
  type Value,
} from '../values/values';

/** A binary operator over values that are no failures. */
export type Binary = (a: Value, b: Value, steps: Steps) => Value;

const LEAST_INT = -(2n ** 63n);
const MOST_INT = 2n ** 63n - 1n;
/** The instants that a timestamp may be: of the years 1 to 9999. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The binary operators by their signs, but for `&&` and `||`, which need not look at both sides. */
export const BINARY: Readonly<Record<string, Binary>> = {
  '+': plus,
  '-': minus,
  '*': times,
  '/': over,
  '%': (a, b, steps) => (typeof a === 'bigint' && typeof b === 'bigint' && b !== 0n ? integer(a % b, steps) : FAILED),
  '==': equal,
  '!=': (a, b, steps) => !equal(a, b, steps),
  '<': (a, b, steps) => compared(a, b, steps, (sign) => sign < 0),
  '<=': (a, b, steps) => compared(a, b, steps, (sign) => sign <= 0),
  '>': (a, b, steps) => compared(a, b, steps, (sign) => sign > 0),
  '>=': (a, b, steps) => compared(a, b, steps, (sign) => sign >= 0),
  in: isIn,
};

/** Returns the negative number. */
export function negative(value: Value, steps: Steps): Value {
  if (typeof value === 'bigint') return integer(-value, steps);
  if (typeof value === 'number') return double(-value, steps);
  return isDecimal(value) ? decimal(() => value.times(-1), value, value, steps) : FAILED;
}

/** Returns a double, which takes a place in memory. */
function double(value: number, steps: Steps): Value {
  steps.take(2 * COST.integer);
  return value;
}

/** Returns an int that has 64 bits; another one is a failure. */
export function integer(value: bigint, steps: Steps): Value {
  steps.take(COST.integer);
  return value >= LEAST_INT && value <= MOST_INT ? value : FAILED;
}

/** Returns a timestamp of a year that can be written; another one is a failure. */
export function timestamp(ms: number): Value {
  return ms >= FIRST_MS && ms <= LAST_MS ? new Timestamp(ms) : FAILED;
}

/** Returns a text that is not too long. */
export function text(value: string, steps: Steps): Value {
  steps.take(costOfText(value.length));
  return isShort(value.length) ? value : FAILED;
}

/** Returns what is computed of two decimals, within bounds; `cost` is beside what their digits take, each with each or one by one. */
export function decimal(
  compute: () => Decimal,
  a: Decimal,
  b: Decimal,
  steps: Steps,
  cost: number = COST.decimal,
): Value {
  steps.take(cost + 3 * (a.c.length + b.c.length + Math.abs(a.e - b.e)));
  const result = compute();
  return isBounded(result) ? result : FAILED;
}

function plus(a: Value, b: Value, steps: Steps): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return integer(a + b, steps);
  if (typeof a === 'number' && typeof b === 'number') return double(a + b, steps);
  if (typeof a === 'string' && typeof b === 'string') {
    return isShort(a.length + b.length) ? text(a + b, steps) : FAILED;
  }
  if (isDecimal(a) && isDecimal(b)) return decimal(() => a.plus(b), a, b, steps);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.ms + b.ms);
  if (a instanceof Duration && b instanceof Timestamp) return timestamp(a.ms + b.ms);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.ms + b.ms);
  if (!isList(a) || !isList(b) || !isShortList(a.length + b.length)) return FAILED;
  steps.take(COST.entry * (a.length + b.length));
  return [...a, ...b];
}

function minus(a: Value, b: Value, steps: Steps): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return integer(a - b, steps);
  if (typeof a === 'number' && typeof b === 'number') return double(a - b, steps);
  if (isDecimal(a) && isDecimal(b)) return decimal(() => a.minus(b), a, b, steps);
  if (a instanceof Timestamp && b instanceof Timestamp) return new Duration(a.ms - b.ms);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.ms - b.ms);
  return a instanceof Duration && b instanceof Duration ? new Duration(a.ms - b.ms) : FAILED;
}

function times(a: Value, b: Value, steps: Steps): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return integer(a * b, steps);
  if (typeof a === 'number' && typeof b === 'number') return double(a * b, steps);
  return isDecimal(a) && isDecimal(b)
    ? decimal(() => a.times(b), a, b, steps, COST.decimal + 3 * a.c.length * b.c.length)
    : FAILED;
}

function over(a: Value, b: Value, steps: Steps): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return b === 0n ? FAILED : integer(a / b, steps);
  if (typeof a === 'number' && typeof b === 'number') return double(a / b, steps);
  if (!isDecimal(a) || !isDecimal(b) || b.eq(0)) return FAILED;
  return decimal(() => a.div(b), a, b, steps, COST.division + a.c.length * b.c.length);
}

/** Returns the sign of `a − b`; `undefined`: they have no order. A whole number and a decimal do, where the types are only known now. */
export function order(a: Value, b: Value, steps: Steps): number | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') {
    steps.take(costOfText(Math.min(a.length, b.length)));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (isDecimal(a) || isDecimal(b)) return orderOfDecimals(a, b, steps);
  if (isDouble(a) && isDouble(b)) return Number.isNaN(Number(a)) || Number.isNaN(Number(b)) ? undefined : sign(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return Math.sign(a.ms - b.ms);
  return a instanceof Duration && b instanceof Duration ? Math.sign(a.ms - b.ms) : undefined;
}

function orderOfDecimals(a: Value, b: Value, steps: Steps): number | undefined {
  const [left, right] = [comparable(a), comparable(b)];
  if (left === undefined || right === undefined) return undefined;
  steps.take(COST.decimal);
  // The decimal is the one that has `cmp`; the other may be a whole number as text.
  if (typeof left !== 'string') return left.cmp(right);
  return typeof right === 'string' ? undefined : -right.cmp(left);
}

function comparable(value: Value): Decimal | string | undefined {
  if (typeof value === 'bigint') return `${value}`;
  return isDecimal(value) ? value : undefined;
}

function isDouble(value: Value): value is bigint | number {
  return typeof value === 'number' || typeof value === 'bigint';
}

function sign(a: bigint | number, b: bigint | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compared(a: Value, b: Value, steps: Steps, holds: (sign: number) => boolean): Value {
  const found = order(a, b, steps);
  if (found !== undefined) return holds(found);
  // Nothing is less, equal or more than what is no number.
  return isDouble(a) && isDouble(b) ? false : FAILED;
}

/** Returns whether two values are the same; of different kinds they are not. */
export function equal(a: Value, b: Value, steps: Steps): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    steps.take(costOfText(Math.min(a.length, b.length)));
    return a === b;
  }
  if (a === b) return true;
  if (isList(a) && isList(b)) {
    steps.take(COST.entry * (1 + Math.min(a.length, b.length)));
    return a.length === b.length && a.every((entry, place) => equal(entry, b[place] ?? null, steps));
  }
  if (isMembers(a) && isMembers(b)) return sameMembers(a, b, steps);
  if (isFailure(a) || isFailure(b)) return false;
  return order(a, b, steps) === 0;
}

function sameMembers(a: Members, b: Members, steps: Steps): boolean {
  const names = a.keys();
  steps.take(COST.entry * (1 + names.length));
  if (names.length !== b.keys().length) return false;
  return names.every((name) => {
    const [own, other] = [a.get(name as string, steps), b.get(name as string, steps)];
    return own !== undefined && other !== undefined && equal(own, other, steps);
  });
}

function isIn(value: Value, whole: Value, steps: Steps): Value {
  if (isList(whole)) {
    for (const entry of whole) {
      steps.take(COST.entry);
      if (equal(value, entry, steps)) return true;
    }
    return false;
  }
  if (!isMembers(whole)) return FAILED;
  return isKey(value) && whole.get(value, steps) !== undefined;
}

/** Returns whether a value may be the key of a map. */
export function isKey(value: Value): value is string | boolean | bigint {
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint';
}
