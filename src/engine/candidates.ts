import type { Reason, UnmetCondition } from './answer';
import type { RuleContext } from './conditions/condition';
import { walk } from './conditions/walk';
import { coveredShare } from './coverage';
import type { Taker } from './discounts/value';
import type { Facts, Usage } from './facts';
import type { Fraction } from './money';
import type { PricedCart, PricedLine } from './priced-cart';
import { isActive } from './rulebook';
import { type DiscountRule, isWithin, type PromotionRule } from './rules';
import { addPeriod, parseInstant } from './time';
import { selectUnits } from './units';

/** Why a rule does not apply. */
export interface Refusal {
  readonly applies: false;
  readonly reason: Reason;
  readonly unmet?: () => UnmetCondition[];
}

/** A rule that applies. */
export interface Standing {
  readonly applies: true;
  /** Whether a purchase opened it, which counts once per customer. */
  readonly onceByPurchase: boolean;
}

/** A line that a discount takes part in. */
export interface CandidateLine {
  readonly line: PricedLine;
  /** How many of its units are discounted. */
  readonly units: number;
  /** The part of its period that is covered. */
  readonly share: Fraction;
}

/** A discount that could apply: active, in its window, conditions met, plans attached, with the lines that it matches. */
export interface Candidate {
  readonly applies: true;
  readonly rule: DiscountRule;
  readonly take: Taker;
  readonly lines: readonly CandidateLine[];
  /** Units and undiscounted total (in ticks) of all matching lines, for order-scope tiers. */
  readonly quantity: bigint;
  readonly total: bigint;
  /** 0 for a named customer, 1 for a group, 2 for all. */
  readonly recipientRank: number;
  /** Whether it applies only because the customer keeps it from an earlier redemption. */
  readonly byGrant: boolean;
  readonly onceByPurchase: boolean;
  /** The end that `until_end` uses, in milliseconds. */
  readonly coveredUntil: number | undefined;
}

/** What judging needs beside the cart. */
export interface Judging {
  readonly cart: PricedCart;
  readonly facts: Facts;
  /** The promotions whose budget this cart would overdraw. */
  readonly overdrawn: ReadonlySet<string>;
}

/** Judges a promotion, `hasCode` telling whether one of its codes takes a place. */
export function judgePromotion(rule: PromotionRule, hasCode: boolean, judging: Judging): Standing | Refusal {
  const { cart, facts, overdrawn } = judging;
  const { source, plans } = rule;
  if (!isActive(source)) return refusal('promotion_inactive');
  if (!isWithin(rule, cart.at)) return refusal('outside_window');
  if (plans !== undefined && !cart.lines.some(({ plan }) => plan !== undefined && plans.has(plan))) {
    return refusal('plan_not_attached');
  }
  const usage = facts.usage.get(source.id);
  const outcome = walk(rule.groups, cart, contextOf(rule, hasCode, usage, facts));
  if (!outcome.holds) return refusal(outcome.reason, outcome.unmet);
  const { total, perCustomer, budget } = source.limits ?? {};
  if (total !== undefined && (usage?.total ?? 0) >= total) return refusal('limit_reached');
  if (perCustomer !== undefined) {
    if (cart.customer?.id === undefined && facts.redeeming) return refusal('missing_fact');
    if (cart.customer?.id !== undefined && (usage?.customer ?? 0) >= perCustomer) return refusal('limit_reached');
  }
  if (budget !== undefined && !Object.hasOwn(budget, cart.currency)) return refusal('currency_not_priced');
  if (overdrawn.has(source.id)) return refusal('budget_spent');
  return { applies: true, onceByPurchase: outcome.onceByPurchase };
}

/** Judges a discount; `standing` is its promotion's, absent for a global discount. */
export function judgeDiscount(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Standing | Refusal | undefined,
  judging: Judging,
): Candidate | Refusal {
  const { cart, facts } = judging;
  const { source, promotion } = rule;
  const rank = recipientRank(rule, cart);
  if (rank === undefined) return refusal('not_recipient');
  const keptUntil = grantedUntil(rule, judging);
  let right: Standing | Refusal =
    standing?.applies === false ? standing : standingOf(rule, hasCode, standing, cart, facts);
  const byGrant = !right.applies && keptUntil !== undefined;
  if (byGrant) right = { applies: true, onceByPurchase: false };
  if (!right.applies) return right;

  const take = rule.taker(cart.currency);
  if (take === undefined) return refusal('currency_not_priced');
  const matching = rule.findLines(cart);
  if (matching.length === 0) return refusal('no_matching_line');
  const plans = promotion?.plans;
  const attached =
    plans === undefined ? matching : matching.filter(({ plan }) => plan !== undefined && plans.has(plan));
  if (attached.length === 0) return refusal('plan_not_attached');

  // What a customer keeps is never worth less because its promotion still applies: the later end counts.
  const coveredUntil = byGrant ? keptUntil : Math.max(endOf(rule, cart), keptUntil ?? Number.NEGATIVE_INFINITY);
  const until = source.coverage === 'until_end' && Number.isFinite(coveredUntil) ? coveredUntil : undefined;
  return {
    applies: true,
    rule,
    take,
    lines: selectUnits(rule, attached, cart.lines).map(({ line, units }) => ({
      line,
      units,
      share: coveredShare(line, until, cart.timeZone),
    })),
    quantity: BigInt(attached.reduce((sum, line) => sum + line.quantity, 0)),
    total: attached.reduce((sum, line) => sum + line.subtotal, 0n) * 10n,
    recipientRank: rank,
    byGrant,
    onceByPurchase: right.onceByPurchase,
    coveredUntil: until,
  };
}

