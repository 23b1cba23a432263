import { type Comparison, comparisonHolds } from '../conditions/comparison';
import type { Condition } from '../conditions/index';
import type { AttributeCondition } from '../conditions/kinds/attribute';
import type { TimeWindowCondition, Weekday } from '../conditions/kinds/time-window';
import { choiceKey } from '../vocabulary/attributes';
import { compareNumbers, isJsonNumber } from '../vocabulary/decimal';
import { type Bound, boundsOf, exclude, isImpossible, OPPOSITE } from './bounds';
import { type Alternatives, contentOf, type Placed, requiredOf } from './groups';
import type { Check, Finding, LintedRule } from './rule';
import { selectorImplies } from './selectors';

/** Why two conditions can't both hold: of a customer's groups, or something else. */
type Contradiction = 'groups' | 'others';

/** A condition made ready to be compared. */
interface Ready extends Placed {
  readonly content: string;
  readonly negate: boolean;
  readonly bounds: readonly Bound[];
}

/** Conditions that can't both hold. */
export const findExclusions: Check = (rule) =>
  contradictionsOf(rule)
    .filter(({ why }) => why === 'others')
    .map(({ finding }) => finding);

/** Customer groups that are required and refused. */
export const findRefusedGroups: Check = (rule) => [
  ...contradictionsOf(rule)
    .filter(({ why }) => why === 'groups')
    .map(({ finding }) => finding),
  ...refusedRecipients(rule),
];

/** Conditions that hold for no number. */
export const findImpossible: Check = ({ groups, discounts }) =>
  [...groups, ...discounts.flatMap((discount) => discount.groups)].flat().flatMap(({ condition, at }) => {
    const bounds = boundsOf(condition);
    return bounds.length > 0 && bounds.every(isImpossible)
      ? [{ pointer: at, detail: 'This condition never holds: what it counts is never below zero.' }]
      : [];
  });

function contradictionsOf({ groups, discounts }: LintedRule): { why: Contradiction; finding: Omit<Finding, 'code'> }[] {
  const own = groups.map(ready);
  return [
    ...contradictionsIn(own, []),
    ...discounts.flatMap((discount) => contradictionsIn(discount.groups.map(ready), own)),
  ];
}

/** Of each group the first other one that can't hold with it: among those before it, and the `outer` ones. */
function contradictionsIn(
  groups: readonly (readonly Ready[])[],
  outer: readonly (readonly Ready[])[],
): { why: Contradiction; finding: Omit<Finding, 'code'> }[] {
  return groups.flatMap((group, index) => {
    for (const other of [...outer, ...groups.slice(0, index)]) {
      const why = contradiction(group, other);
      const [{ at: pointer } = { at: '' }] = group;
      const [{ at } = { at: '' }] = other;
      if (why === undefined) continue;
      const detail =
        why === 'groups'
          ? `This condition and the one at ${at} require and refuse the same customer groups, so they never both hold.`
          : `This condition and the one at ${at} exclude each other, so they never both hold.`;
      return [{ why, finding: { pointer, detail, other: at } }];
    }
    return [];
  });
}

/** Groups contradict each other where each of one's conditions contradicts each of the other's. */
function contradiction(group: readonly Ready[], other: readonly Ready[]): Contradiction | undefined {
  let why: Contradiction = 'groups';
  for (const a of group) {
    for (const b of other) {
      const found = contradict(a, b);
      if (found === undefined) return undefined;
      if (found === 'others') why = found;
    }
  }
  return why;
}

function contradict(a: Ready, b: Ready): Contradiction | undefined {
  if (a.condition.type === 'customer_group' && b.condition.type === 'customer_group') {
    if (a.negate === b.negate) return undefined;
    const [required, refused] = a.negate ? [b.condition, a.condition] : [a.condition, b.condition];
    const all = new Set(refused.groups);
    return required.groups.every((name) => all.has(name)) ? 'groups' : undefined;
  }
  if (a.negate !== b.negate && a.content === b.content) return 'others';
  if (boundsExclude(a.bounds, b.bounds)) return 'others';
  if (a.condition.type === 'attribute' && b.condition.type === 'attribute') {
    return attributesExclude(a.condition, b.condition) ? 'others' : undefined;
  }
  if (a.condition.type === 'time_window' && b.condition.type === 'time_window' && !a.negate && !b.negate) {
    return windowsExclude(a.condition, b.condition) ? 'others' : undefined;
  }
  return undefined;
}

/** A total must be out of reach in each currency that both have. */
function boundsExclude(some: readonly Bound[], others: readonly Bound[]): boolean {
  if (some.length === 0 || others.length === 0) return false;
  const ofTotal = (bound: Bound) => bound.measure.startsWith('cart_total');
  if (!some.some(ofTotal) || !others.some(ofTotal)) return some.some((a) => others.some((b) => exclude(a, b)));
  const common = some.flatMap((a) => others.filter(({ measure }) => measure === a.measure).map((b) => [a, b] as const));
  return common.length > 0 && common.every(([a, b]) => exclude(a, b));
}

