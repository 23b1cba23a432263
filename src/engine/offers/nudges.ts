import type { PricedCart } from '../cart/priced-cart';
import { type NearlyMet, nearlyMet } from '../conditions/groups';
import { type CartScope, type Decided, decide, promotionsOf } from '../decision/decision';
import type { Facts } from '../judging/facts';
import { contextOf } from '../judging/promotions';
import { type Integer, subtract } from '../money/integer';
import { formatMoney, type MoneySum, parseMoney } from '../money/money';
import { roundMoney } from '../money/rounding';
import type { DiscountRule, PromotionRule } from '../rulebook/rules';
import { isWithin } from '../time/instant';
import { pickText } from '../vocabulary/localized-text';
import type { MissingNumber, Nudge } from './offer';

/** A promotion that one number keeps from applying. */
interface NearPromotion extends NearlyMet {
  readonly rule: PromotionRule;
}

/** How many promotions are tried, and how many lines are priced again for it, all together. */
const MOST_TRIED = 50;
const MOST_LINES_AGAIN = 2_500;

/**
 * Returns what customers lack for advertised promotions, the larger saving first: the quote is decided again as if the
 * one condition that is unmet held. Of more promotions than can be tried those that rank first are.
 */
export function nudgesFor(cart: PricedCart, scope: CartScope, facts: Facts, { priced, codes }: Decided): Nudge[] {
  const { digits, lines, languages, request, settings } = cart;
  const withCode = promotionsOf(codes.filter(({ valid }) => valid));
  const most = Math.min(MOST_TRIED, Math.floor(MOST_LINES_AGAIN / Math.max(lines.length, 1)));
  const now = parseMoney(priced.totals.total);
  return nearPromotions(cart, scope.advertised, withCode, facts)
    .slice(0, most)
    .map((near) => {
      const total = totalIfMet(near, cart, scope, facts);
      return { near, total, saving: subtract(now, parseMoney(total)) };
    })
    .filter(({ saving }) => saving > 0)
    .sort((a, b) => bySaving(a.saving, b.saving) || byRank(a.near, b.near))
    .slice(0, request.nudges)
    .map(({ near, total, saving }) => ({
      promotionId: near.rule.id,
      title: pickText(near.rule.source.title, languages),
      missing: missingOf(near),
      saving: formatMoney(roundMoney(saving, digits, settings.roundingMode), digits),
      total,
    }));
}

function totalIfMet({ rule, group }: NearPromotion, cart: PricedCart, scope: CartScope, facts: Facts): MoneySum {
  const own = rule.discounts.filter(({ isActive }) => isActive);
  const inReach = [...new Set([...scope.inReach, ...own])];
  return decide(cart, { ...scope, inReach }, facts, group).priced.totals.total;
}

function nearPromotions(
  cart: PricedCart,
  advertised: readonly DiscountRule[],
  withCode: ReadonlySet<string>,
  facts: Facts,
): NearPromotion[] {
  const promotions = new Set(advertised.flatMap(({ promotion }) => promotion ?? []));
  const near: NearPromotion[] = [];
  for (const rule of promotions) {
    if (!isWithin(rule, cart.at)) continue;
    const found = nearlyMet(rule.groups, cart, contextOf(rule, withCode.has(rule.id), facts));
    if (found !== undefined) near.push({ ...found, rule });
  }
  return near.sort(byRank);
}

function missingOf({ type, missing }: NearPromotion): MissingNumber {
  return typeof missing === 'number' ? { type, count: missing } : { type, amount: missing };
}

function bySaving(a: Integer, b: Integer): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

/** Sorts by higher priority, then older id. */
function byRank({ rule: a }: NearPromotion, { rule: b }: NearPromotion): number {
  return (b.source.priority ?? 0) - (a.source.priority ?? 0) || (a.id < b.id ? -1 : 1);
}
