import { isDeepStrictEqual } from 'node:util';
import type { GrantFact } from '../../src/engine/judging/facts';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Discount } from '../../src/engine/rulebook/discount';
import type { Promotion } from '../../src/engine/rulebook/promotion';
import type { Catalog } from '../../src/engine/rulebook/saved';
import type { Reason } from '../../src/engine/vocabulary/reasons';
import { isWithin } from './calendar';
import { type Line, matches } from './cart';
import { isPriced } from './combining/values';
import { judge, type Question } from './conditions';
import { Fraction } from './fraction';

/** A discount together with the promotion that it is part of. */
export interface Rule {
  discount: Discount;
  promotion?: Promotion;
  /** Every grant of it that the customer has or had. */
  grants: readonly GrantFact[];
  /** The grant by whose right it applies. */
  grant?: GrantFact;
  /** By what right it applies to the cart. */
  right?: 'own' | 'grant';
  /** The lines that the right is about. */
  only?: (line: Line) => boolean;
  /** Until when the customer keeps the same discount, beside its own right. */
  keptUntil?: number;
}

/** The question of a quote, before a rule is looked at. */
export type Setting = Omit<Question, 'rule' | 'hasCode'>;

/** All discounts of a catalog. */
export function rulesOf(catalog: Catalog, { facts }: Setting): Rule[] {
  const grantsOf = (discount: Discount) => facts.grants.filter((grant) => grant.discountId === discount.id);
  return [
    ...catalog.promotions.flatMap((promotion) =>
      promotion.discounts.map((discount) => ({ discount, promotion, grants: grantsOf(discount) })),
    ),
    ...catalog.discounts.map((discount) => ({ discount, grants: grantsOf(discount) })),
  ];
}

/** Whether a promotion is attached to the plan of a line; plans attach line by line. */
export function isAttached(promotion: Promotion | undefined, line: Line): boolean {
  if (promotion?.plans === undefined) return true;
  return line.plan !== undefined && promotion.plans.includes(line.plan);
}

