import type { CartLine } from '../../src/engine/cart/cart';
import type { Amounts } from '../../src/engine/money/money';
import type { RoundingMode } from '../../src/engine/money/rounding';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Period } from '../../src/engine/time/instant';
import type { Attributes } from '../../src/engine/vocabulary/attributes';
import type { Plan } from '../../src/engine/vocabulary/plan';
import type { Action, Selector, ServiceLists, UnitPriceRange } from '../../src/engine/vocabulary/selector';
import { attributeNamed, isOneOf } from './attributes';
import { inUnits } from './calendar';
import { Fraction } from './fraction';

const DIGITS: { readonly [currency: string]: number } = { JPY: 0, KWD: 3, CLF: 4, UYW: 4 };

/** The minor digits of the currencies that the model knows: 2 unless listed. */
export function digitsOf(currency: string): number {
  return DIGITS[currency] ?? 2;
}

/** What a selector looks at. */
export interface Service {
  serviceType: string;
  plan?: string;
  planGroups: readonly string[];
  addon?: string;
  tags: readonly string[];
  attributes?: Attributes;
  period?: Period;
  action?: Action;
  quantity: number;
  /** A service that the customer owns has none. */
  price?: { unit: Fraction; currency: string };
}

/** A line of the cart with its prices as numbers and its defaults filled in. */
export interface Line extends Service {
  index: number;
  id: string;
  action: Action;
  unitPrice: Fraction;
  /** No discount brings a unit below it. */
  minUnitPrice: Fraction;
  /** Rounded to the currency. */
  subtotal: Fraction;
  /** Rounded to the currency; absent: the line has no setup fee. */
  setup?: Fraction;
  /** The most that discounts may take off the subtotal. */
  room: Fraction;
  startsAt: number;
  orderedAt: number;
}

/** The lines of a cart, the registered plans' groups and tags added. */
export function readCart(request: QuoteRequest, at: number, plans: readonly Plan[], mode: RoundingMode): Line[] {
  return request.lines.map((line, index) => readLine(line, index, at, plans, request.currency, mode));
}

function readLine(
  line: CartLine,
  index: number,
  at: number,
  plans: readonly Plan[],
  currency: string,
  mode: RoundingMode,
): Line {
  const digits = digitsOf(currency);
  const registered = plans.find((plan) => plan.id === line.plan);
  const quantity = line.quantity ?? 1;
  const unitPrice = Fraction.parse(line.unitPrice);
  const subtotal = unitPrice.times(Fraction.of(quantity)).round(digits, mode);
  const minUnitPrice = Fraction.parse(line.minUnitPrice ?? '0');
  const floor = minUnitPrice.times(Fraction.of(quantity)).ceil(digits);
  return {
    index,
    id: line.id,
    action: line.action ?? 'order',
    serviceType: line.serviceType,
    plan: line.plan,
    planGroups: [...(line.planGroups ?? []), ...(registered?.planGroups ?? [])],
    addon: line.addon,
    tags: [...(line.tags ?? []), ...(registered?.tags ?? [])],
    attributes: { ...registered?.attributes, ...line.attributes },
    period: line.period,
    quantity,
    price: { unit: unitPrice, currency },
    unitPrice,
    minUnitPrice,
    subtotal,
    setup: line.setupFee === undefined ? undefined : Fraction.parse(line.setupFee).round(digits, mode),
    room: Fraction.max(subtotal.minus(floor), Fraction.ZERO),
    startsAt: line.startsAt === undefined ? at : Date.parse(line.startsAt),
    orderedAt: line.orderedAt === undefined ? at : Date.parse(line.orderedAt),
  };
}

/**
 * Whether a selector matches: any-of inside a list, all lists must match, an absent list matches everything; what matches
 * any entry of any excluded list is out.
 */
export function matches(selector: Selector | undefined, service: Service): boolean {
  if (selector === undefined) return true;
  const { minQuantity = 1, exclude = {}, unitPrice } = selector;
  return (
    listsOf(selector, service).every((named) => named !== false) &&
    !listsOf(exclude, service).includes(true) &&
    service.quantity >= minQuantity &&
    (unitPrice === undefined || isPricedWithin(unitPrice, service.price))
  );
}

/** For each list, whether the service is named in it; `undefined`: there is no such list. */
function listsOf(lists: ServiceLists, service: Service): (boolean | undefined)[] {
  return [
    contains(lists.serviceTypes, [service.serviceType]),
    contains(lists.plans, optional(service.plan)),
    contains(lists.planGroups, service.planGroups),
    contains(lists.addons, optional(service.addon)),
    contains(lists.tags, service.tags),
    contains(lists.actions, optional(service.action)),
    contains(lists.periods?.map(samePeriod), optional(service.period).map(samePeriod)),
    ...Object.entries(lists.attributes ?? {}).map(([name, choices]) => {
      const value = attributeNamed(service.attributes, name);
      return value !== undefined && isOneOf(value, choices);
    }),
  ];
}

/** `from` included, `below` not; a bound without the currency lets nothing in. */
function isPricedWithin({ from, below }: UnitPriceRange, price: Service['price']): boolean {
  if (price === undefined) return false;
  const bound = (amounts: Amounts | undefined) => Fraction.parse(amounts?.[price.currency] ?? '0');
  const isKnown = [from, below].every((amounts) => amounts === undefined || amounts[price.currency] !== undefined);
  const isBelow = below === undefined || price.unit.compare(bound(below)) < 0;
  return isKnown && price.unit.compare(bound(from)) >= 0 && isBelow;
}

function contains(wanted: readonly string[] | undefined, actual: readonly string[]): boolean | undefined {
  return wanted?.some((one) => actual.includes(one));
}

function optional<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** 12 months and 1 year are the same period. */
function samePeriod(period: Period): string {
  const { unit, count } = inUnits(period);
  return `${count} ${unit}`;
}
