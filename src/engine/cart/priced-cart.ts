import { add } from '../money/integer';
import { minorDigits } from '../money/money';
import type { KeyKind } from '../vocabulary/keys';
import { languageOrder } from '../vocabulary/localized-text';
import type { Plan } from '../vocabulary/plan';
import { RequestRefused } from '../vocabulary/problem';
import type { Settings } from '../vocabulary/provider';
import type { Selectable } from '../vocabulary/selector';
import type { Cart, CartLine } from './cart';
import { contradictions } from './contradictions';
import { type CoveredShare, coverage } from './coverage';
import type { Customer, OwnedService } from './customer';
import { type LinesByKey, lineIndex } from './line-index';
import {
  concatenated,
  type LinePart,
  type Measured,
  measure,
  type PricedLine,
  priceLine,
  wholeLine,
} from './priced-line';
import { allSteps, type StepsLeft } from './steps';

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
