import type Big from 'big.js';
import { COST, costOfText, isShortList, type Steps } from '../step-budget';
import type { ClockTime } from '../values/clock';
import { clockTime } from '../values/clock';
import {
  type Decimal,
  type Decimals,
  Duration,
  FAILED,
  isBounded,
  isDecimal,
  isList,
  isMembers,
  Timestamp,
  type Value,
} from '../values/values';
import { decimal, integer, order, text, timestamp } from './operators';

/** A function over values that are no failures; of a method the first one is what it belongs to. */
export type Callable = (args: readonly Value[], steps: Steps, decimals: Decimals) => Value;

const PLAIN_DECIMAL = /^-?\d{1,30}(\.\d{1,30})?$/;
const PLAIN_INTEGER = /^[+-]?\d{1,19}$/;
const PLAIN_DOUBLE = /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})(e[+-]?\d{1,3})?$/i;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const DURATION = /^-?(\d{1,15}(\.\d{1,9})?(h|ms|us|ns|m|s))+$/;
const DURATION_PARTS = /(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)/g;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 };
const MOST_ROUNDED_DIGITS = 30n;

/** Functions by name. */
export const FUNCTIONS: Readonly<Record<string, Callable>> = {
  decimal: ([value = null], steps, decimals) => {
    steps.take(COST.decimal);
    if (typeof value === 'bigint') return new decimals(`${value}`);
    if (isDecimal(value)) return value;
    return typeof value === 'string' && PLAIN_DECIMAL.test(value) ? new decimals(value) : FAILED;
  },
  int: ([value = null], steps) => {
    steps.take(COST.integer);
    if (typeof value === 'bigint') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? integer(BigInt(Math.trunc(value)), steps) : FAILED;
    return typeof value === 'string' && PLAIN_INTEGER.test(value) ? integer(BigInt(value), steps) : FAILED;
  },
  double: ([value = null], steps) => {
    steps.take(4 * COST.integer);
    if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
    return typeof value === 'string' && PLAIN_DOUBLE.test(value) ? Number(value) : FAILED;
  },
  string: ([value = null], steps) => {
    if (typeof value === 'string') return value;
    steps.take(COST.decimal);
    if (isDecimal(value)) return text(value.toFixed(), steps);
    if (value instanceof Timestamp) return new Date(value.ms).toISOString();
    return ['boolean', 'bigint', 'number'].includes(typeof value) ? `${value}` : FAILED;
  },
  bool: ([value = null]) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : FAILED;
  },
  dyn: ([value = null]) => value,
  timestamp: ([value = null], steps) => {
    steps.take(COST.instant);
    if (value instanceof Timestamp) return value;
    if (typeof value === 'bigint') return timestamp(Number(value) * 1000);
    return typeof value === 'string' && INSTANT.test(value) ? timestamp(Date.parse(value)) : FAILED;
  },
  duration: ([value = null], steps) => {
    steps.take(COST.instant);
    if (value instanceof Duration) return value;
    return typeof value === 'string' && value.length < 100 && DURATION.test(value)
      ? parsedDuration(value, steps)
      : FAILED;
  },
  size: sizeOf,
  min: (args, steps) => first(args, steps, -1),
  max: (args, steps) => first(args, steps, 1),
  sum: ([list = null], steps, decimals) => (isList(list) ? sumOf(list, steps, decimals) : FAILED),
  round: ([value = null, digits = 0n], steps, decimals) => {
    if (!isDecimal(value) || typeof digits !== 'bigint') return FAILED;
    if (digits > MOST_ROUNDED_DIGITS || digits < -MOST_ROUNDED_DIGITS) return FAILED;
    return decimal(
      () => value.round(Number(digits), decimals.RM as Big.RoundingMode),
      value,
      value,
      steps,
      COST.division,
    );
  },
};

