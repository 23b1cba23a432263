import type { Condition } from '../conditions/index';
import type { AttributeCondition } from '../conditions/kinds/attribute';
import type { TimeWindowCondition } from '../conditions/kinds/time-window';
import type { DiscountValue } from '../discount-values/index';
import type { Amounts } from '../money/money';
import { parseAmounts, parseMoney } from '../money/money';
import type { Instant } from '../time/instant';
import { parseInstant } from '../time/instant';
import type { FieldError } from '../vocabulary/problem';
import type { Selector } from '../vocabulary/selector';
import type { DiscountInput } from './discount';
import type { PromoCodeInput } from './promo-code';
import type { PromotionInput } from './promotion';
import type { RelatedProductInput } from './related-product';
import type { UpgradePathInput } from './upgrade-path';

/** The variables that the description of an upgrade path may use. */
export const TEXT_VARIABLES: readonly string[] = [
  'offerTitle',
  'nextPayment',
  'subscriptionId',
  'subscriptionTitle',
  'subscriptionPrice',
];

/** What the schema cannot say of a promotion and of what is nested in it. */
export function checkPromotion(input: PromotionInput): FieldError[] {
  return [
    ...checkWindow(input, ''),
    ...checkConditionList(input.conditions, '/conditions'),
    ...checkDistinct(input.discounts, 'id', '/discounts'),
    ...checkDistinct(input.discounts, 'key', '/discounts'),
    ...(input.discounts ?? []).flatMap((discount, index) => checkDiscountParts(discount, `/discounts/${index}`)),
  ];
}

/** What the schema cannot say of a discount and of its conditions. */
export function checkDiscount(input: DiscountInput): FieldError[] {
  return checkDiscountParts(input, '');
}

/** What the schema cannot say of a condition. */
export function checkCondition(input: Condition): FieldError[] {
  return checkConditionParts(input, '');
}

/** What the schema cannot say of a related product and of its conditions. */
export function checkRelatedProduct(input: RelatedProductInput): FieldError[] {
  const titles = Object.entries(input.line?.title ?? {});
  const tooLong = titles
    .filter(([, title]) => title.length > MOST_OF_A_TITLE)
    .map(([language]) =>
      refuse(`/line/title/${escapePointer(language)}`, 'max_length', `must have at most ${MOST_OF_A_TITLE} characters`),
    );
  return [...tooLong, ...checkConditionList(input.conditions, '/conditions')];
}

/** What a line of a cart takes. */
const MOST_OF_A_TITLE = 500;

/** What the schema cannot say of a promo code. */
export function checkPromoCode(input: PromoCodeInput): FieldError[] {
  return [...checkWindow(input, '')];
}

/** What the schema cannot say of an upgrade path; whether its tags exist only the store knows. */
export function checkUpgradePath(input: UpgradePathInput): FieldError[] {
  const sources = new Set(input.sources);
  const shared = input.targets.flatMap((tag, index) =>
    sources.has(tag) ? [refuse(`/targets/${index}`, 'shared_tag', `"${tag}" is a source already`)] : [],
  );
  const texts = Object.entries(input.texts);
  const unknown = texts.flatMap(([language, { description }]) =>
    [...(description ?? '').matchAll(/\{([^{}]*)\}/g)]
      .filter(([, name]) => !TEXT_VARIABLES.includes(name ?? ''))
      .map(([variable]) =>
        refuse(
          `/texts/${escapePointer(language)}/description`,
          'unknown_variable',
          `${variable} is not a variable; known are ${TEXT_VARIABLES.map((name) => `{${name}}`).join(' ')}`,
        ),
      ),
  );
  return [...shared, ...unknown];
}

function checkDiscountParts(input: DiscountInput, pointer: string): FieldError[] {
  return [
    ...checkWindow(input, pointer),
    ...checkSelector(input.selector, `${pointer}/selector`),
    ...checkSelector(input.buy?.selector, `${pointer}/buy/selector`),
    ...checkTiers(input.value, `${pointer}/value`),
    ...checkUnits(input, pointer),
    ...checkKeeping(input, pointer),
    ...checkConditionList(input.conditions, `${pointer}/conditions`),
  ];
}

/** Only an amount off the whole order can leave something over. */
function checkKeeping({ carryOver, payments, keptFor, value, scope }: DiscountInput, pointer: string): FieldError[] {
  if (carryOver !== true) return [];
  const errors: FieldError[] = [];
  if (value.type !== 'amount_off' || scope !== 'order') {
    errors.push(refuse(`${pointer}/carryOver`, 'carry_over', 'needs a value of type amount_off and the scope order'));
  }
  if (payments !== undefined) {
    errors.push(refuse(`${pointer}/payments`, 'carry_over', 'does not go with carryOver: a balance counts money'));
  }
  if (keptFor === 'service') {
    errors.push(
      refuse(`${pointer}/keptFor`, 'carry_over', 'must be customer with carryOver: a balance has no service'),
    );
  }
  return errors;
}

function checkConditionList(conditions: readonly Condition[] | undefined, pointer: string): FieldError[] {
  return [
    ...checkDistinct(conditions, 'id', pointer),
    ...(conditions ?? []).flatMap((condition, index) => checkConditionParts(condition, `${pointer}/${index}`)),
  ];
}

function checkConditionParts(input: Condition, pointer: string): FieldError[] {
  if (input.type === 'time_window') return checkTimeWindow(input, pointer);
  return [
    ...('selector' in input ? checkSelector(input.selector, `${pointer}/selector`) : []),
    ...(input.type === 'attribute' ? checkAttribute(input, pointer) : []),
  ];
}

