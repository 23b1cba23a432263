import type { AccountEntry, OwnedService } from '../../src/engine/cart/customer';
import type { Comparison } from '../../src/engine/conditions/comparison';
import type { Condition } from '../../src/engine/conditions/index';
import type { AttributeCondition } from '../../src/engine/conditions/kinds/attribute';
import type { TimeWindowCondition } from '../../src/engine/conditions/kinds/time-window';
import type { Facts } from '../../src/engine/judging/facts';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Selector } from '../../src/engine/vocabulary/selector';
import { attributesOf, isOneOf, numberOf } from './attributes';
import { DAY, isWithin, shift } from './calendar';
import { type Line, matches } from './cart';
import { Fraction } from './fraction';

/** Why conditions do not hold, the most telling first. */
const FAILURES = ['condition_unmet', 'limit_reached', 'missing_fact'] as const;

/** Why a condition does not hold. */
export type Failure = (typeof FAILURES)[number];

/** What conditions are judged on. */
export interface Question {
  request: QuoteRequest;
  at: number;
  lines: readonly Line[];
  facts: Facts;
  /** The rule that the conditions belong to: its window, its id for uses, whether a valid code of it was sent. */
  rule: { id: string; startsAt?: string; endsAt?: string };
  hasCode: boolean;
}

/** Why a rule's conditions do not hold; `undefined` when they do. Inside a group one is enough, every group must hold. */
export function judge(
  conditions: readonly Condition[],
  ungroupedIsGroup: boolean,
  question: Question,
): Failure | undefined {
  const groups = new Map<string, Condition[]>();
  conditions.forEach((condition, index) => {
    const alone = ungroupedIsGroup ? 'ungrouped' : `ungrouped ${index}`;
    const name = condition.group === undefined ? alone : `group ${condition.group}`;
    groups.set(name, [...(groups.get(name) ?? []), condition]);
  });
  const failures = [...groups.values()].map((group) => judgeGroup(group, question));
  return FAILURES.find((failure) => failures.includes(failure));
}

function judgeGroup(group: readonly Condition[], question: Question): Failure | undefined {
  const answers = group.map((condition) => judgeOne(condition, question));
  return answers.includes(undefined) ? undefined : FAILURES.find((failure) => answers.includes(failure));
}

function judgeOne(condition: Condition, question: Question): Failure | undefined {
  const answer = evaluate(condition, question);
  if (typeof answer === 'string') return answer;
  return answer === (condition.negate ?? false) ? 'condition_unmet' : undefined;
}

/** Whether the condition holds, before it is negated; a missing fact, a limit or a missing currency fails either way. */
function evaluate(condition: Condition, question: Question): boolean | Failure {
  const { request, at, lines } = question;
  const { customer } = request;
  switch (condition.type) {
    case 'promo_code':
      return question.hasCode;
    case 'custom':
      throw new Error('The model knows no custom types.');
    case 'attribute':
      return hasAttribute(condition, question);
    case 'cart_has_service':
      return lines.some((line) => matches(condition.selector, line));
    case 'cart_lacks_service':
      return !lines.some((line) => matches(condition.selector, line));
    case 'cart_quantity': {
      const quantity = matching(lines, condition.selector).reduce((sum, line) => sum + line.quantity, 0);
      return compare(quantity, condition.comparison, condition.count);
    }
    case 'cart_total': {
      const required = condition.amounts[request.currency];
      if (required === undefined) return 'condition_unmet';
      const total = Fraction.sum(matching(lines, condition.selector).map((line) => line.subtotal));
      return compareMoney(total, condition.comparison, required);
    }
    case 'customer_group':
      if (customer?.groups === undefined) return 'missing_fact';
      return condition.groups.some((group) => customer.groups?.includes(group));
    case 'order_count':
      if (customer?.orderCount === undefined) return 'missing_fact';
      return compare(customer.orderCount, condition.comparison, condition.count);
    case 'new_customer':
      if (customer?.services === undefined) return 'missing_fact';
      return customer.services.length === 0 && customer.firstServiceAt === undefined;
    case 'service_count':
    case 'paid_service_count': {
      if (customer?.services === undefined) return 'missing_fact';
      const onlyPaid = condition.type === 'paid_service_count';
      const counted = customer.services
        .filter((service) => ['active', 'processing', 'stopped'].includes(service.status))
        .filter((service) => !onlyPaid || service.paid === true)
        .filter((service) => matches(condition.selector, owned(service)));
      const count = counted.reduce((sum, service) => sum + (service.quantity ?? 1), 0);
      return compare(count, condition.comparison, condition.count);
    }
    case 'registration_age':
      if (customer?.registeredAt === undefined) return 'missing_fact';
      return isOfAge(Date.parse(customer.registeredAt), at, condition.comparison, condition.period);
    case 'first_service_age': {
      const first =
        customer?.firstServiceAt === undefined ? firstService(customer?.services) : Date.parse(customer.firstServiceAt);
      if (first === 'missing_fact') return first;
      return first !== undefined && isOfAge(first, at, condition.comparison, condition.period);
    }
    case 'expenses':
    case 'payments': {
      const entries = condition.type === 'expenses' ? customer?.expenses : customer?.payments;
      if (entries === undefined) return 'missing_fact';
      const from = shift(at, condition.period, -1);
      const counted = entries.filter((entry) => entry.currency === condition.currency && isBetween(entry, from, at));
      return compareMoney(
        Fraction.sum(counted.map((entry) => Fraction.parse(entry.amount))),
        condition.comparison,
        condition.amount,
      );
    }
    case 'time_window':
      return isOpen(condition, at);
    case 'purchase':
      return isPurchased(condition.selector, question);
  }
}

