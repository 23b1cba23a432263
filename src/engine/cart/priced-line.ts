import { type Fraction, ONE } from '../money/fraction';
import { add, type Integer, multiply, quotientUp, subtract } from '../money/integer';
import { parseMoney, powerOfTen } from '../money/money';
import { roundMoney } from '../money/rounding';
import { periodKey } from '../time/calendar';
import { type Period, parseInstant } from '../time/instant';
import { withPlanAttributes } from '../vocabulary/attributes';
import { pickText } from '../vocabulary/localized-text';
import type { Plan } from '../vocabulary/plan';
import type { Settings } from '../vocabulary/provider';
import type { Selectable } from '../vocabulary/selector';
import type { CartLine } from './cart';

/** A line of the cart with its prices as integers and its plan's registered groups, tags and title added. */
export interface PricedLine extends Selectable {
  /** Its place in the cart. */
  readonly index: number;
  readonly id: string;
  readonly title: string | undefined;
  readonly period: Period | undefined;
  /** Millionths of a major unit. */
  readonly unitPrice: Integer;
  /** No discount brings a unit below this price; absent: 0. */
  readonly minUnitPrice: Integer | undefined;
  /** Unit price times quantity, in minor units of the currency. */
  readonly subtotal: Integer;
  /** The setup fee in minor units; absent: the line has none. */
  readonly setup: Integer | undefined;
  /** The most that discounts may take off `subtotal`, in minor units: what lies above the floor of `minUnitPrice`. */
  readonly discountable: Integer;
  /** Milliseconds; the quote's instant where the request is silent. */
  readonly orderedAt: number;
  /** Where the request is silent and a transition begins at another instant, that of the transition. */
  startsAt: number;
}

/** How much of a line a discount is for. */
export interface LinePart {
  readonly line: PricedLine;
  /** How many of its units are discounted. */
  readonly units: number;
  /** The part of its period that is covered. */
  readonly share: Fraction;
}

/** What the lines of a cart have in common. */
interface LineTerms {
  readonly at: number;
  readonly currency: string;
  readonly digits: number;
  readonly roundingMode: Settings['roundingMode'];
  readonly plans: ReadonlyMap<string, Plan>;
  readonly languages: readonly string[];
}

/** Prices a line of a request, at a place in the cart. */
export function priceLine(line: CartLine, index: number, terms: LineTerms): PricedLine {
  const { at, currency, digits, roundingMode, plans, languages } = terms;
  const plan = line.plan === undefined ? undefined : plans.get(line.plan);
  const quantity = line.quantity ?? 1;
  const unitPrice = parseMoney(line.unitPrice);
  const subtotal = roundMoney(multiply(unitPrice, quantity), digits, roundingMode);
  const minUnitPrice = line.minUnitPrice === undefined ? undefined : parseMoney(line.minUnitPrice);
  return {
    index,
    id: line.id,
    serviceType: line.serviceType,
    plan: line.plan,
    planGroups: concatenated(line.planGroups, plan?.planGroups),
    addon: line.addon,
    tags: concatenated(line.tags, plan?.tags),
    attributes: withPlanAttributes(line.attributes, plan?.attributes),
    title: line.title ?? pickText(plan?.title, languages),
    period: line.period,
    periodKey: line.period === undefined ? undefined : periodKey(line.period),
    action: line.action ?? 'order',
    quantity,
    unitPrice,
    currency,
    minUnitPrice,
    subtotal,
    setup: line.setupFee === undefined ? undefined : roundMoney(parseMoney(line.setupFee), digits, roundingMode),
    discountable: minUnitPrice === undefined ? subtotal : aboveFloor(subtotal, minUnitPrice, quantity, digits),
    orderedAt: line.orderedAt === undefined ? at : parseInstant(line.orderedAt),
    startsAt: line.startsAt === undefined ? at : parseInstant(line.startsAt),
  };
}

/** Returns a line as a whole. */
export function wholeLine(line: PricedLine): LinePart {
  return { line, units: line.quantity, share: ONE };
}

/** The floor is rounded up, so that the line never costs less than its least price. */
function aboveFloor(subtotal: Integer, minUnitPrice: Integer, quantity: number, digits: number): Integer {
  const floor = quotientUp(multiply(minUnitPrice, quantity), powerOfTen(6 - digits));
  return floor >= subtotal ? 0 : subtract(subtotal, floor);
}

/** Concatenates two lists; the request's entries and the registered plan's count alike. */
export function concatenated(
  own: readonly string[] | undefined,
  registered: readonly string[] | undefined,
): readonly string[] {
  if (registered === undefined || registered.length === 0) return own ?? [];
  return own === undefined || own.length === 0 ? registered : [...own, ...registered];
}

/** Lines together, setup fees left out. */
export interface Measured {
  readonly quantity: number;
  /** The undiscounted total, in minor units. */
  readonly subtotal: Integer;
}

/** Measures lines together. */
export function measure(lines: readonly PricedLine[]): Measured {
  let quantity = 0;
  let subtotal: Integer = 0;
  for (const line of lines) {
    quantity += line.quantity;
    subtotal = add(subtotal, line.subtotal);
  }
  return { quantity, subtotal };
}
