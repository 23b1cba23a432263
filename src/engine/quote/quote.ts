import { type PricedCart, priceCart } from '../cart/priced-cart';
import { combine } from '../combining/combination';
import { promotionOrDiscountId } from '../combining/contender';
import { type Candidate, type JudgingContext, RuleJudge } from '../judging/candidates';
import { type CheckedCode, type CodeByPromotion, checkCodes, codeByPromotion, enteredCodes } from '../judging/codes';
import type { CodeFact, Facts, FactsNeeded, GrantFact, GrantToRecord, Use } from '../judging/facts';
import { formatMoney } from '../money/money';
import type { Rulebook } from '../rulebook/rulebook';
import type { DiscountRule } from '../rulebook/rules';
import { type Ruleset, rulesOf } from '../rulebook/ruleset';
import { formatInstant, parseInstant } from '../time/instant';
import { type Planned, planTransitions } from '../transitions/plan';
import type { QuotedTransition } from '../transitions/quoted-transition';
import { beginWithTransitions, periodStarts, quoteTransitions } from '../transitions/transitions';
import { upgradeOffersFor } from '../transitions/upgrade-offers';
import { type Attributes, attributeKeys } from '../vocabulary/attributes';
import type { CartKeys } from '../vocabulary/keys';
import { pickText } from '../vocabulary/localized-text';
import type { AppliedDiscount, Quote, QuotedCode } from './answer';
import { overdrawn } from './budgets';
import { explain, type Findings, type WindowsOfCodes } from './explanation';
import { grantsOf, keptOf } from './granting';
import { offersFor } from './offers';
import { dueNow, paymentsOf } from './payments';
import type { QuoteRequest } from './quote-request';
import { priceFrom } from './reprice';
import { type Priced, priceLines } from './totals';
import { usesOf } from './uses';

/** A quote, and what redeeming it would count and record. */
export interface Evaluation {
  /** The answer, but for its digest. */
  readonly quote: Omit<Quote, 'digest'>;
  /** The uses that a redemption counts. */
  readonly uses: Use[];
  /** The grants that a redemption records. */
  readonly grants: GrantToRecord[];
  /** The grants that a redemption makes use of; they must still be what they were. */
  readonly usedGrants: readonly GrantFact[];
}

/** A request that is ready to be quoted once its facts are there. */
export interface PreparedQuote {
  /** Which facts the store must load. */
  readonly needed: FactsNeeded;
  /** Quotes the request; throws `RequestRefused` where it contradicts a rule. */
  evaluate(facts: Facts): Evaluation;
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

/** The same by rules that are made ready, those of a draft among them. */
export function prepareUnder(rules: Ruleset, request: QuoteRequest, at: number): PreparedQuote {
  const cart = priceCart(request, at, rules);
  const planned = planTransitions(cart, rules);
  beginWithTransitions(cart, planned);
  const brought = keysOfCart(cart);
  const inReach = rules.discountsFor(brought);
  const reach = { rules, brought, inReach, planned };
  return {
    needed: neededFor(request, reach),
    evaluate: (facts) => evaluate(cart, reach, facts),
    periodStarts: () => periodStarts(cart, planned),
  };
}

/** What a cart brings to the rules. */
interface Scope {
  readonly rules: Ruleset;
  readonly brought: CartKeys;
  /** The active discounts that it could get without a code. */
  readonly inReach: readonly DiscountRule[];
  /** What becomes of the lines that an upgrade path leads to. */
  readonly planned: readonly Planned[];
}

function neededFor(request: QuoteRequest, { rules, inReach }: Scope): FactsNeeded {
  const explained = request.explain === undefined || request.explain === 'codes';
  const counted = new Set<string>();
  for (const { id, promotion, counted: own } of explained ? inReach : rules.discounts()) {
    if (promotion?.tracksUsage) counted.add(promotion.id);
    if (own) counted.add(id);
  }
  const customerId = request.customer?.id;
  return {
    codes: [...enteredCodes(request.promoCodes).keys()],
    rules: [...counted],
    ...(customerId !== undefined && { customerId }),
  };
}

/** Works out what a redemption asks for where it is asked. */
class Evaluated implements Evaluation {
  readonly #cart: PricedCart;
  readonly #decided: Decided;

  constructor(
    readonly quote: Omit<Quote, 'digest'>,
    cart: PricedCart,
    decided: Decided,
  ) {
    this.#cart = cart;
    this.#decided = decided;
  }

