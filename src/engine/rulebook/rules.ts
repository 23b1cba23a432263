import type { CustomTypes, CustomValueType } from '../cart/custom-types';
import { LineFinder } from '../cart/line-finder';
import { type ConditionGroup, prepareGroups } from '../conditions/groups';
import { type DiscountValue, prepareValue } from '../discount-values';
import type { DiscountCalculator, DiscountScope } from '../discount-values/discount-value';
import { minorDigits } from '../money/money';
import { parseInstant, type Window } from '../time/instant';
import { selectorRank } from '../vocabulary/keys';
import { inOrder, isActive } from '../vocabulary/resource';
import { compileSelector, type Matcher } from '../vocabulary/selector';
import type { Discount } from './discount';
import type { Promotion } from './promotion';
import type { RelatedProduct } from './related-product';

/** A promotion made ready to be judged. */
export interface PromotionRule extends Window {
  readonly source: Promotion;
  // What every quote reads is repeated here, so that it need not follow `source`.
  readonly id: string;
  readonly isActive: boolean;
  readonly limits: Promotion['limits'];
  readonly exclusive: boolean;
  readonly stackingGroup: string | undefined;
  readonly plans: ReadonlySet<string> | undefined;
  readonly groups: readonly ConditionGroup[];
  /** Whether its uses matter to a quote. */
  readonly tracksUsage: boolean;
  /** Whether it has one discount only. */
  readonly isSingle: boolean;
  readonly discounts: readonly DiscountRule[];
}

/** A discount made ready to be judged. */
export interface DiscountRule extends Window {
  readonly source: Discount;
  /** Absent: a global discount. */
  readonly promotion: PromotionRule | undefined;
  // As for promotions: what every quote reads.
  readonly id: string;
  readonly isActive: boolean;
  readonly scope: DiscountScope;
  readonly recipients: Discount['recipients'];
  /** Whether it is for some of the units of its lines only. */
  readonly selectsUnits: boolean;
  /** Whether it ends within the periods of its lines. */
  readonly untilEnd: boolean;
  /** Whether a customer who redeems it keeps something of it. */
  readonly isKept: boolean;
  /** Whether that is for the services of its lines alone. */
  readonly keptForServices: boolean;
  readonly groups: readonly ConditionGroup[];
  readonly finder: LineFinder;
  readonly rank: number;
  readonly priority: number;
  readonly recurring: boolean;
  readonly setup: boolean;
  readonly buyMatches: Matcher | undefined;
  /** Whether the uses of a global discount matter to a quote. */
  readonly counted: boolean;
  readonly takers: CalculatorByCurrency;
  /** The provider's types, for what a customer keeps of it. */
  readonly types: CustomTypes;
  /** The provider's type of its value, where it is of one. */
  readonly custom: CustomValueType | undefined;
}

/** A related product made ready to be offered. */
export interface RelatedProductRule {
  readonly id: string;
  readonly source: RelatedProduct;
  readonly groups: readonly ConditionGroup[];
}

/** A discount's value made ready for the currencies that are asked for. */
class CalculatorByCurrency {
  /** Of the first currency, which often is the only one. */
  #currency: string | undefined;
  #taker: DiscountCalculator | undefined;
  #others: Map<string, DiscountCalculator | undefined> | undefined;

  constructor(
    private readonly value: DiscountValue,
    private readonly scope: DiscountScope,
    private readonly custom: CustomValueType | undefined,
  ) {}

  /** Returns what takes the value off in a currency; `undefined`: it is not priced in it. */
  forCurrency(currency: string): DiscountCalculator | undefined {
    if (this.#currency === undefined) {
      this.#currency = currency;
      this.#taker = this.#prepare(currency);
    }
    if (this.#currency === currency) return this.#taker;
    this.#others ??= new Map();
    if (!this.#others.has(currency)) this.#others.set(currency, this.#prepare(currency));
    return this.#others.get(currency);
  }

  #prepare(currency: string): DiscountCalculator | undefined {
    return prepareValue(this.value, {
      currency,
      digits: minorDigits(currency),
      scope: this.scope,
      custom: this.custom,
    });
  }
}

/** Makes a promotion and its discounts ready. */
export function preparePromotion(source: Promotion, types: CustomTypes): PromotionRule {
  const groups = prepareGroups(source.conditions, 'each', types);
  const discounts: DiscountRule[] = [];
  // No spread: quotes are fast while objects share one shape, and a spread gives each its own.
  const { startsAt, endsAt } = windowOf(source);
  const promotion: PromotionRule = {
    startsAt,
    endsAt,
    source,
    id: source.id,
    isActive: isActive(source),
    limits: source.limits,
    exclusive: source.exclusive ?? false,
    stackingGroup: source.stackingGroup,
    plans: source.plans && new Set(source.plans),
    groups,
    tracksUsage: source.limits !== undefined || countsOnce(groups),
    isSingle: source.discounts.length === 1,
    discounts,
  };
  for (const discount of inOrder(source.discounts)) discounts.push(prepareDiscount(discount, types, promotion));
  return promotion;
}

/** Makes a discount ready; without a promotion, one of its ungrouped conditions is enough [ISP]. */
export function prepareDiscount(
  source: Discount,
  types: CustomTypes,
  promotion?: PromotionRule,
  custom = customTypeOf(source.value, types),
): DiscountRule {
  const groups = prepareGroups(source.conditions, promotion === undefined ? 'one' : 'each', types);
  const scope = source.scope ?? 'line';
  const { startsAt, endsAt } = windowOf(source);
  return {
    startsAt,
    endsAt,
    source,
    promotion,
    id: source.id,
    isActive: isActive(source),
    scope,
    recipients: source.recipients,
    selectsUnits: source.buy !== undefined || source.maxUnits !== undefined || source.value.type === 'set_price',
    untilEnd: source.coverage === 'until_end',
    isKept: source.validity !== undefined || source.payments !== undefined || source.carryOver === true,
    keptForServices: source.keptFor === 'service',
    groups,
    finder: new LineFinder(source.selector),
    rank: selectorRank(source.selector),
    priority: source.priority ?? promotion?.source.priority ?? 0,
    recurring: source.charges?.includes('recurring') ?? true,
    setup: source.charges?.includes('setup') ?? false,
    buyMatches: source.buy && compileSelector(source.buy.selector),
    counted: promotion === undefined && countsOnce(groups),
    takers: new CalculatorByCurrency(source.value, scope, custom),
    types,
    custom,
  };
}

function customTypeOf(value: DiscountValue, types: CustomTypes): CustomValueType | undefined {
  if (value.type !== 'custom') return undefined;
  const type = types.value(value.name);
  if (type === undefined) throw new Error(`Unknown custom discount type "${value.name}".`);
  return type;
}

/** Makes a related product ready. */
export function prepareRelatedProduct(source: RelatedProduct, types: CustomTypes): RelatedProductRule {
  return { id: source.id, source, groups: prepareGroups(source.conditions, 'each', types) };
}

function windowOf({ startsAt, endsAt }: { startsAt?: string; endsAt?: string }): Window {
  return {
    startsAt: startsAt === undefined ? undefined : parseInstant(startsAt),
    endsAt: endsAt === undefined ? undefined : parseInstant(endsAt),
  };
}

/** Returns whether some condition, negated or not, asks how often the customer used the rule. */
function countsOnce(groups: readonly ConditionGroup[]): boolean {
  return groups.some((group) => group.some(({ kind }) => kind.oncePerCustomer));
}
