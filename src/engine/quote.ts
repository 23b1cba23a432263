import type { AppliedDiscount, Quote, QuotedCode } from './answer';
import {
  type Candidate,
  grantEnd,
  type Judging,
  judgeDiscount,
  judgePromotion,
  type Refusal,
  type Standing,
} from './candidates';
import type { QuoteRequest } from './cart';
import { type CheckedCode, checkCodes, enteredCodes } from './codes';
import { type Combined, combine, ruleId } from './combination';
import { explain, type Findings } from './explanation';
import type { Facts, FactsNeeded, GrantToRecord, Use } from './facts';
import { pickText } from './localized-text';
import { formatMoney, parseMoney, powerOfTen } from './money';
import { type PricedCart, priceCart } from './priced-cart';
import { offersFor } from './related-products';
import type { Rulebook } from './rulebook';
import type { DiscountRule, PromotionRule } from './rules';
import { type Ruleset, rulesOf } from './ruleset';
import { subjectKeys } from './selector';
import { formatInstant } from './time';
import { type Priced, priceLines } from './totals';
import { transitionsFor } from './transitions';

/** A quote, and what redeeming it would count and record. */
export interface Evaluation {
  /** The answer, but for its digest. */
  readonly quote: Omit<Quote, 'digest'>;
  /** The uses that a redemption counts. */
  readonly uses: Use[];
  /** The grants that a redemption records. */
  readonly grants: GrantToRecord[];
}

/**
 * Quotes a cart at an instant (milliseconds): pure and synchronous; the same request, rulebook, facts and instant give
 * the same answer. Throws `RequestRefused` where the request contradicts itself or a rule.
 */
export function quote(request: QuoteRequest, at: number, rulebook: Rulebook, facts: Facts): Evaluation {
  const rules = rulesOf(rulebook, request.draft);
  const cart = priceCart(request, at, rules);
  const keys = cartKeys(cart);
  const decided = decide(cart, rules, facts, keys);
  const { findings, priced, codes } = decided;
  const applied = [...priced.amounts.keys()];
  const promotionsOfCodes = new Set(codes.flatMap(({ fact }) => (fact === undefined ? [] : [fact.promotionId])));
  return {
    quote: {
      at: formatInstant(at),
      currency: cart.currency,
      catalogVersion: rules.version,
      lines: priced.lines,
      discounts: applied.map((candidate) => describe(candidate, cart, priced, codes)),
      totals: priced.totals,
      promoCodes: codes.map((code) => codeAnswer(code, codes, decided)),
      declined: explain(rules, findings, promotionsOfCodes),
      offers: offersFor(cart, rules, keys),
      transitions: transitionsFor(cart, priced.lines, rules),
    },
    uses: usesOf(cart, priced, codes),
    grants: grantsOf(cart, applied),
  };
}

/** Which facts the store must load before a request can be quoted. */
export function factsNeeded(request: QuoteRequest, at: number, rulebook: Rulebook): FactsNeeded {
  const rules = rulesOf(rulebook, request.draft);
  const cart = priceCart(request, at, rules);
  const explained = request.explain === undefined || request.explain === 'codes';
  const counted = new Set<string>();
  for (const { source, promotion, counted: own } of explained
    ? rules.discountsFor(cartKeys(cart))
    : rules.discounts()) {
    if (promotion?.counted) counted.add(promotion.source.id);
    if (own) counted.add(source.id);
  }
  const customerId = request.customer?.id;
  return {
    codes: [...enteredCodes(request.promoCodes).keys()],
    rules: [...counted],
    ...(customerId !== undefined && { customerId }),
  };
}

/** What the rules make of a cart. */
interface Decided {
  readonly findings: Findings;
  readonly combined: Combined;
  readonly priced: Priced;
  readonly codes: readonly CheckedCode[];
}

/** Decides until no promotion overdraws its budget: one that would is out, and everything is computed again. */
function decide(cart: PricedCart, rules: Ruleset, facts: Facts, keys: readonly string[]): Decided {
  const overdrawn = new Set<string>();
  for (;;) {
    const decided = decideOnce({ cart, facts, overdrawn }, rules, keys);
    const spent = overdraws(cart, decided.priced, facts);
    if (spent.length === 0) return decided;
    for (const id of spent) overdrawn.add(id);
  }
}

