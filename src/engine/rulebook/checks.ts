import { type CustomTypes, errorsOfUse, NO_CUSTOM_TYPES } from '../cart/custom-types';
import { type Condition, kindOf } from '../conditions/index';
import type { DiscountValue } from '../discount-values/index';
import type { Amounts } from '../money/money';
import { parseMoney } from '../money/money';
import type { Instant } from '../time/instant';
import { parseInstant } from '../time/instant';
import { duplicates, errorsAt, errorsOfEach, type FieldError, fieldError, pointerTo } from '../vocabulary/problem';
import { checkSelector } from '../vocabulary/selector';
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

/** Finds what the schema cannot say about a promotion and of what is nested in it. */
export function checkPromotion(input: PromotionInput, types: CustomTypes = NO_CUSTOM_TYPES): FieldError[] {
  return [
    ...checkWindow(input),
    ...checkConditions(input.conditions, types),
    ...duplicates(input.discounts, 'id', '/discounts'),
    ...duplicates(input.discounts, 'key', '/discounts'),
    ...errorsOfEach('/discounts', input.discounts, (discount) => checkDiscount(discount, types)),
  ];
}

/** Finds what the schema cannot say about a discount and of its conditions. */
export function checkDiscount(input: DiscountInput, types: CustomTypes = NO_CUSTOM_TYPES): FieldError[] {
  return [
    ...checkWindow(input),
    ...errorsAt('/selector', checkSelector(input.selector)),
    ...errorsAt('/buy/selector', checkSelector(input.buy?.selector)),
    ...errorsAt('/value', checkTiers(input.value)),
    ...checkUnits(input),
    ...checkCustomValue(input, types),
    ...checkKeeping(input),
    ...checkConditions(input.conditions, types),
  ];
}

/** Finds what is wrong with a value of a provider's type: there is such a type, its form is filled in as it asks, and it is counted where it can be. */
export function checkCustomValue(
  { value, scope }: Pick<DiscountInput, 'value' | 'scope'>,
  types: CustomTypes,
): FieldError[] {
  if (value.type !== 'custom') return [];
  const type = types.value(value.name);
  const errors = errorsAt('/value', errorsOfUse(type, value, 'discount'));
  if (type?.namesLine && scope === 'order') {
    const detail = `must be "line" or "unit": the expression of "${value.name}" looks at a line`;
    errors.push(fieldError('/scope', 'names_line', detail));
  }
  return errors;
}

/** Finds what the schema cannot say about a condition. */
export function checkCondition(input: Condition, types: CustomTypes = NO_CUSTOM_TYPES): FieldError[] {
  const selected = 'selector' in input ? errorsAt('/selector', checkSelector(input.selector)) : [];
  return [...selected, ...(kindOf(input).check?.(input, types) ?? [])];
}

/** Finds what the schema cannot say about a related product and of its conditions. */
export function checkRelatedProduct(input: RelatedProductInput, types: CustomTypes = NO_CUSTOM_TYPES): FieldError[] {
  const titles = Object.entries(input.line?.title ?? {});
  const tooLong = titles
    .filter(([, title]) => title.length > MOST_OF_A_TITLE)
    .map(([language]) =>
      fieldError(
        pointerTo(['line', 'title', language]),
        'max_length',
        `must have at most ${MOST_OF_A_TITLE} characters`,
      ),
    );
  return [...tooLong, ...checkConditions(input.conditions, types)];
}

/** What a line of a cart takes. */
const MOST_OF_A_TITLE = 500;

/** Finds what the schema cannot say about a promo code. */
export function checkPromoCode(input: PromoCodeInput): FieldError[] {
  return checkWindow(input);
}

