import type { PricedCart } from '../cart/priced-cart';
import type { RuleContext } from '../conditions/condition';
import { ELIGIBLE, type Eligible, type Refusal, refusal } from '../conditions/eligibility';
import { type ConditionGroup, judgeGroups } from '../conditions/groups';
import type { DiscountRule, PromotionRule } from '../rulebook/rules';
import { isWithin } from '../time/instant';
import type { Facts } from './facts';

/** What judging needs beside the cart. */
export interface JudgingContext {
  readonly cart: PricedCart;
  readonly facts: Facts;
  /** The promotions whose budget this cart would overdraw. */
  readonly overdrawn: ReadonlySet<string>;
  /** Conditions of a promotion that are taken as met, to see what it would do. */
  readonly assumed: ConditionGroup | undefined;
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

/** Judges conditions in the context of the promotion, or global discount, whose uses count. */
export function judgeConditions(
  groups: readonly ConditionGroup[],
  counting: PromotionRule | DiscountRule,
  hasCode: boolean,
  { cart, facts, assumed }: JudgingContext,
): Eligible | Refusal {
  if (groups.length === 0) return ELIGIBLE;
  const asked = assumed === undefined ? groups : groups.filter((group) => group !== assumed);
  return judgeGroups(asked, cart, contextOf(counting, hasCode, facts));
}

/** Returns what conditions may know of the promotion, or global discount, that they belong to. */
export function contextOf(
  { id, startsAt, endsAt }: PromotionRule | DiscountRule,
  hasCode: boolean,
  { usage, redeeming }: Facts,
): RuleContext {
  return { hasCode, startsAt, endsAt, customerUses: usage.get(id)?.customer ?? 0, redeeming };
}
