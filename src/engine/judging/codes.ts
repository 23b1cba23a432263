import type { PromotionRule } from '../rulebook/rules';
import type { Ruleset } from '../rulebook/ruleset';
import { parseInstant } from '../time/instant';
import { normalizeCode, trimCode } from '../vocabulary/code-form';
import type { Reason } from '../vocabulary/reasons';
import { isActive } from '../vocabulary/resource';
import { judgeDiscount } from './discounts';
import type { CodeFact } from './facts';
import { type JudgingContext, judgePromotion } from './promotions';

/** An entered code after it was checked. */
export interface CheckedCode {
  /** As sent, trimmed. */
  readonly code: string;
  /** The stored code, where there is one. */
  readonly fact: CodeFact | undefined;
  /** Why it takes no place; absent: it takes one. */
  readonly reason: Reason | undefined;
  /** Whether it is valid for its promotion's conditions, though the promotion may refuse it for another reason. */
  readonly valid: boolean;
}

/** Returns the codes of a request in their order, a duplicate once, under the form in which they are compared. */
export function enteredCodes(promoCodes: readonly string[] | undefined): ReadonlyMap<string, string> {
  if (promoCodes === undefined) return NO_CODES;
  const entered = new Map<string, string>();
  for (const code of promoCodes) {
    const normalized = normalizeCode(code);
    if (!entered.has(normalized)) entered.set(normalized, trimCode(code));
  }
  return entered;
}

const NO_CODES: ReadonlyMap<string, string> = new Map();

/** Checks the codes of the request in their order; only one that applies takes one of the provider's places [HS]. */
export function checkCodes(rules: Ruleset, judging: JudgingContext): CheckedCode[] {
  if (judging.cart.request.promoCodes === undefined) return [];
  let places = judging.cart.settings.maxPromoCodes;
  return [...enteredCodes(judging.cart.request.promoCodes)].map(([normalized, code]): CheckedCode => {
    const fact = judging.facts.codes.get(normalized);
    const promotion = fact && rules.promotion(fact.promotionId);
    if (fact === undefined || promotion === undefined) {
      return { code, fact: undefined, reason: 'promo_code_unknown', valid: false };
    }
    const own = ownReason(fact, judging);
    if (own !== undefined) return { code, fact, reason: own, valid: false };
    const reason = promotionReason(promotion, judging);
    if (reason !== undefined) return { code, fact, reason, valid: true };
    if (places === 0) return { code, fact, reason: 'one_code_per_order', valid: false };
    places -= 1;
    return { code, fact, reason: undefined, valid: true };
  });
}

/** The code that opens each promotion, by the promotion's id. */
export type CodeByPromotion = ReadonlyMap<string, CheckedCode & { fact: CodeFact }>;

/** Returns the code that opens each promotion: the first one that takes a place, by the promotion's id. */
export function codeByPromotion(codes: readonly CheckedCode[]): CodeByPromotion {
  if (codes.length === 0) return NO_OPENERS;
  const opening = new Map<string, CheckedCode & { fact: CodeFact }>();
  for (const { fact, ...code } of codes) {
    if (fact === undefined || code.reason !== undefined || opening.has(fact.promotionId)) continue;
    opening.set(fact.promotionId, { ...code, fact });
  }
  return opening;
}

const NO_OPENERS: CodeByPromotion = new Map();

/** Returns the code's own status, window, owner and limits. */
function ownReason(fact: CodeFact, { cart, facts }: JudgingContext): Reason | undefined {
  if (!isActive(fact)) return 'promotion_inactive';
  if (fact.startsAt !== undefined && cart.at < parseInstant(fact.startsAt)) return 'promo_code_not_started';
  if (fact.endsAt !== undefined && cart.at >= parseInstant(fact.endsAt)) return 'promo_code_expired';
  const customerId = cart.customer?.id;
  if (fact.customerId !== undefined && fact.customerId !== customerId) return 'promo_code_not_yours';
  if (fact.maxRedemptions !== undefined && fact.redemptions >= fact.maxRedemptions) return 'promo_code_used_up';
  if (fact.maxRedemptionsPerCustomer === undefined) return undefined;
  if (customerId === undefined) return facts.redeeming ? 'missing_fact' : undefined;
  return fact.customerRedemptions >= fact.maxRedemptionsPerCustomer ? 'promo_code_used_up' : undefined;
}

/** The promotion must hold with the code, and one of its discounts must match a line. */
function promotionReason(promotion: PromotionRule, judging: JudgingContext): Reason | undefined {
  const standing = judgePromotion(promotion, true, judging);
  if (!standing.applies) return standing.reason;
  const judged = promotion.discounts
    .filter((discount) => discount.isActive)
    .map((discount) => judgeDiscount(discount, true, standing, judging));
  if (judged.some((discount) => discount.applies)) return undefined;
  const reasons = judged.map((discount) => (discount.applies ? undefined : discount.reason));
  return reasons.find((reason) => reason !== 'no_matching_line') ?? 'no_matching_line';
}
