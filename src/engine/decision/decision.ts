import type { PricedCart } from '../cart/priced-cart';
import { combine } from '../combining/combination';
import type { ConditionGroup } from '../conditions/groups';
import type { Candidate } from '../judging/candidate';
import { type CheckedCode, checkCodes } from '../judging/codes';
import type { Facts } from '../judging/facts';
import type { JudgingContext } from '../judging/promotions';
import { RuleJudge } from '../judging/rule-judge';
import type { DiscountRule } from '../rulebook/rules';
import type { Ruleset } from '../rulebook/ruleset';
import type { Planned } from '../transitions/plan';
import { type Attributes, attributeKeys } from '../vocabulary/attributes';
import type { CartKeys } from '../vocabulary/keys';
import { overdrawn } from './budgets';
import type { Findings } from './explanation';
import { type Priced, priceLines } from './totals';

/** What a cart brings to the rules. */
export interface CartScope {
  readonly rules: Ruleset;
  readonly brought: CartKeys;
  /** The active discounts that it could get without a code. */
  readonly inReach: readonly DiscountRule[];
  /** The active discounts of advertised promotions that it could get if conditions were met, where nudges are asked for. */
  readonly advertised: readonly DiscountRule[];
  /** What becomes of the lines that an upgrade path leads to. */
  readonly planned: readonly Planned[];
}

/** What the rules make of a cart. */
export interface Decided {
  readonly findings: Findings;
  readonly priced: Priced;
  readonly codes: readonly CheckedCode[];
}

/**
 * Decides until no promotion overdraws its budget: one that would is out, and everything is computed again. Conditions may
 * be assumed to hold, to see what would become of the cart.
 */
export function decide(cart: PricedCart, reach: CartScope, facts: Facts, assumed?: ConditionGroup): Decided {
  let out = NONE;
  for (let round = 1; ; round++) {
    const decided = decideOnce({ cart, facts, overdrawn: out, assumed }, reach);
    const { candidates } = decided.findings;
    const over = overdrawn({ cart, candidates, applied: decided.priced.applied }, facts, round);
    if (over.length === 0) return decided;
    out = new Set([...out, ...over]);
  }
}

function decideOnce(judging: JudgingContext, { rules, inReach }: CartScope): Decided {
  const { cart, facts } = judging;
  const codes = checkCodes(rules, judging);
  const withCode = codes.length === 0 ? NONE : promotionsOf(codes.filter(({ valid }) => valid));
  const judges = new RuleJudge(judging, withCode);
  const candidates: Candidate[] = [];
  for (const rule of withCodesAndGrants(rules, inReach, withCode, facts)) judges.collect(rule, candidates);
  const priced = priceLines(cart, combine(cart, candidates));
  return { findings: { cart, judges, candidates }, priced, codes };
}

/** Finds the discounts within reach: without a code, with the codes, or kept by the customer. */
function withCodesAndGrants(
  rules: Ruleset,
  inReach: readonly DiscountRule[],
  withCode: ReadonlySet<string>,
  { grants }: Facts,
): Iterable<DiscountRule> {
  if (withCode.size === 0 && grants.length === 0) return inReach;
  const all = new Set(inReach);
  for (const id of withCode) for (const rule of rules.promotion(id)?.discounts ?? []) all.add(rule);
  for (const { discountId } of grants) {
    const rule = rules.discount(discountId);
    if (rule !== undefined) all.add(rule);
  }
  return all;
}

/** Returns the promotions of codes. */
export function promotionsOf(codes: readonly CheckedCode[]): ReadonlySet<string> {
  if (codes.length === 0) return NONE;
  const ids = new Set<string>();
  for (const { fact } of codes) if (fact !== undefined) ids.add(fact.promotionId);
  return ids;
}

const NONE: ReadonlySet<string> = new Set();

/** Returns what the cart brings for the rulebook's indexes: with its lines, with its customer and by itself. */
export function keysOfCart({ request, linesBy, customer, groups }: PricedCart): CartKeys {
  return (kind) => {
    if (kind === 'customer') return customer?.id === undefined ? [] : [customer.id];
    if (kind === 'group') return groups === undefined ? [] : [...groups];
    if (kind === 'cartAttribute') return distinctKeys(request.attributes);
    if (kind === 'customerAttribute') return distinctKeys(customer?.attributes);
    return linesBy(kind).keys;
  };
}

function distinctKeys(attributes: Attributes | undefined): readonly string[] {
  return attributes === undefined ? [] : [...new Set(attributeKeys(attributes))];
}