/** Judges rules of one cart, each at most once. */
export interface Judges {
  promotion(rule: PromotionRule): Standing | Refusal;
  discount(rule: DiscountRule): Candidate | Refusal;
}

/** Judges with the promotions whose code is valid and in the request. */
export function judgesOf(judging: Judging, withCode: ReadonlySet<string>): Judges {
  const standings = new Map<PromotionRule, Standing | Refusal>();
  const judged = new Map<DiscountRule, Candidate | Refusal>();
  const opensWith = ({ source }: PromotionRule): boolean => withCode.size > 0 && withCode.has(source.id);
  const judges: Judges = {
    promotion(rule) {
      const standing = standings.get(rule) ?? judgePromotion(rule, opensWith(rule), judging);
      standings.set(rule, standing);
      return standing;
    },
    discount(rule) {
      const { promotion } = rule;
      const hasCode = promotion !== undefined && opensWith(promotion);
      const known = judged.get(rule) ?? judgeDiscount(rule, hasCode, promotion && judges.promotion(promotion), judging);
      judged.set(rule, known);
      return known;
    },
  };
  return judges;
}

/** The end of the grant that redeeming a discount now would record, in milliseconds. */
export function grantEnd({ source }: DiscountRule, cart: PricedCart): number | undefined {
  return source.validity && addPeriod(cart.at, source.validity, cart.timeZone);
}

/** Own window and conditions; those of a promotion's discount come on top of the promotion's. */
function standingOf(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Standing | undefined,
  cart: PricedCart,
  facts: Facts,
): Standing | Refusal {
  if (!isActive(rule.source)) return refusal('promotion_inactive');
  if (!isWithin(rule, cart.at)) return refusal('outside_window');
  const usage = facts.usage.get(rule.promotion?.source.id ?? rule.source.id);
  const outcome = walk(rule.groups, cart, contextOf(rule.promotion ?? rule, hasCode, usage, facts));
  if (!outcome.holds) return refusal(outcome.reason, outcome.unmet);
  return { applies: true, onceByPurchase: outcome.onceByPurchase || (standing?.onceByPurchase ?? false) };
}

function contextOf(
  { startsAt, endsAt }: PromotionRule | DiscountRule,
  hasCode: boolean,
  usage: Usage | undefined,
  { redeeming }: Facts,
): RuleContext {
  return { hasCode, startsAt, endsAt, customerUses: usage?.customer ?? 0, redeeming };
}

function recipientRank({ source: { recipients } }: DiscountRule, { customer }: PricedCart): number | undefined {
  if (recipients?.customers === undefined && recipients?.groups === undefined) return 2;
  if (customer?.id !== undefined && recipients.customers?.includes(customer.id)) return 0;
  return recipients.groups?.some((group) => customer?.groups?.includes(group)) ? 1 : undefined;
}

/** Until when the customer keeps the discount; a paused or drafted rule is not kept. */
function grantedUntil({ source, promotion }: DiscountRule, { cart, facts }: Judging): number | undefined {
  if (facts.grants.length === 0) return undefined;
  const mayBeKept = [source, promotion?.source].every((rule) => rule?.status !== 'paused' && rule?.status !== 'draft');
  if (!mayBeKept) return undefined;
  const ends = facts.grants
    .filter(({ discountId, startsAt }) => discountId === source.id && parseInstant(startsAt) <= cart.at)
    .map(({ endsAt }) => parseInstant(endsAt))
    .filter((endsAt) => cart.at < endsAt);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function endOf(rule: DiscountRule, cart: PricedCart): number {
  const own = grantEnd(rule, cart);
  if (own !== undefined) return own;
  return rule.source.endsAt === undefined ? (rule.promotion?.endsAt ?? rule.endsAt) : rule.endsAt;
}

function refusal(reason: Reason, unmet?: () => UnmetCondition[]): Refusal {
  return unmet === undefined ? { applies: false, reason } : { applies: false, reason, unmet };
}
