import type { Declined } from './answer';
import type { Candidate, Judges, Refusal } from './candidates';
import type { Explain } from './cart';
import type { Loss } from './combination';
import type { PricedCart } from './priced-cart';
import { isActive } from './rulebook';
import type { DiscountRule, PromotionRule } from './rules';
import type { Ruleset } from './ruleset';

/** What is known of the rules after a quote: which were judged, which lost, which took something. */
export interface Findings {
  readonly cart: PricedCart;
  readonly judge: Judges;
  readonly losses: ReadonlyMap<Candidate, Loss>;
  readonly amounts: ReadonlyMap<Candidate, bigint>;
}

/** The rules that do not apply and why: those of the codes sent, those whose selector matches a line too, or every active one. */
export function explain(rules: Ruleset, findings: Findings, promotionsOfCodes: ReadonlySet<string>): Declined[] {
  const { cart, judge } = findings;
  const { explain: wanted = 'codes' } = cart.request;
  const scope =
    wanted === 'codes'
      ? [...promotionsOfCodes].flatMap((id) => rules.promotion(id)?.discounts ?? [])
      : [...rules.discounts()].filter((rule) => {
          if (rule.promotion && promotionsOfCodes.has(rule.promotion.source.id)) return true;
          if (!isActive(rule.source) || (rule.promotion && !isActive(rule.promotion.source))) return false;
          return wanted === 'all' || rule.findLines(cart).length > 0;
        });
  const empty = emptyPromotions(rules, wanted, promotionsOfCodes);
  const declined: Declined[] = empty.map((promotion) => {
    const standing = judge.promotion(promotion);
    return declinedPromotion(promotion, standing.applies ? { applies: false, reason: 'no_effect' } : standing);
  });
  const told = new Set<PromotionRule>();
  for (const rule of scope) {
    if (!isActive(rule.source)) continue;
    const judged = judge.discount(rule);
    const standing = rule.promotion && judge.promotion(rule.promotion);
    if (rule.promotion && standing?.applies === false && !(judged.applies && judged.byGrant)) {
      if (!told.has(rule.promotion)) declined.push(declinedPromotion(rule.promotion, standing));
      told.add(rule.promotion);
      continue;
    }
    const entry = declinedDiscount(rule, judged, findings);
    if (entry !== undefined) declined.push(entry);
  }
  return declined;
}

/** Promotions that have no active discount: no discount speaks for them. */
function emptyPromotions(rules: Ruleset, wanted: Explain, promotionsOfCodes: ReadonlySet<string>): PromotionRule[] {
  const inScope =
    wanted === 'all'
      ? [...rules.promotions()].filter(({ source }) => isActive(source) || promotionsOfCodes.has(source.id))
      : [...promotionsOfCodes].flatMap((id) => rules.promotion(id) ?? []);
  return inScope.filter(({ discounts }) => !discounts.some(({ source }) => isActive(source)));
}

function declinedPromotion({ source }: PromotionRule, { reason, unmet }: Refusal): Declined {
  return { promotionId: source.id, name: source.name, reason, ...(unmet !== undefined && { unmet: unmet() }) };
}

function declinedDiscount(
  { source, promotion }: DiscountRule,
  judged: Candidate | Refusal,
  { losses, amounts }: Findings,
): Declined | undefined {
  const named = {
    ...(promotion !== undefined && { promotionId: promotion.source.id }),
    discountId: source.id,
    name: source.name,
  };
  if (!judged.applies) {
    return { ...named, reason: judged.reason, ...(judged.unmet !== undefined && { unmet: judged.unmet() }) };
  }
  if (amounts.has(judged)) return undefined;
  return { ...named, ...(losses.get(judged) ?? { reason: 'no_effect' }) };
}
