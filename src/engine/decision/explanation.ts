import type { Explain } from '../cart/cart';
import type { PricedCart } from '../cart/priced-cart';
import { type Refusal, refusal } from '../conditions/eligibility';
import type { Candidate } from '../judging/candidate';
import type { RuleJudge } from '../judging/rule-judge';
import type { DiscountRule, PromotionRule } from '../rulebook/rules';
import type { Ruleset } from '../rulebook/ruleset';
import { formatInstant, type Instant, parseInstant } from '../time/instant';
import { AnswerMeter } from '../vocabulary/answer-size';
import { pickText } from '../vocabulary/localized-text';
import type { Declined } from './applied-discount';

/** What is known of the rules after a quote: which could apply, what became of them, and how others are judged. */
export interface Findings {
  readonly cart: PricedCart;
  readonly judges: RuleJudge;
  readonly candidates: readonly Candidate[];
}

/** Returns the rules that do not apply and why: those of the codes sent, those whose selector matches a line too, or every active one. */
export function explain(
  rules: Ruleset,
  findings: Findings,
  promotionsOfCodes: ReadonlySet<string>,
  windowsOfCodes: WindowsOfCodes,
): Declined[] {
  const { cart, judges, candidates } = findings;
  const { explain: wanted = 'codes' } = cart.request;
  if (wanted === 'codes' && promotionsOfCodes.size === 0) return [];
  const scope =
    wanted === 'codes'
      ? [...promotionsOfCodes].flatMap((id) => rules.promotion(id)?.discounts ?? [])
      : [...rules.discounts()].filter((rule) => {
          if (rule.promotion && promotionsOfCodes.has(rule.promotion.id)) return true;
          if (!rule.isActive || rule.promotion?.isActive === false) return false;
          return wanted === 'all' || rule.finder.find(cart).length > 0;
        });
  const empty = emptyPromotions(rules, wanted, promotionsOfCodes);
  const declined: Declined[] = [];
  const meter = new AnswerMeter();
  const tell = (why: Declined): void => {
    const entry = { ...why, ...titleAndWindow(why, cart, rules, windowsOfCodes) };
    meter.add(entry);
    declined.push(entry);
  };
  for (const promotion of empty) {
    const standing = judges.promotion(promotion);
    tell(declinedPromotion(promotion, standing.applies ? refusal('no_effect') : standing));
  }
  const known = new Map<string, Candidate>();
  for (const candidate of candidates) {
    // Of several rights to a discount, the one that takes something represents it.
    const other = known.get(candidate.rule.id);
    if (other === undefined || (other.taken === 0 && candidate.taken > 0)) known.set(candidate.rule.id, candidate);
  }
  const told = new Set<PromotionRule>();
  for (const rule of scope) {
    if (!rule.isActive) continue;
    const judged = known.get(rule.id) ?? judges.discount(rule);
    const standing = rule.promotion && judges.promotion(rule.promotion);
    if (rule.promotion && standing?.applies === false && !(judged.applies && judged.byGrant)) {
      if (!told.has(rule.promotion)) tell(declinedPromotion(rule.promotion, standing));
      told.add(rule.promotion);
      continue;
    }
    const entry = declinedDiscount(rule, judged);
    if (entry !== undefined) tell(entry);
  }
  return declined;
}

/** The windows of the codes that were sent outside of them, by promotion. */
export type WindowsOfCodes = ReadonlyMap<string, Pick<Declined, 'startsAt' | 'endsAt'>>;

/** Returns what a shop page shows of a rule that does not apply: its promotion's title, and when it would. */
function titleAndWindow(
  { promotionId = '', discountId, reason }: Declined,
  cart: PricedCart,
  rules: Ruleset,
  windowsOfCodes: WindowsOfCodes,
): Pick<Declined, 'title' | 'startsAt' | 'endsAt'> {
  const promotion = rules.promotion(promotionId);
  const title = pickText(promotion?.source.title, cart.languages);
  const rule = discountId === undefined ? promotion : rules.discount(discountId);
  const ofCode = reason === 'condition_unmet' ? windowsOfCodes.get(promotionId) : undefined;
  const window = reason === 'outside_window' ? rule?.source : ofCode;
  return {
    ...(title !== undefined && { title }),
    ...(window?.startsAt !== undefined && { startsAt: inUtc(window.startsAt) }),
    ...(window?.endsAt !== undefined && { endsAt: inUtc(window.endsAt) }),
  };
}

function inUtc(instant: Instant): Instant {
  return formatInstant(parseInstant(instant));
}

/** Promotions without an active discount, which no discount represents. */
function emptyPromotions(rules: Ruleset, wanted: Explain, promotionsOfCodes: ReadonlySet<string>): PromotionRule[] {
  const inScope =
    wanted === 'all'
      ? [...rules.promotions()].filter(({ isActive, id }) => isActive || promotionsOfCodes.has(id))
      : [...promotionsOfCodes].flatMap((id) => rules.promotion(id) ?? []);
  return inScope.filter(({ discounts }) => !discounts.some(({ isActive }) => isActive));
}

function declinedPromotion({ id, source }: PromotionRule, why: Refusal): Declined {
  return { promotionId: id, name: source.name, ...whyOf(why) };
}

function whyOf(why: Refusal): Pick<Declined, 'reason' | 'pointer' | 'unmet'> {
  const { reason, pointer } = why;
  const unmet = why.unmet?.();
  return { reason, ...(pointer !== undefined && { pointer }), ...(unmet !== undefined && { unmet }) };
}

function declinedDiscount({ id, source, promotion }: DiscountRule, judged: Candidate | Refusal): Declined | undefined {
  const named = {
    ...(promotion !== undefined && { promotionId: promotion.id }),
    discountId: id,
    name: source.name,
  };
  if (!judged.applies) return { ...named, ...whyOf(judged) };
  // Some of the lines lack the service that would keep it.
  if (judged.lacking !== undefined) return { ...named, reason: 'missing_fact', pointer: judged.lacking };
  if (judged.taken > 0) return undefined;
  return { ...named, ...(judged.loss ?? { reason: 'no_effect' }) };
}