/** Either values, or a comparison with a value; a selector says which lines. */
function checkAttribute(input: AttributeCondition, pointer: string): FieldError[] {
  const { of, selector, values, comparison, value } = input;
  const errors: FieldError[] = [];
  if (selector !== undefined && of !== 'line') {
    errors.push(refuse(`${pointer}/selector`, 'not_of_lines', 'is for the attributes of lines: of must be "line"'));
  }
  if (values !== undefined) {
    const others = Object.entries({ comparison, value }).filter(([, given]) => given !== undefined);
    for (const [name] of others) {
      errors.push(refuse(`${pointer}/${name}`, 'values_or_comparison', 'must not stand beside values'));
    }
  } else if (comparison === undefined && value === undefined) {
    errors.push(refuse(pointer, 'values_or_comparison', 'needs values, or comparison and value'));
  } else if (comparison === undefined) {
    errors.push(refuse(`${pointer}/comparison`, 'required', 'is required beside value'));
  } else if (value === undefined) {
    errors.push(refuse(`${pointer}/value`, 'required', 'is required beside comparison'));
  }
  return errors;
}

function checkTimeWindow(input: TimeWindowCondition, pointer: string): FieldError[] {
  const { weekdays, from, to } = input;
  if (weekdays === undefined && from === undefined && to === undefined) {
    return [refuse(pointer, 'empty_time_window', 'needs at least one of weekdays, from and to')];
  }
  return from !== undefined && from === to
    ? [refuse(`${pointer}/to`, 'empty_time_window', 'must not be the same as from: the window would never be open')]
    : [];
}

/** Which units are taken is said once. */
function checkUnits({ buy, value, ...input }: DiscountInput, pointer: string): FieldError[] {
  const errors: FieldError[] = [];
  if (buy?.repeat === false && buy.maxRepeats !== undefined) {
    errors.push(refuse(`${pointer}/buy/maxRepeats`, 'not_repeated', 'must be absent, since repeat is false'));
  }
  if (value.type !== 'set_price') return errors;
  const { scope, charges = ['recurring'], unitOrder } = input;
  if (scope !== 'order') errors.push(refuse(`${pointer}/scope`, 'set_price', 'must be "order" with a set_price'));
  if (buy !== undefined) errors.push(refuse(`${pointer}/buy`, 'set_price', 'must be absent with a set_price'));
  if (charges.length !== 1 || charges[0] !== 'recurring') {
    errors.push(refuse(`${pointer}/charges`, 'set_price', 'must be ["recurring"] with a set_price'));
  }
  if (unitOrder !== undefined) {
    errors.push(
      refuse(`${pointer}/unitOrder`, 'set_price', 'must be absent: sets are formed from the dearest units down'),
    );
  }
  return errors;
}

/** A range of prices has a bound, and is not empty in any currency. */
function checkSelector(selector: Selector | undefined, pointer: string): FieldError[] {
  if (selector?.unitPrice === undefined) return [];
  const { from, below } = selector.unitPrice;
  const here = `${pointer}/unitPrice`;
  if (from === undefined && below === undefined) {
    return [refuse(here, 'empty_price_range', 'needs at least one of from and below')];
  }
  const least = parseAmounts(from ?? {});
  return Object.entries(below ?? {}).flatMap(([currency, amount]) =>
    (least.get(currency) ?? -1) < parseMoney(amount)
      ? []
      : [refuse(`${here}/below/${currency}`, 'empty_price_range', `must be more than from, ${from?.[currency]}`)],
  );
}

/** By quantity a tier starts at an integer, by total at amounts; two tiers that start at the same point contradict each other. */
function checkTiers(value: DiscountValue, pointer: string): FieldError[] {
  if (value.type !== 'tiered_percent' && value.type !== 'tiered_amount_off') return [];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, { from }] of value.tiers.entries()) {
    const here = `${pointer}/tiers/${index}/from`;
    if (typeof from === 'number' ? value.by !== 'quantity' : value.by !== 'total') {
      const wanted = value.by === 'quantity' ? 'an integer' : 'amounts by currency';
      errors.push(refuse(here, 'tier_measure', `must be ${wanted}, since the tiers are by ${value.by}`));
      continue;
    }
    const points = typeof from === 'number' ? [String(from)] : startingPoints(from);
    if (points.some((point) => seen.has(point))) {
      errors.push(refuse(here, 'duplicate_tier', 'is where another tier starts'));
    }
    for (const point of points) seen.add(point);
  }
  return errors;
}

function startingPoints(amounts: Amounts): string[] {
  return Object.entries(amounts).map(([currency, amount]) => `${currency} ${parseMoney(amount)}`);
}

function checkWindow(input: { startsAt?: Instant; endsAt?: Instant }, pointer: string): FieldError[] {
  if (input.startsAt === undefined || input.endsAt === undefined) return [];
  return parseInstant(input.startsAt) < parseInstant(input.endsAt)
    ? []
    : [refuse(`${pointer}/endsAt`, 'window_empty', 'must be after startsAt')];
}

function checkDistinct<K extends string>(
  entries: readonly { readonly [name in K]?: string }[] | undefined,
  name: K,
  pointer: string,
): FieldError[] {
  const seen = new Set<string>();
  return (entries ?? []).flatMap((entry, index) => {
    const value = entry[name];
    if (value === undefined) return [];
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [refuse(`${pointer}/${index}/${name}`, `duplicate_${name}`, `"${value}" is given twice`)];
  });
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function refuse(pointer: string, code: string, detail: string): FieldError {
  return { pointer, code, detail };
}