/** Finds what the schema cannot say about an upgrade path; whether its tags exist only the store knows. */
export function checkUpgradePath(input: UpgradePathInput): FieldError[] {
  const sources = new Set(input.sources);
  const shared = input.targets.flatMap((tag, index) =>
    sources.has(tag) ? [fieldError(`/targets/${index}`, 'shared_tag', `"${tag}" is a source already`)] : [],
  );
  const texts = Object.entries(input.texts);
  const unknown = texts.flatMap(([language, { description }]) =>
    [...(description ?? '').matchAll(/\{([^{}]*)\}/g)]
      .filter(([, name]) => !TEXT_VARIABLES.includes(name ?? ''))
      .map(([variable]) =>
        fieldError(
          pointerTo(['texts', language, 'description']),
          'unknown_variable',
          `${variable} is not a variable; known are ${TEXT_VARIABLES.map((name) => `{${name}}`).join(' ')}`,
        ),
      ),
  );
  return [...shared, ...unknown];
}

/** Only an amount off the whole order can leave something over. */
function checkKeeping({ carryOver, payments, keptFor, value, scope }: DiscountInput): FieldError[] {
  if (carryOver !== true) return [];
  const errors: FieldError[] = [];
  if (value.type !== 'amount_off' || scope !== 'order') {
    errors.push(fieldError('/carryOver', 'carry_over', 'needs a value of type amount_off and the scope order'));
  }
  if (payments !== undefined) {
    errors.push(fieldError('/payments', 'carry_over', 'does not go with carryOver: a balance counts money'));
  }
  if (keptFor === 'service') {
    errors.push(fieldError('/keptFor', 'carry_over', 'must be customer with carryOver: a balance has no service'));
  }
  return errors;
}

function checkConditions(conditions: readonly Condition[] | undefined, types: CustomTypes): FieldError[] {
  return [
    ...duplicates(conditions, 'id', '/conditions'),
    ...errorsOfEach('/conditions', conditions, (condition) => checkCondition(condition, types)),
  ];
}

/** Which units are taken is said once. */
function checkUnits({ buy, value, ...input }: DiscountInput): FieldError[] {
  const errors: FieldError[] = [];
  if (buy?.repeat === false && buy.maxRepeats !== undefined) {
    errors.push(fieldError('/buy/maxRepeats', 'not_repeated', 'must be absent, since repeat is false'));
  }
  if (value.type !== 'set_price') return errors;
  const { scope, charges = ['recurring'], unitOrder } = input;
  if (scope !== 'order') errors.push(fieldError('/scope', 'set_price', 'must be "order" with a set_price'));
  if (buy !== undefined) errors.push(fieldError('/buy', 'set_price', 'must be absent with a set_price'));
  if (charges.length !== 1 || charges[0] !== 'recurring') {
    errors.push(fieldError('/charges', 'set_price', 'must be ["recurring"] with a set_price'));
  }
  if (unitOrder !== undefined) {
    errors.push(fieldError('/unitOrder', 'set_price', 'must be absent: sets are formed from the dearest units down'));
  }
  return errors;
}

/** By quantity a tier starts at an integer, by total at amounts; two tiers that start at the same point contradict each other. */
function checkTiers(value: DiscountValue): FieldError[] {
  if (value.type !== 'tiered_percent' && value.type !== 'tiered_amount_off') return [];
  const seen = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, { from }] of value.tiers.entries()) {
    const here = `/tiers/${index}/from`;
    if (typeof from === 'number' ? value.by !== 'quantity' : value.by !== 'total') {
      const wanted = value.by === 'quantity' ? 'an integer' : 'amounts by currency';
      errors.push(fieldError(here, 'tier_measure', `must be ${wanted}, since the tiers are by ${value.by}`));
      continue;
    }
    const points = typeof from === 'number' ? [String(from)] : startingPoints(from);
    if (points.some((point) => seen.has(point))) {
      errors.push(fieldError(here, 'duplicate_tier', 'is where another tier starts'));
    }
    for (const point of points) seen.add(point);
  }
  return errors;
}

function startingPoints(amounts: Amounts): string[] {
  return Object.entries(amounts).map(([currency, amount]) => `${currency} ${parseMoney(amount)}`);
}

function checkWindow(input: { startsAt?: Instant; endsAt?: Instant }): FieldError[] {
  if (input.startsAt === undefined || input.endsAt === undefined) return [];
  return parseInstant(input.startsAt) < parseInstant(input.endsAt)
    ? []
    : [fieldError('/endsAt', 'window_empty', 'must be after startsAt')];
}
