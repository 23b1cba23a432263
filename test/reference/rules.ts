import type { GrantFact } from '../../src/engine/judging/facts';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Discount } from '../../src/engine/rulebook/discount';
import type { Promotion } from '../../src/engine/rulebook/promotion';
import type { Catalog } from '../../src/engine/rulebook/rulebook';
import type { Reason } from '../../src/engine/vocabulary/reasons';
import { isWithin } from './calendar';
import { type Line, matches } from './cart';
import { judge, type Question } from './conditions';
import { Fraction } from './fraction';
import { isPriced } from './values';

/** A discount together with the promotion that it is part of. */
export interface Rule {
  discount: Discount;
  promotion?: Promotion;
  /** The customer's grant of it that runs. */
  grant?: GrantFact;
  /** By what right it applies to the cart. */
  right?: 'own' | 'grant';
}

/** The question of a quote, before a rule is looked at. */
export type Setting = Omit<Question, 'rule' | 'hasCode'>;

/** All discounts of a catalog. */
export function rulesOf(catalog: Catalog, { at, facts }: Setting): Rule[] {
  const grantOf = (discount: Discount) =>
    facts.grants.find((grant) => grant.discountId === discount.id && isWithin(at, grant));
  return [
    ...catalog.promotions.flatMap((promotion) =>
      promotion.discounts.map((discount) => ({ discount, promotion, grant: grantOf(discount) })),
    ),
    ...catalog.discounts.map((discount) => ({ discount, grant: grantOf(discount) })),
  ];
}

/** Whether a promotion is attached to the plan of a line; plans attach line by line. */
export function isAttached(promotion: Promotion | undefined, line: Line): boolean {
  if (promotion?.plans === undefined) return true;
  return line.plan !== undefined && promotion.plans.includes(line.plan);
}

/** The lines that a discount is about. */
export function matchingLines(rule: Rule, lines: readonly Line[]): Line[] {
  return lines.filter((line) => isAttached(rule.promotion, line) && matches(rule.discount.selector, line));
}

/** Why a promotion does not apply to a cart; `undefined` when it does. */
export function promotionRefusal(
  promotion: Promotion,
  setting: Setting,
  hasCode: boolean,
  overdrawn: ReadonlySet<string>,
): Reason | undefined {
  const { request, at, lines, facts } = setting;
  if (!isActive(promotion)) return 'promotion_inactive';
  if (!isWithin(at, promotion)) return 'outside_window';
  if (!lines.some((line) => isAttached(promotion, line)) && promotion.plans !== undefined) return 'plan_not_attached';
  const failure = judge(promotion.conditions, false, { ...setting, rule: promotion, hasCode });
  if (failure !== undefined) return failure;
  const used = facts.usage.get(promotion.id);
  const { total, perCustomer, budget } = promotion.limits ?? {};
  if (total !== undefined && (used?.total ?? 0) >= total) return 'limit_reached';
  if (perCustomer !== undefined) {
    if (request.customer?.id === undefined && facts.redeeming) return 'missing_fact';
    if (request.customer?.id !== undefined && (used?.customer ?? 0) >= perCustomer) return 'limit_reached';
  }
  if (budget !== undefined && budget[request.currency] === undefined) return 'currency_not_priced';
  return overdrawn.has(promotion.id) ? 'budget_spent' : undefined;
}

/** Why a discount does not apply, its promotion aside; a grant outlives the discount's window and conditions. */
export function discountRefusal(rule: Rule, setting: Setting, hasCode: boolean): Reason | undefined {
  const { request, lines } = setting;
  const { discount } = rule;
  if (!isActive(discount)) return 'no_matching_line';
  if (recipientRank(discount, request) === undefined) return 'not_recipient';
  const refusal = rule.grant === undefined ? ownRefusal(rule, setting, hasCode) : undefined;
  if (refusal !== undefined) return refusal;
  if (!isPriced(discount.value, request.currency)) return 'currency_not_priced';
  if (matchingLines(rule, lines).length > 0) return undefined;
  return lines.some((line) => matches(discount.selector, line)) ? 'plan_not_attached' : 'no_matching_line';
}

/** By what right a discount applies to the cart: its own, or that of a grant; `undefined`: it does not. */
export function rightOf(
  rule: Rule,
  setting: Setting,
  hasCode: boolean,
  overdrawn: ReadonlySet<string>,
): 'own' | 'grant' | undefined {
  if (appliesByItself(rule, setting, hasCode, overdrawn)) return 'own';
  return rule.grant !== undefined && outlives(rule, setting) ? 'grant' : undefined;
}

function appliesByItself(rule: Rule, setting: Setting, hasCode: boolean, overdrawn: ReadonlySet<string>): boolean {
  const { promotion } = rule;
  if (promotion !== undefined && promotionRefusal(promotion, setting, hasCode, overdrawn) !== undefined) return false;
  return discountRefusal(rule, setting, hasCode) === undefined && ownRefusal(rule, setting, hasCode) === undefined;
}

/** Why the window or the conditions of a discount itself do not hold; of a global one's ungrouped conditions one is enough. */
function ownRefusal(rule: Rule, setting: Setting, hasCode: boolean): Reason | undefined {
  const { discount, promotion } = rule;
  if (!isWithin(setting.at, discount)) return 'outside_window';
  const question = { ...setting, rule: promotion ?? discount, hasCode };
  return judge(discount.conditions ?? [], promotion === undefined, question);
}

/** A grant outlives windows, conditions and limits, and its promotion's archiving; pausing stops it. */
function outlives(rule: Rule, { request, lines }: Setting): boolean {
  const { discount, promotion } = rule;
  const isKept = [discount, ...(promotion === undefined ? [] : [promotion])].every(
    (resource) => isActive(resource) || resource.status === 'archived',
  );
  const isFor = recipientRank(discount, request) !== undefined && isPriced(discount.value, request.currency);
  return isKept && isFor && matchingLines(rule, lines).length > 0;
}

function isActive({ status }: { status?: string }): boolean {
  return status === undefined || status === 'active';
}

/** How narrow the recipients are that the customer is one of: 0 the customer, 1 a group, 2 all; `undefined`: not one of them. */
export function recipientRank(discount: Discount, request: QuoteRequest): number | undefined {
  if (discount.recipients === undefined) return 2;
  const { customers, groups } = discount.recipients;
  const { customer } = request;
  if (customer?.id !== undefined && customers?.includes(customer.id)) return 0;
  return groups?.some((group) => customer?.groups?.includes(group)) ? 1 : undefined;
}

/** How narrow the selector is: add-on, plan with period, plan, plan group, tag, service type, everything. */
export function selectorRank({ selector }: Discount): number {
  const narrowness = [
    selector?.addons !== undefined,
    selector?.plans !== undefined && selector.periods !== undefined,
    selector?.plans !== undefined,
    selector?.planGroups !== undefined,
    selector?.tags !== undefined,
    selector?.serviceTypes !== undefined,
    true,
  ];
  return narrowness.indexOf(true);
}

/** Bigger comes first: the discount's own, else its promotion's. */
export function priorityOf({ discount, promotion }: Rule): number {
  return discount.priority ?? promotion?.priority ?? 0;
}

/** What a promotion may still take off in a currency; `undefined`: as much as it likes. */
export function budgetLeft(promotion: Promotion, { request, facts }: Setting): Fraction | undefined {
  const budget = promotion.limits?.budget?.[request.currency];
  if (budget === undefined) return undefined;
  return Fraction.parse(budget).minus(Fraction.parse(facts.usage.get(promotion.id)?.spent[request.currency] ?? '0'));
}
