import { type Instant, parseInstant } from '../time/instant';
import { MOST_WARNINGS, type Warning, type WarningCode } from '../vocabulary/warning';
import { findExclusions, findImpossible, findRefusedGroups } from './contradictions';
import { findForeignCurrencies } from './currencies';
import { findTagsWithoutPlan, findUnregisteredPlans } from './plans';
import { type Check, type Finding, type LintedRule, type LintFacts, selectorsOf } from './rule';
import { emptiedList } from './selectors';
import { findLosingOrderDiscounts, findShadowed } from './shadows';
import { findUnreachedTiers } from './tiers';

/** Returns a code condition that no code can meet. */
const findMissingCodes: Check = ({ promotion, groups, discounts }, { withCodes }) => {
  if (promotion !== undefined && withCodes.has(promotion.id)) return [];
  const detail =
    promotion === undefined
      ? 'Only promotions have codes, so this condition never holds.'
      : 'The promotion has no code that is not archived, so this condition never holds.';
  return [...groups, ...discounts.flatMap((discount) => discount.groups)]
    .flat()
    .filter(({ condition: { type, negate } }) => type === 'promo_code' && !negate)
    .map(({ at: pointer }) => ({ pointer, detail }));
};

/** Returns a limit per customer that the total limit keeps every customer from reaching. */
const findUselessLimits: Check = ({ promotion, code }) => {
  const above = (each: number | undefined, all: number | undefined, pointer: string) =>
    each !== undefined && all !== undefined && each > all
      ? [{ pointer, detail: `One customer may use it ${each} times, and all together only ${all} times.` }]
      : [];
  return [
    ...above(promotion?.limits?.perCustomer, promotion?.limits?.total, '/limits/perCustomer'),
    ...above(code?.code.maxRedemptionsPerCustomer, code?.code.maxRedemptions, '/maxRedemptionsPerCustomer'),
  ];
};

/** Returns a part of a promotion whose own window is over before the promotion's begins, or begins after it. */
const findOutsideWindow: Check = ({ discounts, code }) => {
  const parts = [
    ...discounts.map(({ discount, promotion, at }) => ({ part: discount, promotion, at })),
    ...(code === undefined ? [] : [{ part: code.code, promotion: code.promotion, at: '' }]),
  ];
  return parts.flatMap(({ part, promotion, at }) => {
    if (promotion === undefined) return [];
    if (isOver(promotion.endsAt, part.startsAt)) {
      return [{ pointer: `${at}/startsAt`, detail: `It starts when its promotion is over, at ${promotion.endsAt}.` }];
    }
    return isOver(part.endsAt, promotion.startsAt)
      ? [{ pointer: `${at}/endsAt`, detail: `It is over when its promotion starts, at ${promotion.startsAt}.` }]
      : [];
  });
};

function isOver(endsAt: Instant | undefined, startsAt: Instant | undefined): boolean {
  return endsAt !== undefined && startsAt !== undefined && parseInstant(endsAt) <= parseInstant(startsAt);
}

/** Returns a selector that leaves out what it asks for. */
const findEmptySelectors: Check = (rule) =>
  selectorsOf(rule).flatMap(({ selector, at }) => {
    const list = emptiedList(selector);
    if (list === undefined) return [];
    return [
      {
        pointer: `${at}/${list}`,
        detail: 'Every entry of this list is left out again, so the selector matches nothing.',
      },
    ];
  });

/** What each warning is found by; a code that is missing here does not compile. */
const CHECKS: { readonly [code in WarningCode]: Check } = {
  code_condition_without_codes: findMissingCodes,
  condition_never_holds: findImpossible,
  conditions_exclude_each_other: findExclusions,
  group_required_and_refused: findRefusedGroups,
  no_common_currency: findForeignCurrencies,
  order_discount_always_loses: findLosingOrderDiscounts,
  outside_promotion_window: findOutsideWindow,
  per_customer_above_total: findUselessLimits,
  selector_matches_nothing: findEmptySelectors,
  shadowed_by_exclusive: findShadowed,
  tag_without_plan: findTagsWithoutPlan,
  tier_never_reached: findUnreachedTiers,
  unregistered_plan: findUnregisteredPlans,
};

/** Finds likely mistakes in a rule. Pure; none of them is a false alarm, but not every mistake is found. */
export function lint(rule: LintedRule, facts: LintFacts): Finding[] {
  return Object.entries(CHECKS).flatMap(([code, check]) =>
    check(rule, facts).map((finding) => ({ code: code as WarningCode, ...finding })),
  );
}

/** Returns the first findings as warnings, of those that are about a part of the resource with pointers into the part. */
export function warningsOf(findings: readonly Finding[], part = ''): Warning[] {
  const isIn = (pointer: string | undefined) => pointer === part || pointer?.startsWith(`${part}/`) === true;
  return findings
    .filter(({ pointer, other }) => isIn(pointer) || (part !== '' && isIn(other)))
    .slice(0, MOST_WARNINGS)
    .map(({ code, pointer, detail }) => ({ code, pointer: isIn(pointer) ? pointer.slice(part.length) : '', detail }));
}
