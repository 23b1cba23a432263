import type { Discount } from '../rulebook/discount';
import type { PromoCode } from '../rulebook/promo-code';
import type { Promotion } from '../rulebook/promotion';
import type { RelatedProduct } from '../rulebook/related-product';
import type { UpgradePath } from '../rulebook/upgrade-path';
import type { Settings } from '../vocabulary/provider';
import { isArchived } from '../vocabulary/resource';
import type { Selector } from '../vocabulary/selector';
import type { Warning } from '../vocabulary/warning';
import { type Alternatives, groupsOf } from './groups';

/** A warning, and the other place that it is about, where there is one. */
export interface Finding extends Warning {
  readonly other?: string | undefined;
}

/** What checks must know beside the rule: of the plans, tags and codes only those that it names need be there. */
export interface LintFacts {
  readonly combination: Settings['combination'];
  /** The promotions that have a code which is not archived. */
  readonly withCodes: ReadonlySet<string>;
  /** Whether any plan is registered. */
  readonly hasPlans: boolean;
  readonly plans: { has(id: string): boolean };
  /** The tags of registered plans. */
  readonly tagsOfPlans: { has(tag: string): boolean };
  /** Active exclusive promotions, the first ones by priority. */
  readonly exclusives: readonly Promotion[];
  /** Active order discounts, the first ones by priority. */
  readonly orderDiscounts: readonly RivalDiscount[];
  /** No other order discount has a higher priority than this. */
  readonly otherPriorities: number;
}

/** A discount with the promotion that it is part of. */
export interface RivalDiscount {
  readonly discount: Discount;
  readonly promotion: Promotion | undefined;
}

/** A discount with its place and its own conditions. */
export interface LintedDiscount extends RivalDiscount {
  readonly at: string;
  readonly groups: readonly Alternatives[];
}

/** What a code must know of its promotion. */
type WindowedRule = Pick<Promotion, 'startsAt' | 'endsAt' | 'status'>;

/** A rule as the checks see it: what it has of each kind, whatever resource it is. */
export interface LintedRule {
  readonly promotion?: Promotion;
  readonly code?: { readonly code: PromoCode; readonly promotion: WindowedRule | undefined };
  readonly path?: UpgradePath;
  /** Its own conditions; a global discount's are with the discount. */
  readonly groups: readonly Alternatives[];
  readonly discounts: readonly LintedDiscount[];
}

/** Finds likely mistakes of one kind. */
export type Check = (rule: LintedRule, facts: LintFacts) => readonly Omit<Finding, 'code'>[];

/** Nothing that could have a mistake: what is archived is out of use for good. */
const NOTHING: LintedRule = { groups: [], discounts: [] };

/** Returns a promotion with its discounts that are not archived. */
export function ruleOfPromotion(promotion: Promotion): LintedRule {
  if (isArchived(promotion)) return NOTHING;
  const discounts = promotion.discounts.flatMap((discount, index): LintedDiscount[] => {
    const at = `/discounts/${index}`;
    return isArchived(discount) ? [] : [{ discount, promotion, at, groups: groupsOf(discount.conditions, at) }];
  });
  return { promotion, groups: groupsOf(promotion.conditions, ''), discounts };
}

/** Returns a global discount. */
export function ruleOfDiscount(discount: Discount): LintedRule {
  if (isArchived(discount)) return NOTHING;
  const groups = groupsOf(discount.conditions, '', 'one');
  return { groups: [], discounts: [{ discount, promotion: undefined, at: '', groups }] };
}

/** Returns a related product. */
export function ruleOfRelatedProduct(product: RelatedProduct): LintedRule {
  return isArchived(product) ? NOTHING : { groups: groupsOf(product.conditions, ''), discounts: [] };
}

/** Returns an upgrade path. */
export function ruleOfUpgradePath(path: UpgradePath): LintedRule {
  return isArchived(path) ? NOTHING : { ...NOTHING, path };
}

/** Returns a promo code of a promotion. */
export function ruleOfPromoCode(code: PromoCode, promotion: WindowedRule | undefined): LintedRule {
  return isArchived(code) || (promotion !== undefined && isArchived(promotion))
    ? NOTHING
    : { ...NOTHING, code: { code, promotion } };
}

/** Returns every selector of a rule with its place. */
export function selectorsOf({ groups, discounts }: LintedRule): { selector: Selector; at: string }[] {
  const conditions = [...groups, ...discounts.flatMap((discount) => discount.groups)].flat();
  const places: { selector: Selector | undefined; at: string }[] = [
    ...conditions.map(({ condition, at }) => ({
      selector: 'selector' in condition ? condition.selector : undefined,
      at: `${at}/selector`,
    })),
    ...discounts.flatMap(({ discount, at }) => [
      { selector: discount.selector, at: `${at}/selector` },
      { selector: discount.buy?.selector, at: `${at}/buy/selector` },
    ]),
  ];
  return places.flatMap(({ selector, at }) => (selector === undefined ? [] : [{ selector, at }]));
}

/** As many rivals of a rule are looked at. */
export const MOST_RIVALS = 50;

/** Returns the rivals among these discounts: the first ones by priority. */
export function rivalsOf(discounts: readonly RivalDiscount[]): Pick<LintFacts, 'orderDiscounts' | 'otherPriorities'> {
  const sorted = discounts.toSorted((a, b) => priorityOf(b) - priorityOf(a));
  const next = sorted[MOST_RIVALS];
  return {
    orderDiscounts: sorted.slice(0, MOST_RIVALS),
    otherPriorities: next === undefined ? Number.NEGATIVE_INFINITY : priorityOf(next),
  };
}

/** Returns a discount's own priority, else its promotion's. */
export function priorityOf({ discount, promotion }: RivalDiscount): number {
  return discount.priority ?? promotion?.priority ?? 0;
}