function decideOnce(judging: Judging, rules: Ruleset, keys: readonly string[]): Decided {
  const { cart, facts } = judging;
  const codes = checkCodes(rules, judging);
  const placed = new Set(codes.flatMap(({ fact, reason }) => (fact && reason === undefined ? [fact.promotionId] : [])));
  const judge = judgeOnce(judging, placed);
  const rulesInReach = rules.discountsFor(keys);
  for (const id of placed) for (const rule of rules.promotion(id)?.discounts ?? []) rulesInReach.add(rule);
  for (const { discountId } of facts.grants) {
    const rule = rules.discount(discountId);
    if (rule !== undefined) rulesInReach.add(rule);
  }
  const candidates = [...rulesInReach].map(judge).filter((judged) => judged.applies);
  const combined = combine(cart, candidates);
  const priced = priceLines(cart, combined.takes);
  return {
    findings: { judging, placed, judge, losses: combined.losses, amounts: priced.amounts },
    combined,
    priced,
    codes,
  };
}

/** Each promotion and each discount is judged at most once. */
function judgeOnce(judging: Judging, placed: ReadonlySet<string>): (rule: DiscountRule) => Candidate | Refusal {
  const standings = new Map<PromotionRule, Standing | Refusal>();
  const judged = new Map<DiscountRule, Candidate | Refusal>();
  const standingOf = (promotion: PromotionRule): Standing | Refusal => {
    const known = standings.get(promotion) ?? judgePromotion(promotion, placed.has(promotion.source.id), judging);
    standings.set(promotion, known);
    return known;
  };
  return (rule) => {
    const hasCode = rule.promotion !== undefined && placed.has(rule.promotion.source.id);
    const known =
      judged.get(rule) ?? judgeDiscount(rule, hasCode, rule.promotion && standingOf(rule.promotion), judging);
    judged.set(rule, known);
    return known;
  };
}

/** The promotions that would take off more than their budget has left; a budget is all or nothing. */
function overdraws(cart: PricedCart, priced: Priced, facts: Facts): string[] {
  return [...spending(priced)]
    .filter(([promotion, amount]) => {
      const budget = promotion.source.limits?.budget?.[cart.currency];
      if (budget === undefined) return false;
      const spent = parseMoney(facts.usage.get(promotion.source.id)?.spent[cart.currency] ?? '0');
      return spent + amount * powerOfTen(6 - cart.digits) > parseMoney(budget);
    })
    .map(([promotion]) => promotion.source.id);
}

/** What each promotion takes off in its own right, in minor units; what a customer keeps by a grant was promised before. */
function spending(priced: Priced): Map<PromotionRule, bigint> {
  const spent = new Map<PromotionRule, bigint>();
  for (const [{ rule, byGrant }, amount] of priced.amounts) {
    if (rule.promotion !== undefined && !byGrant) {
      spent.set(rule.promotion, (spent.get(rule.promotion) ?? 0n) + amount);
    }
  }
  return spent;
}

function describe(
  candidate: Candidate,
  cart: PricedCart,
  priced: Priced,
  codes: readonly CheckedCode[],
): AppliedDiscount {
  const { source, promotion } = candidate.rule;
  const code = codes.find(({ fact, reason }) => reason === undefined && fact?.promotionId === promotion?.source.id);
  const title = pickText(promotion?.source.title, cart.languages);
  const billingDescription = pickText(promotion?.source.billingDescription, cart.languages);
  const validUntil = candidate.byGrant ? undefined : grantEnd(candidate.rule, cart);
  return {
    discountId: source.id,
    ...(promotion !== undefined && { promotionId: promotion.source.id }),
    ...(code !== undefined && !candidate.byGrant && { promoCode: code.code }),
    name: source.name,
    ...(title !== undefined && { title }),
    ...(billingDescription !== undefined && { billingDescription }),
    amount: formatMoney(priced.amounts.get(candidate) ?? 0n, cart.digits),
    ...(validUntil !== undefined && { validUntil: formatInstant(validUntil) }),
    ...(candidate.coveredUntil !== undefined && { coveredUntil: formatInstant(candidate.coveredUntil) }),
  };
}

