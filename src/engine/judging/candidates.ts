import type { LinePart, PricedCart, PricedLine } from '../cart/priced-cart';
import { ELIGIBLE, type Eligible, type Refusal, refusal } from '../conditions/eligibility';
import { type ConditionGroup, judgeGroups } from '../conditions/groups';
import type { DiscountCalculator } from '../discount-values/discount-value';
import { ONE } from '../money/fraction';
import type { Integer } from '../money/integer';
import type { DiscountRule, PromotionRule } from '../rulebook/rules';
import { addPeriod } from '../time/calendar';
import { isWithin, LAST_INSTANT, parseInstant } from '../time/instant';
import type { Reason } from '../vocabulary/reasons';
import type { Facts } from './facts';
import { selectUnits } from './units';

/** A discount that could apply: active, in its window, conditions met, plans attached, with the lines that it matches. */
export interface Candidate {
  readonly applies: true;
  readonly rule: DiscountRule;
  readonly taker: DiscountCalculator;
  readonly lines: readonly LinePart[];
  /** All the lines that it matches, in full. */
  readonly matching: readonly PricedLine[];
  /** 0 for a named customer, 1 for a group, 2 for all. */
  readonly recipientRank: number;
  /** Whether it applies only because the customer keeps it from an earlier redemption. */
  readonly byGrant: boolean;
  readonly onceByPurchase: boolean;
  /** The end that `until_end` uses, in milliseconds. */
  readonly coveredUntil: number | undefined;
  /** Why it gave way, once the candidates are combined. */
  loss: Loss | undefined;
  /** What it takes off the whole cart, setup fees included, in minor units, once the lines are priced. */
  taken: Integer;
}

/** Why a candidate gave way, and the promotion or global discount that it lost to. */
export interface Loss {
  readonly reason: Extract<Reason, 'outranked' | 'excluded'>;
  readonly blockedBy: string;
}

/** What judging needs beside the cart. */
export interface JudgingContext {
  readonly cart: PricedCart;
  readonly facts: Facts;
  /** The promotions whose budget this cart would overdraw. */
  readonly overdrawn: ReadonlySet<string>;
}

/** Judges a promotion, `hasCode` telling whether one of its codes takes a place. */
export function judgePromotion(rule: PromotionRule, hasCode: boolean, judging: JudgingContext): Eligible | Refusal {
  const { cart, facts, overdrawn } = judging;
  const { plans, limits } = rule;
  if (!rule.isActive) return refusal('promotion_inactive');
  if (!isWithin(rule, cart.at)) return refusal('outside_window');
  if (plans !== undefined && !cart.lines.some(({ plan }) => plan !== undefined && plans.has(plan))) {
    return refusal('plan_not_attached');
  }
  const standing = judgeConditions(rule.groups, rule, hasCode, judging);
  if (!standing.applies || limits === undefined) return standing;
  const { total, perCustomer, budget } = limits;
  const { id } = rule;
  const usage = facts.usage.get(id);
  if (total !== undefined && (usage?.total ?? 0) >= total) return refusal('limit_reached');
  if (perCustomer !== undefined) {
    if (cart.customer?.id === undefined && facts.redeeming) return refusal('missing_fact');
    if (cart.customer?.id !== undefined && (usage?.customer ?? 0) >= perCustomer) return refusal('limit_reached');
  }
  if (budget !== undefined && !Object.hasOwn(budget, cart.currency)) return refusal('currency_not_priced');
  return overdrawn.has(id) ? refusal('budget_spent') : standing;
}

/** Judges a discount; `standing` is its promotion's, absent for a global discount. */
export function judgeDiscount(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Eligible | Refusal | undefined,
  judging: JudgingContext,
): Candidate | Refusal {
  const { cart } = judging;
  const { promotion } = rule;
  const rank = recipientRank(rule, cart);
  if (rank === undefined) return refusal('not_recipient');
  const keptUntil = grantedUntil(rule, judging);
  let right = standing?.applies === false ? standing : standingOf(rule, hasCode, standing, judging);
  const byGrant = !right.applies && keptUntil !== undefined;
  if (byGrant) right = ELIGIBLE;
  if (!right.applies) return right;

  const taker = rule.takers.forCurrency(cart.currency);
  if (taker === undefined) return refusal('currency_not_priced');
  const matching = rule.finder.find(cart);
  if (matching.length === 0) return refusal('no_matching_line');
  const plans = promotion?.plans;
  const attached =
    plans === undefined ? matching : matching.filter(({ plan }) => plan !== undefined && plans.has(plan));
  if (attached.length === 0) return refusal('plan_not_attached');

  const until = rule.untilEnd ? coveredUntil(rule, byGrant, keptUntil, cart) : undefined;
  return {
    applies: true,
    rule,
    taker,
    lines: selectLines(rule, attached, until, cart),
    matching: attached,
    recipientRank: rank,
    byGrant,
    onceByPurchase: right.onceByPurchase,
    coveredUntil: until,
    loss: undefined,
    taken: 0,
  };
}