/** Methods by name. */
export const METHODS: Readonly<Record<string, Callable>> = {
  size: sizeOf,
  startsWith: onTexts((whole, part) => whole.startsWith(part)),
  endsWith: onTexts((whole, part) => whole.endsWith(part)),
  contains: onTexts((whole, part) => whole.includes(part)),
  indexOf: onTexts((whole, part) => BigInt(whole.indexOf(part))),
  lastIndexOf: onTexts((whole, part) => BigInt(whole.lastIndexOf(part))),
  lowerAscii: onText((own) => own.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  upperAscii: onText((own) => own.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  trim: onText((own) => own.trim()),
  substring: ([own = null, from = null, to = null], steps) => {
    if (typeof own !== 'string' || typeof from !== 'bigint') return FAILED;
    const end = typeof to === 'bigint' ? to : BigInt(own.length);
    return from >= 0n && from <= end && end <= BigInt(own.length)
      ? text(own.slice(Number(from), Number(end)), steps)
      : FAILED;
  },
  split: ([own = null, separator = null], steps) => {
    if (typeof own !== 'string' || typeof separator !== 'string') return FAILED;
    steps.take(COST.made * (own.length + 1));
    return own.split(separator);
  },
  join: ([list = null, separator = ''], steps) => {
    if (!isList(list) || typeof separator !== 'string' || !isShortList(list.length)) return FAILED;
    let length = separator.length * list.length;
    for (const entry of list) {
      steps.take(COST.entry);
      if (typeof entry !== 'string') return FAILED;
      length += entry.length;
    }
    return length > 10_000 ? FAILED : text(list.join(separator), steps);
  },
  getFullYear: onClock(({ year }) => year),
  getMonth: onClock(({ month }) => month - 1),
  getDate: onClock(({ day }) => day),
  getDayOfMonth: onClock(({ day }) => day - 1),
  getDayOfWeek: onClock(({ weekday }) => weekday),
  getDayOfYear: onClock(({ dayOfYear }) => dayOfYear),
  getHours: onClock(({ hour }) => hour, 3_600_000),
  getMinutes: onClock(({ minute }) => minute, 60_000),
  getSeconds: onClock(({ second }) => second, 1_000),
  getMilliseconds: onClock(({ millisecond }) => millisecond, 1),
};

function sizeOf([value = null]: readonly Value[], steps: Steps): Value {
  if (isList(value)) return BigInt(value.length);
  if (isMembers(value)) return BigInt(value.keys().length);
  if (typeof value !== 'string') return FAILED;
  steps.take(2 * COST.entry * value.length);
  let characters = 0n;
  for (const _ of value) characters += 1n;
  return characters;
}

/** Returns the least, or the most, of several values or of a list; of nothing there is none. */
function first(args: readonly Value[], steps: Steps, wanted: -1 | 1): Value {
  const [list] = args;
  const values = args.length === 1 && list !== undefined && isList(list) ? list : args;
  let best: Value | undefined;
  for (const value of values) {
    steps.take(COST.entry);
    const sign = best === undefined ? wanted : order(value, best, steps);
    if (sign === undefined) return FAILED;
    if (sign === wanted) best = value;
  }
  return best ?? FAILED;
}

function sumOf(list: readonly Value[], steps: Steps, decimals: Decimals): Value {
  if (typeof list[0] === 'bigint') {
    let whole = 0n;
    for (const value of list) {
      steps.take(COST.integer);
      if (typeof value !== 'bigint') return FAILED;
      whole += value;
    }
    return integer(whole, steps);
  }
  let all: Decimal = new decimals(0);
  for (const value of list) {
    if (!isDecimal(value)) return FAILED;
    steps.take(COST.decimal + value.c.length + all.c.length + Math.abs(all.e - value.e));
    all = all.plus(value);
    if (!isBounded(all)) return FAILED;
  }
  return all;
}

function parsedDuration(written: string, steps: Steps): Duration {
  steps.take(written.length * COST.made);
  const parts = [...written.matchAll(DURATION_PARTS)];
  const ms = parts.reduce((sum, [, number = '0', unit = 'ms']) => sum + Number(number) * (UNIT_MS[unit] ?? 0), 0);
  return new Duration(written.startsWith('-') ? -ms : ms);
}

function onText(change: (own: string) => string): Callable {
  return ([own = null], steps) => {
    if (typeof own !== 'string') return FAILED;
    steps.take(COST.decimal + own.length * COST.made);
    return change(own);
  };
}

/** Looking for a text in another one may compare each character with each. */
function onTexts(find: (whole: string, part: string) => Value): Callable {
  return ([whole = null, part = null], steps) => {
    if (typeof whole !== 'string' || typeof part !== 'string') return FAILED;
    steps.take(COST.integer + costOfText(whole.length) + ((whole.length * part.length) >> 3));
    return find(whole, part);
  };
}

/** Returns a field of a timestamp, in UTC or a zone; of a duration how many times it is in it, where it has one. */
function onClock(field: (time: ClockTime) => number, unitMs?: number): Callable {
  return ([own = null, timeZone = 'UTC'], steps) => {
    steps.take(timeZone === 'UTC' ? COST.decimal : COST.calendar);
    if (own instanceof Duration) return unitMs === undefined ? FAILED : BigInt(Math.trunc(own.ms / unitMs));
    if (!(own instanceof Timestamp) || typeof timeZone !== 'string') return FAILED;
    try {
      return BigInt(field(clockTime(own.ms, timeZone)));
    } catch {
      return FAILED;
    }
  };
}
