import type { PricedCart } from '../cart/priced-cart';
import type { AppliedDiscount } from '../decision/applied-discount';
import { keptOf } from '../decision/granting';
import type { Candidate } from '../judging/candidate';
import type { CodeByPromotion } from '../judging/codes';
import type { CodeFact } from '../judging/facts';
import { formatMoney } from '../money/money';
import type { DiscountRule } from '../rulebook/rules';
import { formatInstant, parseInstant } from '../time/instant';
import { pickText } from '../vocabulary/localized-text';

/** Describes a discount that applies. */
export function describe(candidate: Candidate, cart: PricedCart, opening: CodeByPromotion): AppliedDiscount {
  const { id, source, promotion } = candidate.rule;
  const code = promotion && opening.get(promotion.id);
  const title = pickText(promotion?.source.title, cart.languages);
  const billingDescription = pickText(promotion?.source.billingDescription, cart.languages);
  const endsAt = candidate.byGrant ? undefined : earliestEnd(candidate.rule, code?.fact);
  const { grantId, validUntil, paymentsLeft, balance } = keptOf(candidate, cart);
  // Undefined members are left out of the JSON; objects of one shape are created and written faster.
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
  const ofRules = earlier(endsAt, promotion?.endsAt);
  return code?.endsAt === undefined ? ofRules : earlier(ofRules, parseInstant(code.endsAt));
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}