/** A code that took a place but whose promotion took nothing off had no effect; so had another code of the same promotion. */
function codeAnswer(code: CheckedCode, codes: readonly CheckedCode[], { combined, priced }: Decided): QuotedCode {
  if (code.reason !== undefined) return { code: code.code, status: 'declined', reason: code.reason };
  const id = code.fact?.promotionId;
  const isFirst = codes.find(({ fact, reason }) => reason === undefined && fact?.promotionId === id) === code;
  const applied = [...priced.amounts.keys()].some((candidate) => !candidate.byGrant && ruleId(candidate) === id);
  if (isFirst && applied) return { code: code.code, status: 'applied' };
  const loss = applied ? undefined : [...combined.losses].find(([candidate]) => ruleId(candidate) === id)?.[1];
  return {
    code: code.code,
    status: 'declined',
    reason: 'promo_code_no_effect',
    ...(loss !== undefined && { blockedBy: loss.blockedBy }),
  };
}

function usesOf(cart: PricedCart, priced: Priced, codes: readonly CheckedCode[]): Use[] {
  const uses: Use[] = [];
  const customerId = cart.customer?.id;
  const own = [...priced.amounts.keys()].filter(({ byGrant }) => !byGrant);
  for (const id of new Set(own.map(ruleId))) {
    const candidates = own.filter((candidate) => ruleId(candidate) === id);
    const limits = candidates[0]?.rule.promotion?.source.limits;
    const once = candidates.some(({ onceByPurchase }) => onceByPurchase) ? 1 : undefined;
    const perCustomer = minimum(limits?.perCustomer, once);
    uses.push({ kind: 'promotion', subject: id, amount: '1', ...limit(limits?.total) });
    if (customerId !== undefined) {
      uses.push({ kind: 'promotion_customer', subject: id, customerId, amount: '1', ...limit(perCustomer) });
    }
  }
  for (const [{ source }, amount] of spending(priced)) {
    const budget = source.limits?.budget?.[cart.currency];
    if (budget === undefined) continue;
    uses.push({
      kind: 'budget',
      subject: source.id,
      currency: cart.currency,
      amount: formatMoney(amount, cart.digits),
      limit: budget,
    });
  }
  for (const { fact, reason } of codes) {
    if (fact === undefined || reason !== undefined || !own.some((candidate) => ruleId(candidate) === fact.promotionId))
      continue;
    if (
      codes.some(
        (other) =>
          other.fact?.promotionId === fact.promotionId &&
          other.reason === undefined &&
          other.fact !== fact &&
          codes.findIndex((entry) => entry === other) < codes.findIndex((entry) => entry.fact === fact),
      )
    )
      continue;
    uses.push({ kind: 'code', subject: fact.id, amount: '1', ...limit(fact.maxRedemptions) });
    if (customerId !== undefined) {
      uses.push({
        kind: 'code_customer',
        subject: fact.id,
        customerId,
        amount: '1',
        ...limit(fact.maxRedemptionsPerCustomer),
      });
    }
  }
  return uses;
}

function minimum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function limit(most: number | undefined): { limit?: string } {
  return most === undefined ? {} : { limit: String(most) };
}

/** A discount with a validity that applies in its own right is kept by the customer from the quote's instant on. */
function grantsOf(cart: PricedCart, applied: readonly Candidate[]): GrantToRecord[] {
  const customerId = cart.customer?.id;
  if (customerId === undefined) return [];
  return applied.flatMap(({ rule, byGrant }) => {
    const endsAt = byGrant ? undefined : grantEnd(rule, cart);
    if (endsAt === undefined) return [];
    return [
      { customerId, discountId: rule.source.id, startsAt: formatInstant(cart.at), endsAt: formatInstant(endsAt) },
    ];
  });
}

/** The keys of everything that the cart brings, for the rulebook's indexes. */
function cartKeys(cart: PricedCart): string[] {
  const keys = new Set(cart.lines.flatMap(subjectKeys));
  if (cart.customer?.id !== undefined) keys.add(`customer ${cart.customer.id}`);
  for (const group of cart.customer?.groups ?? []) keys.add(`group ${group}`);
  return [...keys];
}
