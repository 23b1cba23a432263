import type { Integer } from '../money/integer';
import { type Amounts, parseAmounts, parseMoney } from '../money/money';
import { periodKey } from '../time/calendar';
import type { Period } from '../time/instant';
import { type AttributeChoice, type Attributes, attributeOf, oneOfChoices } from './attributes';
import { type FieldError, fieldError } from './problem';
import type { Term } from './resource';

/** What a line does: a new order, the renewal of a service, or a change of one. */
export type Action = 'order' | 'renewal' | 'change';

/** Lists of what services or lines may be. */
export interface ServiceLists {
  /**
   * Service types, any of.
   * @maxItems 1000
   */
  serviceTypes?: Term[];
  /**
   * Plans, any of.
   * @maxItems 1000
   */
  plans?: Term[];
  /**
   * Plan groups, any of.
   * @maxItems 1000
   */
  planGroups?: Term[];
  /**
   * Add-ons, any of.
   * @maxItems 1000
   */
  addons?: Term[];
  /**
   * Tags, any of; a plan's registered tags count too.
   * @maxItems 1000
   */
  tags?: Term[];
  /**
   * Order periods, any of, matched exactly; 12 months and 1 year are the same.
   * @maxItems 1000
   */
  periods?: Period[];
  /**
   * Actions, any of.
   * @maxItems 1000
   */
  actions?: Action[];
  /** Attributes by name, any of the values of each; an attribute that is absent is none of them. */
  attributes?: AttributeChoices;
}

/** Which unit prices are meant, per currency; at least one bound, and each in the cart's currency, or nothing matches. */
export interface UnitPriceRange {
  /** From this price on, included. */
  from?: Amounts;
  /** Below this price, not included. */
  below?: Amounts;
}

/** Which services or lines a rule is about: any-of inside a list, all lists must match, an absent list matches everything. */
export interface Selector extends ServiceLists {
  /**
   * The least quantity of the line itself.
   * @isInt
   * @minimum 1
   */
  minQuantity?: number;
  /** What is left out: whatever matches any entry of any of these lists. */
  exclude?: ServiceLists;
  /** What a unit costs before discounts; a service that the customer owns has no such price. */
  unitPrice?: UnitPriceRange;
}

/** Values of attributes by name, any of each: `{ "datacenter": ["fra", "ams"] }`. */
export type AttributeChoices = { [name: string]: AttributeChoiceList };

/**
 * Values of an attribute, any of.
 * @maxItems 1000
 */
export type AttributeChoiceList = AttributeChoice[];

/** What a selector looks at: a line of the cart, or a service that the customer owns. */
export interface Selectable {
  readonly serviceType: string;
  readonly plan: string | undefined;
  readonly planGroups: readonly string[];
  readonly addon: string | undefined;
  readonly tags: readonly string[];
  readonly attributes: Attributes | undefined;
  /** `periodKey` of the period. */
  readonly periodKey: number | undefined;
  readonly action: Action | undefined;
  readonly quantity: number;
  /** Millionths of a major unit; a service that the customer owns has no price. */
  readonly unitPrice: Integer | undefined;
  /** The currency of the price. */
  readonly currency: string | undefined;
}

/** A selector made ready: whether it matches. */
export type Matcher = (subject: Selectable) => boolean;

/** Prepares a selector; `matchesAll` where it says nothing. */
export function compileSelector(selector: Selector | undefined): Matcher {
  if (selector === undefined) return matchesAll;
  const tests = listTests(selector);
  const { minQuantity, exclude, unitPrice } = selector;
  if (minQuantity !== undefined) tests.push((subject) => subject.quantity >= minQuantity);
  if (exclude) for (const excludes of listTests(exclude)) tests.push((subject) => !excludes(subject));
  if (unitPrice) tests.push(pricedWithin(unitPrice));
  return tests.reduce(
    (all, test) => (all === matchesAll ? test : (subject) => all(subject) && test(subject)),
    matchesAll,
  );
}

/** Prepares one test for each list: whether the subject is named in it. */
function listTests({
  serviceTypes,
  plans,
  planGroups,
  addons,
  tags,
  periods,
  actions,
  attributes,
}: ServiceLists): Matcher[] {
  const tests: Matcher[] = [];
  if (serviceTypes) tests.push(oneOf(serviceTypes, (subject) => subject.serviceType));
  if (plans) tests.push(oneOf(plans, (subject) => subject.plan));
  if (planGroups) tests.push(anyOf(planGroups, (subject) => subject.planGroups));
  if (addons) tests.push(oneOf(addons, (subject) => subject.addon));
  if (tags) tests.push(anyOf(tags, (subject) => subject.tags));
  if (periods) tests.push(oneOf(periods.map(periodKey), (subject) => subject.periodKey));
  if (actions) tests.push(oneOf(actions, (subject) => subject.action));
  for (const [name, choices] of Object.entries(attributes ?? {})) tests.push(hasAttribute(name, choices));
  return tests;
}

/** A bound that does not name the currency lets nothing in. */
function pricedWithin({ from, below }: UnitPriceRange): Matcher {
  const least = from && parseAmounts(from);
  const limit = below && parseAmounts(below);
  return ({ unitPrice, currency }) => {
    if (unitPrice === undefined || currency === undefined) return false;
    const [lowest, beyond] = [least?.get(currency), limit?.get(currency)];
    if (least !== undefined && (lowest === undefined || unitPrice < lowest)) return false;
    return limit === undefined || (beyond !== undefined && unitPrice < beyond);
  };
}

/** Matches everything. */
export const matchesAll: Matcher = () => true;

function oneOf<T>(wanted: readonly T[], read: (subject: Selectable) => T | undefined): Matcher {
  const [only, another] = wanted;
  if (only !== undefined && another === undefined) return (subject) => read(subject) === only;
  const set = new Set<T | undefined>(wanted);
  return (subject) => {
    const value = read(subject);
    return value !== undefined && set.has(value);
  };
}

function anyOf(wanted: readonly string[], read: (subject: Selectable) => readonly string[]): Matcher {
  const set = new Set(wanted);
  return (subject) => read(subject).some((value) => set.has(value));
}

function hasAttribute(name: string, choices: readonly AttributeChoice[]): Matcher {
  const matches = oneOfChoices(choices);
  return ({ attributes }) => {
    const value = attributeOf(attributes, name);
    return value !== undefined && matches(value);
  };
}

/** Finds what the schema cannot say about a selector: a range of prices has a bound, and is not empty in any currency. */
export function checkSelector(selector: Selector | undefined): FieldError[] {
  if (selector?.unitPrice === undefined) return [];
  const { from, below } = selector.unitPrice;
  if (from === undefined && below === undefined) {
    return [fieldError('/unitPrice', 'empty_price_range', 'needs at least one of from and below')];
  }
  const least = parseAmounts(from ?? {});
  return Object.entries(below ?? {}).flatMap(([currency, amount]) =>
    (least.get(currency) ?? -1) < parseMoney(amount)
      ? []
      : [
          fieldError(
            `/unitPrice/below/${currency}`,
            'empty_price_range',
            `must be more than from, ${from?.[currency]}`,
          ),
        ],
  );
}
