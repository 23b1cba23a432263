import type { CustomTypes } from '../cart/custom-types';
import type { PricedCart } from '../cart/priced-cart';
import type { Reason, UnmetCondition } from '../vocabulary/reasons';
import { inOrder } from '../vocabulary/resource';
import type { Judge, RuleContext, Told, Verdict } from './condition';
import { ELIGIBLE, type Eligible, type Refusal } from './eligibility';
import { type Condition, kindOf, type NumberedType } from './index';

/** A stored condition and its kind. */
export interface KnownCondition {
  readonly source: Condition;
  readonly kind: ReturnType<typeof kindOf>;
  // What every quote reads is repeated here, so that it need not follow `source`.
  readonly negate: boolean;
}

/** A stored condition with its judge. */
interface PreparedCondition extends KnownCondition {
  readonly judge: Judge;
  readonly oncePerCustomer: boolean;
  readonly told: Told | undefined;
}

/** Conditions of which one is enough. */
export type ConditionGroup = readonly PreparedCondition[];

/** Whether each condition without a group must hold (a promotion), or one of them is enough (a global discount [ISP]). */
export type Ungrouped = 'each' | 'one';

/** Makes a list of conditions ready, by groups. */
export function prepareGroups(
  conditions: readonly Condition[] | undefined,
  ungrouped: Ungrouped,
  types: CustomTypes,
): readonly ConditionGroup[] {
  return grouped(conditions, ungrouped, (source): PreparedCondition => {
    const kind = kindOf(source);
    const negate = source.negate ?? false;
    return {
      source,
      kind,
      judge: kind.prepare(source, types),
      negate,
      oncePerCustomer: kind.oncePerCustomer === true && !negate,
      told: kind.told?.(source, types),
    };
  });
}

/** Returns the same groups before anything is made ready. */
export function knownGroups(
  conditions: readonly Condition[] | undefined,
  ungrouped: Ungrouped,
): readonly (readonly KnownCondition[])[] {
  return grouped(conditions, ungrouped, (source) => ({
    source,
    kind: kindOf(source),
    negate: source.negate ?? false,
  }));
}

function grouped<C extends KnownCondition>(
  conditions: readonly Condition[] | undefined,
  ungrouped: Ungrouped,
  make: (source: Condition) => C,
): readonly (readonly C[])[] {
  if (conditions === undefined || conditions.length === 0) return NO_GROUPS;
  const named = new Map<string, C[]>();
  const groups: C[][] = [];
  let one: C[] | undefined;
  for (const source of inOrder(conditions)) {
    const condition = make(source);
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

/** Shared by all owners without conditions, which are most discounts. */
const NO_GROUPS: readonly never[] = [];

/** Judges every group; `oncePerCustomer` says that a group held only by conditions that count once per customer. */
export function judgeGroups(
  groups: readonly ConditionGroup[],
  cart: PricedCart,
  rule: RuleContext,
): Eligible | Refusal {
  let oncePerCustomer = false;
  let failed: ConditionGroup[] | undefined;
  for (const group of groups) {
    let holding = 0;
    let once = 0;
    for (const condition of group) {
      if (!holds(condition, cart, rule)) continue;
      holding += 1;
      if (condition.oncePerCustomer) once += 1;
    }
    if (holding === 0) {
      failed ??= [];
      failed.push(group);
    } else if (holding === once) oncePerCustomer = true;
  }
  if (failed !== undefined) return new Unmet(failed, cart, rule);
  return oncePerCustomer ? { applies: true, oncePerCustomer } : ELIGIBLE;
}

/** A condition with a number that alone keeps a rule from applying. */
export interface NearlyMet {
  readonly group: ConditionGroup;
  readonly type: NumberedType;
  /** What is missing: an amount of money or a count. */
  readonly missing: string | number;
}

/** Returns the only unmet condition if it is ungrouped and its missing amount is known. */
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
  const { source, kind, judge, negate } = condition;
  if (!('lacking' in kind) || negate || source.group !== undefined) return undefined;
  const verdict = judge(cart, rule);
  const missing = verdict.kind === 'judged' ? kind.lacking(verdict.numbers?.()) : undefined;
  return missing === undefined ? undefined : { group, type: source.type as NumberedType, missing };
}

/** Computes the reason only where it is reported. */
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

/** Names what is simply unmet before a limit, that before what failed, and that before a missing fact. */
function reasonOf(failed: readonly ConditionGroup[], cart: PricedCart, rule: RuleContext): Reason {
  const kinds = new Set<Verdict['kind']>(failed.flat().map(({ judge }) => judge(cart, rule).kind));
  if (kinds.has('judged') || kinds.has('currency_not_priced')) return 'condition_unmet';
  if (kinds.has('limit_reached')) return 'limit_reached';
  return kinds.has('expression_failed') ? 'expression_failed' : 'missing_fact';
}

function explain({ source, told, judge }: PreparedCondition, cart: PricedCart, rule: RuleContext): UnmetCondition {
  const verdict = judge(cart, rule);
  return {
    conditionId: source.id ?? '',
    type: source.type,
    ...told,
    ...(source.group !== undefined && { group: source.group }),
    ...(source.negate && { negate: true }),
    ...(verdict.kind !== 'judged' && { reason: verdict.kind }),
    ...(verdict.kind === 'missing_fact' && verdict.pointer !== undefined && { pointer: verdict.pointer }),
    ...(verdict.kind === 'judged' && verdict.numbers?.()),
  };
}
