import { type Fraction, ONE } from '../money/fraction';
import { add, type Integer, multiply, quotientUp, subtract } from '../money/integer';
import { minorDigits, parseMoney, powerOfTen } from '../money/money';
import { roundMoney } from '../money/rounding';
import { periodKey } from '../time/calendar';
import { type Period, parseInstant } from '../time/instant';
import { withPlanAttributes } from '../vocabulary/attributes';
import { type KeyKind, keysOf } from '../vocabulary/keys';
import { languageOrder, pickText } from '../vocabulary/localized-text';
import type { Plan } from '../vocabulary/plan';
import { RequestRefused } from '../vocabulary/problem';
import type { Settings } from '../vocabulary/provider';
import type { Selectable } from '../vocabulary/selector';
import type { Cart, CartLine } from './cart';
import { contradictions } from './contradictions';
import { type CoveredShare, coverage } from './coverage';
import type { Customer, OwnedService } from './customer';
import { allSteps, type StepsLeft } from './steps';

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

/** Lines filed under the keys of one kind. */
export interface LinesByKey {
  /** The keys, each once. */
  readonly keys: readonly string[];
  readonly lines: ReadonlyMap<string, readonly PricedLine[]>;
}

/** Lines together, setup fees left out. */
export interface Measured {
  readonly quantity: number;
  /** The undiscounted total, in minor units. */
  readonly subtotal: Integer;
}

/** The cart as every rule sees it: undiscounted, and never changed. */
export interface PricedCart {
  readonly request: Cart;
  /** The quote's instant in milliseconds. */
  readonly at: number;
  readonly timeZone: string;
  readonly settings: Settings;
  readonly currency: string;
  /** The currency's minor digits. */
  readonly digits: number;
  readonly lines: readonly PricedLine[];
  /** Of all lines together, as many conditions ask for it. */
  readonly measured: Measured;
  /** Each line as a whole, by its place in the cart. */
  readonly wholeLines: readonly LinePart[];
  /** The lines by the keys of a kind that they bring. */
  readonly linesBy: (kind: KeyKind) => LinesByKey;
  /** The part of a line's period that a discount covers. */
  readonly coverage: CoveredShare;
  readonly customer: Customer | undefined;
  /** The customer's groups, where they are known. */
  readonly groups: ReadonlySet<string> | undefined;
  /** The customer's services as selectors see them. */
  readonly services: readonly PricedService[] | undefined;
  /** The languages of the answer, first choice first. */
  readonly languages: readonly string[];
  /** The language that the request or its customer names. */
  readonly language: string | undefined;
  /** What expressions may still cost. */
  readonly steps: StepsLeft;
}

/** A service that the customer owns, as selectors see it. */
export interface PricedService extends Selectable {
  readonly status: OwnedService['status'];
  readonly paid: boolean;
}

/** What pricing a cart needs of the provider. */
export interface CartContext {
  readonly provider: { timeZone: string; defaultLanguage: string; settings: Settings };
  readonly plans: ReadonlyMap<string, Plan>;
}

/** Prices the cart of a request; one that contradicts itself is refused. */
export function priceCart(request: Cart, at: number, context: CartContext): PricedCart {
  const { timeZone, defaultLanguage, settings } = context.provider;
  const errors = contradictions(request, at);
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
  const language = request.language ?? request.customer?.language;
  const languages = languageOrder(language, defaultLanguage);
  const digits = minorDigits(request.currency);
  const { currency } = request;
  const terms = { at, currency, digits, roundingMode: settings.roundingMode, plans: context.plans, languages };
  const lines = request.lines.map((line, index) => priceLine(line, index, terms));
  return {
    request,
    at,
    timeZone,
    settings,
    currency,
    digits,
    lines,
    measured: measure(lines),
    wholeLines: lines.map(wholeLine),
    linesBy: lineIndex(lines),
    coverage: coverage(timeZone),
    customer: request.customer,
    groups: request.customer?.groups && new Set(request.customer.groups),
    services: request.customer?.services?.map((service) => ownedService(service, context.plans)),
    languages,
    language,
    steps: allSteps(),
  };
}

/** Returns the cart with one line more; those that it has are the same. */
export function withLine(cart: PricedCart, line: CartLine, { plans }: CartContext): PricedCart {
  const { request, at, currency, digits, settings, languages, measured } = cart;
  const terms = { at, currency, digits, roundingMode: settings.roundingMode, plans, languages };
  const added = priceLine(line, cart.lines.length, terms);
  const lines = [...cart.lines, added];
  return {
    ...cart,
    request: { ...request, lines: [...request.lines, line] },
    lines,
    measured: {
      quantity: measured.quantity + added.quantity,
      subtotal: add(measured.subtotal, added.subtotal),
    },
    wholeLines: [...cart.wholeLines, wholeLine(added)],
    linesBy: lineIndex(lines),
  };
}

function wholeLine(line: PricedLine): LinePart {
  return { line, units: line.quantity, share: ONE };
}

/** Indexes the lines by the keys of a kind on first use. */
function lineIndex(lines: readonly PricedLine[]): PricedCart['linesBy'] {
  const known: { readonly kind: KeyKind; readonly filed: LinesByKey }[] = [];
  return (kind) => {
    for (const one of known) if (one.kind === kind) return one.filed;
    const filed = fileLines(lines, kind);
    known.push({ kind, filed });
    return filed;
  };
}

function fileLines(lines: readonly PricedLine[], kind: KeyKind): LinesByKey {
  const keys: string[] = [];
  const byKey = new Map<string, PricedLine[]>();
  const file = (line: PricedLine, key: string): void => {
    const filed = byKey.get(key);
    if (filed === undefined) {
      byKey.set(key, [line]);
      keys.push(key);
      // A line may name a tag or a group twice.
    } else if (filed[filed.length - 1] !== line) filed.push(line);
  };
  // Of most kinds a line has one key at most: no list is made for it.
  if (kind === 'plan' || kind === 'addon' || kind === 'serviceType') {
    for (const line of lines) {
      const key = line[kind];
      if (key !== undefined) file(line, key);
    }
  } else {
    for (const line of lines) for (const key of keysOf(line, kind)) file(line, key);
  }
  return { keys, lines: byKey };
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

function priceLine(line: CartLine, index: number, terms: LineTerms): PricedLine {
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

/** The floor is rounded up, so that the line never costs less than its least price. */
function aboveFloor(subtotal: Integer, minUnitPrice: Integer, quantity: number, digits: number): Integer {
  const floor = quotientUp(multiply(minUnitPrice, quantity), powerOfTen(6 - digits));
  return floor >= subtotal ? 0 : subtract(subtotal, floor);
}

function ownedService(service: OwnedService, plans: ReadonlyMap<string, Plan>): PricedService {
  const plan = service.plan === undefined ? undefined : plans.get(service.plan);
  return {
    serviceType: service.serviceType,
    plan: service.plan,
    planGroups: concatenated(service.planGroups, plan?.planGroups),
    addon: undefined,
    tags: plan?.tags ?? [],
    attributes: plan?.attributes,
    periodKey: undefined,
    action: undefined,
    quantity: service.quantity ?? 1,
    unitPrice: undefined,
    currency: undefined,
    status: service.status,
    paid: service.paid ?? false,
  };
}

/** Concatenates two lists; the request's entries and the registered plan's count alike. */
export function concatenated(
  own: readonly string[] | undefined,
  registered: readonly string[] | undefined,
): readonly string[] {
  if (registered === undefined || registered.length === 0) return own ?? [];
  return own === undefined || own.length === 0 ? registered : [...own, ...registered];
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