function attributesExclude(a: AttributeCondition, b: AttributeCondition): boolean {
  if (a.of !== b.of || a.name !== b.name) return false;
  if (a.negate && b.negate) return false;
  if (a.negate || b.negate) {
    const [required, refused] = a.negate ? [b, a] : [a, b];
    if (selectorImplies(required.selector, refused.selector) && onlyWith(required, refused)) return true;
  }
  // Of several lines one may have the one value and another the other.
  if (a.of === 'line') return false;
  return comparisonsExclude(a, b) || (!a.negate && !b.negate && (neverWith(a, b) || neverWith(b, a)));
}

/** Of two comparisons at least one is not negated, so that the attribute is a number. */
function comparisonsExclude(a: AttributeCondition, b: AttributeCondition): boolean {
  const [one, other] = [comparisonOf(a), comparisonOf(b)];
  if (one === undefined || other === undefined || a.value === undefined || b.value === undefined) return false;
  const sign = compareNumbers(a.value, b.value);
  const apart = (low: Comparison, high: Comparison, by: number) =>
    LOWER.includes(low) && UPPER.includes(high) && (by > 0 || (by === 0 && (low === 'gt' || high === 'lt')));
  return apart(one, other, sign) || apart(other, one, -sign);
}

const LOWER: readonly Comparison[] = ['gt', 'gte', 'eq'];
const UPPER: readonly Comparison[] = ['lt', 'lte', 'eq'];

function comparisonOf({ comparison, negate }: AttributeCondition): Comparison | undefined {
  return comparison && (negate ? OPPOSITE[comparison] : comparison);
}

/** Returns whether an attribute that meets `required` meets `refused`, too. */
function onlyWith({ values }: AttributeCondition, refused: AttributeCondition): boolean {
  return values?.every((value) => choiceMeets(value, refused)) ?? false;
}

/** Returns whether no value that is named by `a` meets `b`; a list may have one text for each of them. */
function neverWith({ values }: AttributeCondition, b: AttributeCondition): boolean {
  if (values === undefined) return false;
  const isList = values.some((value) => typeof value === 'string' && !isJsonNumber(value));
  if (isList && b.values !== undefined) return false;
  return values.every((value) => !choiceMeets(value, b));
}

function choiceMeets(choice: string | number | boolean, { values, comparison, value }: AttributeCondition): boolean {
  if (values !== undefined) return values.some((other) => choiceKey(other) === choiceKey(choice));
  if (comparison === undefined || value === undefined || !isJsonNumber(choice)) return false;
  return comparisonHolds(comparison, compareNumbers(choice, value));
}

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MINUTES_OF_DAY = 1_440;
/** When the clocks go forward, what falls into the hour that is left out is moved behind it. */
const CLOCK_CHANGE = 60;

/** Returns whether two weekly windows of local time have no instant in common, on no day of the year. */
function windowsExclude(a: TimeWindowCondition, b: TimeWindowCondition): boolean {
  return !openings(a).some((one) => openings(b).some((other) => areClose(one, other)));
}

/** Returns whether they overlap, or could on a day on which the clocks change. */
function areClose([opens, closes]: readonly [number, number], other: readonly [number, number]): boolean {
  const week = 7 * MINUTES_OF_DAY;
  return [-week, 0, week].some((shift) => {
    const gap = Math.max(opens + shift - other[1], other[0] - closes - shift);
    return gap < 0 || (gap > 0 && gap < CLOCK_CHANGE);
  });
}

/** Returns the minutes of the week at which a window opens and closes. */
function openings({ weekdays = [...WEEKDAYS], from = '00:00', to = '00:00' }: TimeWindowCondition): [number, number][] {
  const [opens, closes] = [minutes(from), minutes(to)];
  return weekdays.map((day) => {
    const start = WEEKDAYS.indexOf(day) * MINUTES_OF_DAY;
    return [start + opens, start + closes + (closes > opens ? 0 : MINUTES_OF_DAY)];
  });
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number);
  return hours * 60 + rest;
}

/** Discounts of which every recipient is refused by a condition. */
function refusedRecipients({ groups, discounts }: LintedRule): Omit<Finding, 'code'>[] {
  return discounts.flatMap(({ discount: { recipients }, at, groups: own }) => {
    if (recipients?.groups === undefined || recipients.customers !== undefined) return [];
    const refusing = requiredOf([...groups, ...own]).find(
      ({ condition }) =>
        condition.type === 'customer_group' &&
        condition.negate &&
        recipients.groups?.every((name) => condition.groups.includes(name)),
    );
    if (refusing === undefined) return [];
    const detail = `Every group of the recipients is refused by the condition at ${refusing.at}, so nobody gets this discount.`;
    return [{ pointer: `${at}/recipients/groups`, detail, other: refusing.at }];
  });
}

function ready(group: Alternatives): Ready[] {
  return group.map((placed) => {
    const { condition } = placed;
    return {
      ...placed,
      content: contentOf(condition),
      negate: condition.negate ?? false,
      bounds: boundsOf(condition as Condition),
    };
  });
}