/** The lines that a discount is about. */
export function matchingLines(rule: Rule, lines: readonly Line[]): Line[] {
  return lines.filter(
    (line) =>
      isAttached(rule.promotion, line) &&
      matches(rule.discount.selector, line) &&
      (rule.only === undefined || rule.only(line)),
  );
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

/** Why no right to a discount applies, its promotion aside; a grant outlives the discount's window and conditions. */
export function discountRefusal(rule: Rule, setting: Setting, hasCode: boolean): Reason | undefined {
  if (!isActive(rule.discount)) return 'no_matching_line';
  const own = refusalOfOwn(rule, setting, hasCode);
  if (own === undefined) return undefined;
  const kept = keptRules(rule, setting).map((granted) => refusalOfKept(granted, setting));
  return kept.includes(undefined) ? undefined : (kept[0] ?? own);
}

/** The rights by which a discount applies to the cart: its own, and those of the customer's grants. */
export function rightsOf(rule: Rule, setting: Setting, hasCode: boolean, overdrawn: ReadonlySet<string>): Rule[] {
  const { promotion } = rule;
  const isOwn =
    isActive(rule.discount) &&
    (promotion === undefined || promotionRefusal(promotion, setting, hasCode, overdrawn) === undefined) &&
    refusalOfOwn(rule, setting, hasCode) === undefined;
  const kept = keptRules(rule, setting);
  const same = kept.filter((granted) => isTheSame(granted, rule.discount));
  const own: Rule = {
    ...rule,
    right: 'own',
    only: ownLines(rule, setting, hasCode),
    ...(same.length > 0 && { keptUntil: Math.max(...same.map(({ grant }) => endOf(grant))) }),
  };
  const isWhole = isOwn && !lacksService(own, setting, hasCode);
  return [
    ...(isOwn ? [own] : []),
    ...kept.filter((granted) => refusalOfKept(granted, setting) === undefined && !(isWhole && same.includes(granted))),
  ];
}

/** The customer's own right: recipients, window, conditions, currency and lines. */
function refusalOfOwn(rule: Rule, setting: Setting, hasCode: boolean): Reason | undefined {
  const { request, lines, facts } = setting;
  const { discount } = rule;
  if (recipientRank(discount, request) === undefined) return 'not_recipient';
  const refusal = ownRefusal(rule, setting, hasCode);
  if (refusal !== undefined) return refusal;
  const byLines = refusalOfLines(rule, setting);
  if (byLines !== undefined) return byLines;
  const open = matchingLines({ ...rule, only: isOpen(rule, setting, hasCode) }, lines);
  if (open.length === 0) return 'limit_reached';
  if (discount.carryOver && facts.redeeming && request.customer?.id === undefined) return 'missing_fact';
  const left = matchingLines({ ...rule, only: ownLines(rule, setting, hasCode) }, lines);
  return left.length === 0 ? 'missing_fact' : undefined;
}

function refusalOfKept(granted: Rule, setting: Setting): Reason | undefined {
  if (recipientRank(granted.discount, setting.request) === undefined && !granted.grant?.isByHand)
    return 'not_recipient';
  return refusalOfLines(granted, setting);
}

function refusalOfLines(rule: Rule, { request, lines }: Setting): Reason | undefined {
  const { discount } = rule;
  if (!isPriced(discount.value, request.currency)) return 'currency_not_priced';
  if (matchingLines(rule, lines).length > 0) return undefined;
  const { only: _, ...anywhere } = rule;
  const isUnattached =
    lines.some((line) => matches(discount.selector, line)) && matchingLines(anywhere, lines).length === 0;
  return isUnattached ? 'plan_not_attached' : 'no_matching_line';
}

/** "While a customer (or service) has or had a grant, only the grant applies; a new right arises only by a code." */
function isOpen({ discount, grants }: Rule, { request }: Setting, hasCode: boolean): (line: Line) => boolean {
  const isCounted = discount.payments !== undefined || discount.carryOver === true;
  if (!isCounted || hasCode) return () => true;
  return (line) => grants.every(({ serviceId }) => serviceId !== undefined && serviceId !== serviceOf(line, request));
}

/** A redemption keeps it for the line's service, so that a line without one loses it. */
function ownLines(rule: Rule, setting: Setting, hasCode: boolean): (line: Line) => boolean {
  const open = isOpen(rule, setting, hasCode);
  const needsService = rule.discount.keptFor === 'service' && setting.facts.redeeming;
  return (line) => open(line) && (!needsService || serviceOf(line, setting.request) !== undefined);
}

function lacksService(own: Rule, setting: Setting, hasCode: boolean): boolean {
  const open = matchingLines({ ...own, only: isOpen(own, setting, hasCode) }, setting.lines);
  return open.length > matchingLines(own, setting.lines).length;
}

function serviceOf({ index }: Line, { lines }: QuoteRequest): string | undefined {
  return lines[index]?.serviceId;
}

/** The grants that run, each with the terms that were redeemed; pausing stops them. */
function keptRules(rule: Rule, { at, request }: Setting): Rule[] {
  const { discount, promotion, grants } = rule;
  const isKept = [discount, ...(promotion === undefined ? [] : [promotion])].every(
    (resource) => isActive(resource) || resource.status === 'archived',
  );
  return grants
    .filter((grant) => isKept && isWithin(at, grant) && !grant.isRevoked && hasSomethingLeft(grant))
    .map((grant) => ({
      ...rule,
      discount: underTerms(discount, grant),
      grant,
      right: 'grant' as const,
      only: (line: Line) => grant.serviceId === undefined || grant.serviceId === serviceOf(line, request),
    }));
}

function hasSomethingLeft({ paymentsLeft, balance }: GrantFact): boolean {
  if (paymentsLeft === 0) return false;
  return balance === undefined || Object.values(balance).some((amount) => Fraction.parse(amount).isPositive());
}

function underTerms(discount: Discount, { terms, balance }: GrantFact): Discount {
  const { value, scope, selector, maxUnits, unitOrder, buy, charges, coverage, ...own } = discount;
  const kept = terms ?? { value, scope, selector, maxUnits, unitOrder, buy, charges, coverage };
  const made = { ...own, ...kept } as Discount;
  return balance === undefined ? made : { ...made, value: { type: 'amount_off', amounts: balance } };
}

/** Whether a grant gives just what the discount gives now, for everything. */
function isTheSame({ grant, discount }: Rule, now: Discount): boolean {
  const isPlain = grant?.serviceId === undefined && grant?.paymentsLeft === undefined && grant?.balance === undefined;
  return isPlain && (grant?.terms === undefined || isDeepStrictEqual(stripped(discount), stripped(now)));
}

function stripped(discount: Discount): unknown {
  return JSON.parse(JSON.stringify({ ...discount, conditions: [] }));
}

function endOf(grant: GrantFact | undefined): number {
  return grant?.endsAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(grant.endsAt);
}

/** Why the window or the conditions of a discount itself do not hold; of a global one's ungrouped conditions one is enough. */
function ownRefusal(rule: Rule, setting: Setting, hasCode: boolean): Reason | undefined {
  const { discount, promotion } = rule;
  if (!isWithin(setting.at, discount)) return 'outside_window';
  const question = { ...setting, rule: promotion ?? discount, hasCode };
  return judge(discount.conditions ?? [], promotion === undefined, question);
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
