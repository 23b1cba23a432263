import Big from 'big.js';
import type { RoundingMode } from '../../engine/money/rounding';
import type { Steps } from '../step-budget';

/** A decimal: exact, but for divisions. */
export type Decimal = Big;

/** Makes decimals; what is divided is rounded to 12 digits, as the constructor says. */
export type Decimals = typeof Big;

/** An instant, in milliseconds. */
export class Timestamp {
  constructor(readonly ms: number) {}
}

/** A span of time, in milliseconds. */
export class Duration {
  constructor(readonly ms: number) {}
}

/** Why an expression, or a part of it, has no value. */
export class Failure {
  constructor(
    readonly kind: 'missing_fact' | 'expression_failed',
    /** Which part of the expression names what is missing: another one names another fact. */
    readonly part?: object,
    /** What lacks the member, and its name. */
    private readonly whole?: Members,
    private readonly key?: Key,
  ) {}

  /** The place of the missing fact in the request; worked out only where it is told. */
  get pointer(): string | undefined {
    return this.key === undefined ? undefined : this.whole?.place(this.key);
  }
}

/** Any failure but a missing fact. */
export const FAILED = new Failure('expression_failed');

/** What a map may have as keys. */
export type Key = string | boolean | bigint;

/** A value of an expression; `int` is a bigint, `double` a number. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Decimal
  | Timestamp
  | Duration
  | Members
  | readonly Value[]
  | Failure;

/** What has members: a map, or a part of the cart. */
export interface Members {
  readonly isMembers: true;
  /** Returns the member; `undefined`: there is none. What it takes to make it is counted. */
  get(key: Key, steps: Steps): Value | undefined;
  /** Returns where the request would have the member. */
  place(key: Key): string | undefined;
  /** Returns the names of all members. */
  keys(): readonly Value[];
}

/** Returns whether a value is a failure. */
export function isFailure(value: Value): value is Failure {
  return value instanceof Failure;
}

/** Returns whether a value is a decimal. */
export function isDecimal(value: Value): value is Decimal {
  return value instanceof Big;
}

/** The most digits that a decimal may have: what its arithmetic costs grows with their square. */
const MOST_DIGITS = 80;

/** Returns whether a decimal is one that can go on: none grows without end. */
export function isBounded({ c, e }: Decimal): boolean {
  return c.length <= MOST_DIGITS && Math.abs(e) <= MOST_DIGITS;
}

/** Returns whether a value is a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Returns whether a value has members. */
export function isMembers(value: Value): value is Members {
  return typeof value === 'object' && value !== null && 'isMembers' in value;
}

/** Of two failures the one to tell: where two members are missing, neither place is the one. */
export function eitherFailure(first: Failure, second: Failure): Failure {
  if (first.kind !== 'missing_fact' || second.kind !== 'missing_fact' || first.part === second.part) return first;
  return new Failure('missing_fact');
}

const DIVISION_DIGITS = 12;
const HALF_UP = decimalsRounding(Big.roundHalfUp);
const HALF_EVEN = decimalsRounding(Big.roundHalfEven);

/** Returns the decimals of a provider: they round as all of its money does. */
export function decimalsOf(mode: RoundingMode): Decimals {
  return mode === 'half_even' ? HALF_EVEN : HALF_UP;
}

function decimalsRounding(mode: Big.RoundingMode): Decimals {
  const decimals = Big();
  decimals.DP = DIVISION_DIGITS;
  decimals.RM = mode;
  return decimals;
}