  get uses(): Use[] {
    return usesOf(this.#cart, this.#decided.priced.applied, this.#decided.codes);
  }

  get grants(): GrantToRecord[] {
    return grantsOf(this.#cart, this.#decided.priced.applied);
  }

  get usedGrants(): readonly GrantFact[] {
    return this.#decided.priced.applied.flatMap(({ grant }) => grant ?? []);
  }
}

function evaluate(cart: PricedCart, reach: Scope, facts: Facts): Evaluation {
  const { rules, brought, planned } = reach;
  const decided = decide(cart, reach, facts);
  const { priced, codes } = decided;
  const opening = codeByPromotion(codes);
  const at = formatInstant(cart.at);
  const transitions = planned.length === 0 ? [] : transitionsOf(cart, reach, facts, decided);
  const payments = paymentsOf(cart, at, priced.lines, priced.totals, transitions);
  const { subtotal, discount, total } = priced.totals;
  const quote: Omit<Quote, 'digest'> = {
    at,
    currency: cart.currency,
    catalogVersion: rules.version,
    lines: priced.lines,
    discounts: priced.applied.map((candidate) => describe(candidate, cart, opening)),
    totals: { subtotal, discount, total, dueNow: dueNow(cart, at, payments) },
    payments,
    promoCodes: codes.map((code) => ({ ...codeAnswer(code, opening, decided), ...ofCode(code) })),
    declined: explain(rules, decided.findings, promotionsOf(codes), windowsOfCodes(codes)),
    offers: offersFor(cart, rules, brought),
    transitions,
    upgradeOffers: cart.request.transitions === 'offers' ? upgradeOffersFor(cart, rules) : undefined,
  };
  return new Evaluated(quote, cart, decided);
}

function transitionsOf(
  cart: PricedCart,
  reach: Scope,
  facts: Facts,
  { priced, findings }: Decided,
): QuotedTransition[] {
  const again = () => decide(cart, reach, facts).priced.lines;
  const price = priceFrom(cart, priced.lines, findings.candidates, again);
  return quoteTransitions(cart, reach.rules, reach.planned, price);
}

function promotionsOf(codes: readonly CheckedCode[]): ReadonlySet<string> {
  if (codes.length === 0) return NONE;
  const ids = new Set<string>();
  for (const { fact } of codes) if (fact !== undefined) ids.add(fact.promotionId);
  return ids;
}

const NONE: ReadonlySet<string> = new Set();

/** What the rules make of a cart. */
interface Decided {
  readonly findings: Findings;
  readonly priced: Priced;
  readonly codes: readonly CheckedCode[];
}

/** Decides until no promotion overdraws its budget: one that would is out, and everything is computed again. */
function decide(cart: PricedCart, reach: Scope, facts: Facts): Decided {
  let out = NONE;
  for (let round = 1; ; round++) {
    const decided = decideOnce({ cart, facts, overdrawn: out }, reach);
    const { candidates } = decided.findings;
    const over = overdrawn({ cart, candidates, applied: decided.priced.applied }, facts, round);
    if (over.length === 0) return decided;
    out = new Set([...out, ...over]);
  }
}

function decideOnce(judging: JudgingContext, { rules, inReach }: Scope): Decided {
  const { cart, facts } = judging;
  const codes = checkCodes(rules, judging);
  const withCode = promotionsOf(codes.filter(({ valid }) => valid));
  const judges = new RuleJudge(judging, withCode);
  const candidates: Candidate[] = [];
  for (const rule of withCodesAndGrants(rules, inReach, withCode, facts)) judges.collect(rule, candidates);
  const priced = priceLines(cart, combine(cart, candidates));
  return { findings: { cart, judges, candidates }, priced, codes };
}

/** What is in reach without a code, with the codes, or because the customer keeps it. */
function withCodesAndGrants(
  rules: Ruleset,
  inReach: readonly DiscountRule[],
  withCode: ReadonlySet<string>,
  { grants }: Facts,
): Iterable<DiscountRule> {
  if (withCode.size === 0 && grants.length === 0) return inReach;
  const all = new Set(inReach);
  for (const id of withCode) for (const rule of rules.promotion(id)?.discounts ?? []) all.add(rule);
  for (const { discountId } of grants) {
    const rule = rules.discount(discountId);
    if (rule !== undefined) all.add(rule);
  }
  return all;
}

function describe(candidate: Candidate, cart: PricedCart, opening: CodeByPromotion): AppliedDiscount {
  const { id, source, promotion } = candidate.rule;
  const code = promotion && opening.get(promotion.id);
  const title = pickText(promotion?.source.title, cart.languages);
  const billingDescription = pickText(promotion?.source.billingDescription, cart.languages);
  const endsAt = candidate.byGrant ? undefined : earliestEnd(candidate.rule, code?.fact);
  const { grantId, validUntil, paymentsLeft, balance } = keptOf(candidate, cart);
  // Members without a value are left out of the JSON; objects of one shape are made and written faster.
  return {
    discountId: id,
    promotionId: promotion?.id,
    promoCode: candidate.byGrant ? undefined : code?.code,
    name: source.name,
    title,
    billingDescription,
    amount: formatMoney(candidate.taken, cart.digits),
    endsAt: endsAt === undefined ? undefined : formatInstant(endsAt),
    grantId,
    validUntil,
    paymentsLeft,
    balance,
    coveredUntil: candidate.coveredUntil === undefined ? undefined : formatInstant(candidate.coveredUntil),
  };
}

/** Returns the earliest end of the windows that a discount depends on. */
function earliestEnd({ endsAt, promotion }: DiscountRule, code: CodeFact | undefined): number | undefined {
  const ends = [endsAt, promotion?.endsAt, code?.endsAt && parseInstant(code.endsAt)];
  const known = ends.filter((end) => typeof end === 'number');
  return known.length === 0 ? undefined : Math.min(...known);
}

/** A code that took a place but whose promotion took nothing off had no effect; so had another code of the same promotion. */
function codeAnswer(code: CheckedCode, opening: CodeByPromotion, { findings, priced }: Decided): QuotedCode {
  if (code.reason !== undefined) return { code: code.code, status: 'declined', reason: code.reason };
  const id = code.fact?.promotionId;
  const isFirst = id !== undefined && opening.get(id)?.code === code.code;
  const applied = priced.applied.some((candidate) => !candidate.byGrant && promotionOrDiscountId(candidate) === id);
  if (isFirst && applied) return { code: code.code, status: 'applied' };
  const lost = firstLost(findings.candidates, id);
  return {
    code: code.code,
    status: 'declined',
    reason: 'promo_code_no_effect',
    ...(lost?.loss !== undefined && !applied && { blockedBy: lost.loss.blockedBy }),
  };
}

/** What an answer tells of a known code: its promotion, and its window where that is why it does not apply. */
function ofCode({ fact, reason }: CheckedCode): Pick<QuotedCode, 'promotionId' | 'startsAt' | 'endsAt'> {
  if (fact === undefined) return {};
  const isOutside = reason === 'promo_code_not_started' || reason === 'promo_code_expired';
  return { promotionId: fact.promotionId, ...(isOutside && { startsAt: fact.startsAt, endsAt: fact.endsAt }) };
}

function windowsOfCodes(codes: readonly CheckedCode[]): WindowsOfCodes {
  const windows = new Map<string, Pick<QuotedCode, 'startsAt' | 'endsAt'>>();
  for (const code of codes) {
    const { promotionId = '', startsAt, endsAt } = ofCode(code);
    if (startsAt !== undefined || endsAt !== undefined) windows.set(promotionId, { startsAt, endsAt });
  }
  return windows;
}

/** The promotion's first discount that gave way to another rule: the order in which candidates are found depends on all rules. */
function firstLost(candidates: readonly Candidate[], id: string | undefined): Candidate | undefined {
  let first: Candidate | undefined;
  for (const candidate of candidates) {
    if (promotionOrDiscountId(candidate) !== id || candidate.loss === undefined || candidate.loss.blockedBy === id)
      continue;
    if (first === undefined || candidate.rule.id < first.rule.id) first = candidate;
  }
  return first;
}

/** What the cart brings for the rulebook's indexes: with its lines, with its customer and by itself. */
function keysOfCart({ request, linesBy, customer }: PricedCart): CartKeys {
  return (kind) => {
    if (kind === 'customer') return customer?.id === undefined ? [] : [customer.id];
    if (kind === 'group') return [...new Set(customer?.groups)];
    if (kind === 'cartAttribute') return distinctKeys(request.attributes);
    if (kind === 'customerAttribute') return distinctKeys(customer?.attributes);
    return linesBy(kind).keys;
  };
}

function distinctKeys(attributes: Attributes | undefined): readonly string[] {
  return attributes === undefined ? [] : [...new Set(attributeKeys(attributes))];
}