/** Absent everywhere it is missing, but where no line matches there is nobody who could have it. */
function hasAttribute(condition: AttributeCondition, { request, lines }: Question): boolean | Failure {
  const { of, name, selector, values, comparison, value: required } = condition;
  const subjects = matching(lines, selector);
  const found = attributesOf(of, name, request, subjects);
  if (found.length === 0) return of === 'line' && subjects.length === 0 ? false : 'missing_fact';
  if (values !== undefined) return found.some((value) => isOneOf(value, values));
  const wanted = numberOf(required ?? 0);
  return found.some((value) => {
    const actual = numberOf(value);
    return actual !== undefined && wanted !== undefined && compare(actual.compare(wanted), comparison ?? 'eq', 0);
  });
}

function matching(lines: readonly Line[], selector: Selector | undefined): Line[] {
  return lines.filter((line) => matches(selector, line));
}

function owned(service: OwnedService) {
  return { ...service, planGroups: service.planGroups ?? [], tags: [], quantity: service.quantity ?? 1 };
}

function firstService(services: readonly OwnedService[] | undefined): number | undefined | 'missing_fact' {
  if (services === undefined) return 'missing_fact';
  const instants = services.flatMap((service) => service.activatedAt ?? service.orderedAt ?? []).map(Date.parse);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

function isBetween(entry: AccountEntry, from: number, to: number): boolean {
  return Date.parse(entry.at) >= from && Date.parse(entry.at) <= to;
}

/** `gt` 1 year: registered strictly before `at` − 1 year. */
function isOfAge(
  since: number,
  at: number,
  comparison: Comparison,
  period: { unit: 'day' | 'month' | 'year'; length: number },
): boolean {
  return compare(shift(at, period, -1), comparison, since);
}

/** A line that orders a matching service, ordered in the rule's window; once per customer. */
function isPurchased(selector: Selector, question: Question): boolean | Failure {
  const { request, facts, rule, lines } = question;
  const ordered = lines.some(
    (line) => line.action === 'order' && matches(selector, line) && isWithin(line.orderedAt, rule),
  );
  if (!ordered) return false;
  if (request.customer?.id === undefined) return facts.redeeming ? 'missing_fact' : true;
  return (facts.usage.get(rule.id)?.customer ?? 0) === 0 ? true : 'limit_reached';
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `from <= t < to` in UTC; a window over midnight belongs to the day on which it opens. */
function isOpen(window: TimeWindowCondition, at: number): boolean {
  const from = minutes(window.from ?? '00:00');
  const to = minutes(window.to ?? '24:00');
  const length = to > from ? to - from : to + 24 * 60 - from;
  return [0, 1].some((daysAgo) => {
    const midnight = Math.floor(at / DAY) * DAY - daysAgo * DAY;
    const opensAt = midnight + from * 60_000;
    const day = WEEKDAYS[new Date(midnight).getUTCDay()];
    const isDay = window.weekdays === undefined || window.weekdays.some((weekday) => weekday === day);
    return isDay && opensAt <= at && at < opensAt + length * 60_000;
  });
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function compareMoney(actual: Fraction, comparison: Comparison, required: string): boolean {
  return compare(actual.compare(Fraction.parse(required)), comparison, 0);
}

function compare(actual: number, comparison: Comparison, required: number): boolean {
  switch (comparison) {
    case 'gt':
      return actual > required;
    case 'gte':
      return actual >= required;
    case 'eq':
      return actual === required;
    case 'lte':
      return actual <= required;
    case 'lt':
      return actual < required;
  }
}
