import type { PricedCart } from '../cart/priced-cart';
import type { Reason, UnmetCondition } from '../vocabulary/reasons';
import { inOrder } from '../vocabulary/resource';
import type { Judge, RuleContext, Verdict } from './condition';
import { ELIGIBLE, type Eligible, type Refusal } from './eligibility';
import { type Condition, prepareCondition } from './index';

/** A stored condition with its judge. */
interface PreparedCondition {
  readonly source: Condition;
  readonly judge: Judge;
  // What every quote looks at stands here, too, so that it need not look through the source.
  readonly negate: boolean;
  readonly isPurchase: boolean;
}

/** Conditions of which one is enough. */
export type ConditionGroup = readonly PreparedCondition[];

/** Whether each condition without a group must hold (a promotion), or one of them is enough (a global discount [ISP]). */
export type Ungrouped = 'each' | 'one';

/** Makes a list of conditions ready, by groups. */
export function prepareGroups(
  conditions: readonly Condition[] | undefined,
  ungrouped: Ungrouped,
): readonly ConditionGroup[] {
  if (conditions === undefined || conditions.length === 0) return NO_GROUPS;
  const named = new Map<string, PreparedCondition[]>();
  const groups: PreparedCondition[][] = [];
  let one: PreparedCondition[] | undefined;
  for (const source of inOrder(conditions)) {
    const condition: PreparedCondition = {
      source,
      judge: prepareCondition(source),
      negate: source.negate ?? false,
      isPurchase: source.type === 'purchase' && !source.negate,
    };
    const existing = source.group === undefined ? (ungrouped === 'one' ? one : undefined) : named.get(source.group);
    if (existing !== undefined) {
      existing.push(condition);
      continue;
    }
    const group = [condition];
    groups.push(group);
    if (source.group !== undefined) named.set(source.group, group);
    else one = group;
  }
  return groups;
}

/** One for all that have none, which is most discounts. */
const NO_GROUPS: readonly ConditionGroup[] = [];

/** Judges every group; `onceByPurchase` tells that a purchase was needed for it, which counts once per customer. */
export function judgeGroups(
  groups: readonly ConditionGroup[],
  cart: PricedCart,
  rule: RuleContext,
): Eligible | Refusal {
  let onceByPurchase = false;
  let failed: ConditionGroup[] | undefined;
  for (const group of groups) {
    let holding = 0;
    let purchases = 0;
    for (const condition of group) {
      if (!holds(condition, cart, rule)) continue;
      holding += 1;
      if (condition.isPurchase) purchases += 1;
    }
    if (holding === 0) {
      failed ??= [];
      failed.push(group);
    } else if (holding === purchases) onceByPurchase = true;
  }
  if (failed !== undefined) return new Unmet(failed, cart, rule);
  return onceByPurchase ? { applies: true, onceByPurchase } : ELIGIBLE;
}

/** A condition with a number that alone keeps a rule from applying. */
export interface NearlyMet {
  readonly group: ConditionGroup;
  readonly type: NumberedType;
  /** What is missing: an amount of money or a count. */
  readonly missing: string | number;
}

/** The types of conditions that a customer can do something about, as they have a number. */
export type NumberedType = 'cart_total' | 'cart_quantity' | 'order_count' | 'cart_has_service';

const NUMBERED: readonly NumberedType[] = ['cart_total', 'cart_quantity', 'order_count', 'cart_has_service'];

/** The only unmet condition, where it stands for itself and it is known what is missing of it. */
export function nearlyMet(
  groups: readonly ConditionGroup[],
  cart: PricedCart,
  rule: RuleContext,
): NearlyMet | undefined {
  const [group, another] = groups.filter((own) => !own.some((condition) => holds(condition, cart, rule)));
  const [condition, alternative] = group ?? [];
  if (group === undefined || condition === undefined || another !== undefined || alternative !== undefined) {
    return undefined;
  }
  const { source, judge, negate } = condition;
  const type = NUMBERED.find((name) => name === source.type);
  const verdict = judge(cart, rule);
  if (type === undefined || negate || source.group !== undefined || verdict.kind !== 'judged') return undefined;
  const missing = type === 'cart_has_service' ? 1 : verdict.numbers?.().missing;
  return missing === undefined ? undefined : { group, type, missing };
}

/** Works out why only where it is told. */
class Unmet implements Refusal {
  readonly applies = false;

  constructor(
    private readonly failed: readonly ConditionGroup[],
    private readonly cart: PricedCart,
    private readonly rule: RuleContext,
  ) {}

  get reason(): Reason {
    return reasonOf(this.failed, this.cart, this.rule);
  }

  unmet(): UnmetCondition[] {
    return this.failed.flatMap((group) => group.map((condition) => explain(condition, this.cart, this.rule)));
  }
}

function holds({ negate, judge }: PreparedCondition, cart: PricedCart, rule: RuleContext): boolean {
  const verdict = judge(cart, rule);
  return verdict.kind === 'judged' && verdict.holds !== negate;
}

/** What is simply unmet is named before a limit, and that before a missing fact. */
function reasonOf(failed: readonly ConditionGroup[], cart: PricedCart, rule: RuleContext): Reason {
  const kinds = new Set<Verdict['kind']>(failed.flat().map(({ judge }) => judge(cart, rule).kind));
  if (kinds.has('judged') || kinds.has('currency_not_priced')) return 'condition_unmet';
  return kinds.has('limit_reached') ? 'limit_reached' : 'missing_fact';
}

function explain({ source, judge }: PreparedCondition, cart: PricedCart, rule: RuleContext): UnmetCondition {
  const verdict = judge(cart, rule);
  return {
    conditionId: source.id ?? '',
    type: source.type,
    ...(source.type === 'attribute' && { of: source.of }),
    ...(source.group !== undefined && { group: source.group }),
    ...(source.negate && { negate: true }),
    ...(verdict.kind !== 'judged' && { reason: verdict.kind }),
    ...(verdict.kind === 'missing_fact' && { pointer: verdict.pointer }),
    ...(verdict.kind === 'judged' && verdict.numbers?.()),
  };
}