/** What a customer keeps is never worth less because its promotion still applies: the later end counts. */
function coveredUntil(
  rule: DiscountRule,
  byGrant: boolean,
  keptUntil: number | undefined,
  cart: PricedCart,
): number | undefined {
  const until = byGrant ? keptUntil : Math.max(endOf(rule, cart), keptUntil ?? Number.NEGATIVE_INFINITY);
  return Number.isFinite(until) ? until : undefined;
}

function selectLines(
  rule: DiscountRule,
  matching: readonly PricedLine[],
  until: number | undefined,
  { lines, wholeLines, coverage }: PricedCart,
): readonly LinePart[] {
  if (!rule.selectsUnits && until === undefined) {
    return matching === lines ? wholeLines : matching.map(({ index }) => wholeLines[index] as LinePart);
  }
  return selectUnits(rule, matching, lines).map(({ line, units }) => ({
    line,
    units,
    share: until === undefined ? ONE : coverage(line, until),
  }));
}

/** Judges rules of one cart, with the promotions whose code is valid and in the request. */
export class RuleJudge {
  /** Of promotions with several discounts, so that each is judged once. */
  readonly #standings = new Map<PromotionRule, Eligible | Refusal>();

  constructor(
    private readonly judging: JudgingContext,
    private readonly withCode: ReadonlySet<string>,
  ) {}

  /** How a promotion stands. */
  promotion(rule: PromotionRule): Eligible | Refusal {
    if (rule.isSingle) return judgePromotion(rule, this.#opens(rule), this.judging);
    const standing = this.#standings.get(rule) ?? judgePromotion(rule, this.#opens(rule), this.judging);
    this.#standings.set(rule, standing);
    return standing;
  }

  /** How a discount stands. */
  discount(rule: DiscountRule): Candidate | Refusal {
    const { promotion } = rule;
    const hasCode = promotion !== undefined && this.#opens(promotion);
    return judgeDiscount(rule, hasCode, promotion && this.promotion(promotion), this.judging);
  }

  #opens({ id }: PromotionRule): boolean {
    return this.withCode.size > 0 && this.withCode.has(id);
  }
}

/** The end of the grant that redeeming a discount now would record, in milliseconds; none is later than can be written. */
export function grantEnd({ source }: DiscountRule, cart: PricedCart): number | undefined {
  return source.validity && Math.min(LAST_INSTANT, addPeriod(cart.at, source.validity, cart.timeZone));
}

/** Own window and conditions; those of a promotion's discount come on top of the promotion's. */
function standingOf(
  rule: DiscountRule,
  hasCode: boolean,
  standing: Eligible | undefined,
  judging: JudgingContext,
): Eligible | Refusal {
  if (!rule.isActive) return refusal('promotion_inactive');
  if (!isWithin(rule, judging.cart.at)) return refusal('outside_window');
  const own = judgeConditions(rule.groups, rule.promotion ?? rule, hasCode, judging);
  return own.applies && standing?.onceByPurchase ? standing : own;
}

/** Judges conditions in the context of the promotion, or global discount, whose uses count. */
function judgeConditions(
  groups: readonly ConditionGroup[],
  counting: PromotionRule | DiscountRule,
  hasCode: boolean,
  { cart, facts: { usage, redeeming } }: JudgingContext,
): Eligible | Refusal {
  if (groups.length === 0) return ELIGIBLE;
  const { id, startsAt, endsAt } = counting;
  const customerUses = usage.get(id)?.customer ?? 0;
  return judgeGroups(groups, cart, { hasCode, startsAt, endsAt, customerUses, redeeming });
}

function recipientRank({ recipients }: DiscountRule, { customer }: PricedCart): number | undefined {
  if (recipients?.customers === undefined && recipients?.groups === undefined) return 2;
  if (customer?.id !== undefined && recipients.customers?.includes(customer.id)) return 0;
  return recipients.groups?.some((group) => customer?.groups?.includes(group)) ? 1 : undefined;
}

/** Until when the customer keeps the discount; a paused or drafted rule is not kept. */
function grantedUntil({ id, source, promotion }: DiscountRule, { cart, facts }: JudgingContext): number | undefined {
  if (facts.grants.length === 0) return undefined;
  const mayBeKept = [source, promotion?.source].every((rule) => rule?.status !== 'paused' && rule?.status !== 'draft');
  if (!mayBeKept) return undefined;
  const ends = facts.grants
    .filter(({ discountId, startsAt }) => discountId === id && parseInstant(startsAt) <= cart.at)
    .map(({ endsAt }) => parseInstant(endsAt))
    .filter((endsAt) => cart.at < endsAt);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function endOf(rule: DiscountRule, cart: PricedCart): number {
  const own = grantEnd(rule, cart);
  if (own !== undefined) return own;
  return rule.endsAt ?? rule.promotion?.endsAt ?? Number.POSITIVE_INFINITY;
}
