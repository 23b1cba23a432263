import { type PricedCart, priceCart } from '../cart/priced-cart';
import { type CartScope, type Decided, decide, keysOfCart, promotionsOf } from '../decision/decision';
import { explain } from '../decision/explanation';
import { codeByPromotion, enteredCodes } from '../judging/codes';
import type { Facts, FactsNeeded } from '../judging/facts';
import { nudgesFor } from '../offers/nudges';
import { type Offered, offeredIn, pricedOffers } from '../offers/offer-prices';
import { offersFor } from '../offers/offers';
import { priceFrom } from '../offers/reprice';
import { rulesOf } from '../rulebook/draft';
import type { Rulebook } from '../rulebook/rulebook';
import type { DiscountRule } from '../rulebook/rules';
import type { Ruleset } from '../rulebook/ruleset';
import { formatInstant } from '../time/instant';
import { planTransitions } from '../transitions/plan';
import type { QuotedTransition } from '../transitions/quoted-transition';
import { beginWithTransitions, periodStarts, quoteTransitions } from '../transitions/transitions';
import { upgradeOffersFor } from '../transitions/upgrade-offers';
import type { Quote } from './answer';
import { describe } from './applied';
import { Evaluated, type Evaluation, type Prices } from './evaluation';
import { dueNow, paymentsOf } from './payments';
import type { QuoteRequest } from './quote-request';
import { codeAnswer, ofCode, windowsOfCodes } from './quoted-codes';

/** A request that is ready to be quoted once its facts are there. */
export interface PreparedQuote {
  /** Which facts the store must load. */
  readonly needed: FactsNeeded;
  /** Quotes the request; throws `RequestRefused` where it contradicts a rule. */
  evaluate(facts: Facts): Evaluation;
  /** Reports only what the lines of the request cost. */
  price(facts: Facts): Evaluation<Prices>;
  /** For each line the instant from which its periods are counted; `undefined`: a subscription must be chosen first. */
  periodStarts(): (number | undefined)[];
}

/**
 * Quotes a cart at an instant (milliseconds): pure and synchronous; the same request, rulebook, facts and instant give
 * the same answer. Throws `RequestRefused` where the request contradicts itself or a rule.
 */
export function quote(request: QuoteRequest, at: number, rulebook: Rulebook, facts: Facts): Evaluation {
  return prepareQuote(request, at, rulebook).evaluate(facts);
}

/** Does what can be done of a quote before its facts are loaded; throws `RequestRefused` where it contradicts itself. */
export function prepareQuote(request: QuoteRequest, at: number, rulebook: Rulebook): PreparedQuote {
  return prepareUnder(rulesOf(rulebook, request.draft), request, at);
}

/** Returns the same by rules that are made ready, those of a draft among them. */
export function prepareUnder(rules: Ruleset, request: QuoteRequest, at: number): PreparedQuote {
  const cart = priceCart(request, at, rules);
  const planned = planTransitions(cart, rules);
  beginWithTransitions(cart, planned);
  const brought = keysOfCart(cart);
  const inReach = rules.discountsFor(brought);
  const advertised = request.nudges === undefined ? NO_DISCOUNTS : rules.advertisedFor(brought);
  const reach = { rules, brought, inReach, advertised, planned };
  return new Prepared(cart, reach, request.offerPrices === true ? offeredIn(cart, reach) : undefined);
}

/** A priced cart with the rules in its reach. A class: a literal with a getter is of a new hidden class for every quote. */
class Prepared implements PreparedQuote {
  constructor(
    private readonly cart: PricedCart,
    private readonly reach: CartScope,
    private readonly offered: readonly Offered[] | undefined,
  ) {}

  /** Is asked for where facts may be loaded: renewals that are forecast need nothing more. */
  get needed(): FactsNeeded {
    return neededFor(this.cart.request, this.reach, this.offered);
  }

  evaluate(facts: Facts): Evaluation {
    return evaluate(this.cart, this.reach, facts, this.offered);
  }

  price(facts: Facts): Evaluation<Prices> {
    return price(this.cart, decide(this.cart, this.reach, facts));
  }

  periodStarts(): (number | undefined)[] {
    return periodStarts(this.cart, this.reach.planned);
  }
}

function neededFor(
  request: QuoteRequest,
  { rules, inReach, advertised }: CartScope,
  offered: readonly Offered[] | undefined,
): FactsNeeded {
  const explained = request.explain === undefined || request.explain === 'codes';
  const counted = new Set<string>();
  const count = ({ id, promotion, counted: own }: DiscountRule): void => {
    if (promotion?.tracksUsage) counted.add(promotion.id);
    if (own) counted.add(id);
  };
  for (const rule of explained ? inReach : rules.discounts()) count(rule);
  for (const rule of advertised) count(rule);
  for (const { added } of offered ?? NO_OFFERS) for (const rule of added?.scope.inReach ?? NO_DISCOUNTS) count(rule);
  const customerId = request.customer?.id;
  return {
    codes: [...enteredCodes(request.promoCodes).keys()],
    rules: [...counted],
    ...(customerId !== undefined && { customerId }),
    ...(request.redemptionId !== undefined && { setAside: request.redemptionId }),
  };
}

const NO_DISCOUNTS: readonly DiscountRule[] = [];

const NO_OFFERS: readonly Offered[] = [];

function evaluate(
  cart: PricedCart,
  reach: CartScope,
  facts: Facts,
  offered: readonly Offered[] | undefined,
): Evaluation {
  const { rules, planned } = reach;
  const decided = decide(cart, reach, facts);
  const { priced, codes } = decided;
  const opening = codeByPromotion(codes);
  const at = formatInstant(cart.at);
  const transitions = planned.length === 0 ? [] : transitionsOf(cart, reach, facts, decided);
  const { lines, totals } = priced;
  const payments = paymentsOf(cart, at, lines, totals, transitions);
  const { subtotal, discount, total } = totals;
  const quote: Omit<Quote, 'digest'> = {
    at,
    currency: cart.currency,
    catalogVersion: rules.version,
    lines,
    discounts: priced.applied.map((candidate) => describe(candidate, cart, opening)),
    totals: { subtotal, discount, total, dueNow: dueNow(cart, at, payments) },
    payments,
    promoCodes: codes.map((code) => ({ ...codeAnswer(code, opening, decided), ...ofCode(code) })),
    declined: explain(rules, decided.findings, promotionsOf(codes), windowsOfCodes(codes)),
    offers: offered === undefined ? offersFor(cart, rules, reach.brought) : pricedOffers(cart, offered, facts),
    nudges: cart.request.nudges === undefined ? undefined : nudgesFor(cart, reach, facts, decided),
    transitions,
    upgradeOffers: cart.request.transitions === 'offers' ? upgradeOffersFor(cart, rules) : undefined,
  };
  return new Evaluated(quote, cart, decided);
}

function price(cart: PricedCart, decided: Decided): Evaluation<Prices> {
  const { lines, totals, applied } = decided.priced;
  const opening = codeByPromotion(decided.codes);
  const discounts = applied.map((candidate) => describe(candidate, cart, opening));
  return new Evaluated({ lines, discounts, totals }, cart, decided);
}

function transitionsOf(
  cart: PricedCart,
  reach: CartScope,
  facts: Facts,
  { priced, findings }: Decided,
): QuotedTransition[] {
  const again = () => decide(cart, reach, facts).priced.lines;
  const price = priceFrom(cart, priced.lines, findings.candidates, again);
  return quoteTransitions(cart, reach.rules, reach.planned, price);
}
