import { type ConditionGroup, prepareGroups } from './conditions/walk';
import type { Discount } from './discount';
import { prepareValue } from './discounts';
import type { Taker } from './discounts/value';
import { minorDigits } from './money';
import { findLines, type LineFinder } from './priced-cart';
import type { Promotion } from './promotion';
import { inOrder } from './resource';
import { compileSelector, type Matcher, selectorKeys, selectorRank } from './selector';
import { parseInstant } from './time';

/** A half-open window in milliseconds. */
export interface Window {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A promotion made ready to be judged. */
export interface PromotionRule extends Window {
  readonly source: Promotion;
  readonly plans: ReadonlySet<string> | undefined;
  readonly groups: readonly ConditionGroup[];
  /** Whether it can only apply with one of its codes, so that no cart need look at it without one. */
  readonly needsCode: boolean;
  /** Whether its uses matter to a quote. */
  readonly counted: boolean;
  readonly discounts: readonly DiscountRule[];
}

/** A discount made ready to be judged. */
export interface DiscountRule extends Window {
  readonly source: Discount;
  /** Absent: a global discount. */
  readonly promotion: PromotionRule | undefined;
  readonly groups: readonly ConditionGroup[];
  readonly findLines: LineFinder;
  readonly rank: number;
  readonly priority: number;
  readonly recurring: boolean;
  readonly setup: boolean;
  readonly buyMatches: Matcher | undefined;
  /** Whether the uses of a global discount matter to a quote. */
  readonly counted: boolean;
  /** The value made ready for a currency; `undefined`: not priced in it. */
  readonly taker: (currency: string) => Taker | undefined;
}

/** Whether `at` lies in the window. */
export function isWithin(window: Window, at: number): boolean {
  return window.startsAt <= at && at < window.endsAt;
}

/** Makes a promotion and its discounts ready. */
export function preparePromotion(source: Promotion): PromotionRule {
  const groups = prepareGroups(source.conditions, 'each');
  const discounts: DiscountRule[] = [];
  // No spread: objects of one shape are what makes a quote fast, and a spread gives each its own.
  const { startsAt, endsAt } = windowOf(source);
  const promotion: PromotionRule = {
    startsAt,
    endsAt,
    source,
    plans: source.plans && new Set(source.plans),
    groups,
    needsCode: groups.some((group) => group.every(({ source: { type, negate } }) => type === 'promo_code' && !negate)),
    counted: source.limits !== undefined || hasPurchase(groups),
    discounts,
  };
  for (const discount of inOrder(source.discounts)) discounts.push(prepareDiscount(discount, promotion));
  return promotion;
}

/** Makes a discount ready; without a promotion, one of its ungrouped conditions is enough [ISP]. */
export function prepareDiscount(source: Discount, promotion?: PromotionRule): DiscountRule {
  const groups = prepareGroups(source.conditions, promotion === undefined ? 'one' : 'each');
  const takers = new Map<string, Taker | undefined>();
  const { startsAt, endsAt } = windowOf(source);
  return {
    startsAt,
    endsAt,
    source,
    promotion,
    groups,
    findLines: findLines(source.selector),
    rank: selectorRank(source.selector),
    priority: source.priority ?? promotion?.source.priority ?? 0,
    recurring: source.charges?.includes('recurring') ?? true,
    setup: source.charges?.includes('setup') ?? false,
    buyMatches: source.buy && compileSelector(source.buy.selector),
    counted: promotion === undefined && hasPurchase(groups),
    taker(currency) {
      const known = takers.get(currency);
      if (known !== undefined || takers.has(currency)) return known;
      const context = { currency, digits: minorDigits(currency), scope: source.scope ?? 'line' };
      const taker = prepareValue(source.value, context);
      takers.set(currency, taker);
      return taker;
    },
  };
}

/** The keys under which a discount is filed: of all that a cart must bring for it the narrowest; `undefined`: nothing. */
export function discountKeys({ source, promotion, groups }: DiscountRule): readonly string[] | undefined {
  return narrowest([
    selectorKeys(source.selector),
    promotion?.source.plans?.map((plan) => `plan ${plan}`),
    recipientKeys(source),
    ...requiredServices([...groups, ...(promotion?.groups ?? [])]),
  ]);
}

/** The keys of the services that the conditions demand in the cart. */
export function requiredServices(groups: readonly ConditionGroup[]): (readonly string[] | undefined)[] {
  return groups.flatMap(([condition, another]) => {
    const alone = another === undefined ? condition?.source : undefined;
    return alone?.type === 'cart_has_service' && !alone.negate ? [selectorKeys(alone.selector)] : [];
  });
}

/** The key lists' narrowest one, as `KEY_KINDS` orders them; `undefined` where there is none. */
export function narrowest(ways: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  return ways
    .filter((keys) => keys !== undefined)
    .reduce<readonly string[] | undefined>(
      (best, keys) => (best && width(best) <= width(keys) ? best : keys),
      undefined,
    );
}

const KEY_KINDS = ['customer', 'addon', 'plan', 'planGroup', 'tag', 'group', 'serviceType'];

function width(keys: readonly string[]): number {
  return Math.max(-1, ...keys.map((key) => KEY_KINDS.indexOf(key.slice(0, key.indexOf(' ')))));
}

function recipientKeys({ recipients }: Discount): string[] | undefined {
  if (recipients?.customers === undefined && recipients?.groups === undefined) return undefined;
  return [
    ...(recipients.customers ?? []).map((customer) => `customer ${customer}`),
    ...(recipients.groups ?? []).map((group) => `group ${group}`),
  ];
}

function windowOf({ startsAt, endsAt }: { startsAt?: string; endsAt?: string }): Window {
  return {
    startsAt: startsAt === undefined ? Number.NEGATIVE_INFINITY : parseInstant(startsAt),
    endsAt: endsAt === undefined ? Number.POSITIVE_INFINITY : parseInstant(endsAt),
  };
}

function hasPurchase(groups: readonly ConditionGroup[]): boolean {
  return groups.some((group) => group.some(({ source }) => source.type === 'purchase'));
}
