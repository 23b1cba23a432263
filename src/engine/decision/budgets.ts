import type { PricedCart } from '../cart/priced-cart';
import { savingAlone } from '../combining/combination';
import type { Candidate } from '../judging/candidate';
import type { Facts } from '../judging/facts';
import { add, type Integer, multiply } from '../money/integer';
import { parseMoney, powerOfTen } from '../money/money';
import type { PromotionRule } from '../rulebook/rules';
import { wholeAmount } from './granting';

/** Each round finds the promotions that overdraw without those found before; this many rounds are exact. */
const EXACT_ROUNDS = 4;

/** What is known when budgets are looked at: the candidates, and those of them that take something off. */
interface Outcome {
  readonly cart: PricedCart;
  readonly candidates: readonly Candidate[];
  readonly applied: readonly Candidate[];
}

/**
 * Returns the promotions that their budgets exclude after this many rounds; empty if all fit. A budget is all or
 * nothing: a promotion that would take off more than is left is excluded. Each exclusion may admit another promotion,
 * so exact rounds could be as many as promotions: after a few, all that could overdraw alone are excluded, then all
 * with a budget.
 */
export function overdrawn({ cart, candidates, applied }: Outcome, facts: Facts, round: number): readonly string[] {
  if (!applied.some(mayOverdraw)) return NONE;
  const spent = spending(applied, (candidate) => countedAmount(cart, candidate));
  const over = [...spent].filter(([rule, amount]) => exceeds(cart, facts, rule, amount));
  if (over.length === 0) return [];
  if (round < EXACT_ROUNDS) return over.map(([{ id }]) => id);
  const most = spending(candidates, (candidate) =>
    candidate.rule.source.carryOver ? wholeAmount(candidate, cart) : savingAlone(cart, candidate),
  );
  const out = [...most].filter(
    ([rule, amount]) => hasBudget(cart, rule) && (round > EXACT_ROUNDS || exceeds(cart, facts, rule, amount)),
  );
  return [...over, ...out].map(([{ id }]) => id);
}

const NONE: readonly string[] = [];

function mayOverdraw({ rule, byGrant }: Candidate): boolean {
  return rule.promotion?.limits?.budget !== undefined && !byGrant;
}

/** Returns what a discount that applies counts to a budget: what it takes, and all of what is carried over. */
export function countedAmount(cart: PricedCart, candidate: Candidate): Integer {
  return candidate.rule.source.carryOver ? wholeAmount(candidate, cart) : candidate.taken;
}

/**
 * Returns what each promotion with limits takes off in its own right, in minor units; what a customer keeps by a grant
 * was promised before.
 */
export function spending(
  candidates: readonly Candidate[],
  amountOf: (candidate: Candidate) => Integer,
): Map<PromotionRule, Integer> {
  const spent = new Map<PromotionRule, Integer>();
  for (const candidate of candidates) {
    const { promotion } = candidate.rule;
    if (promotion?.limits === undefined || candidate.byGrant) continue;
    spent.set(promotion, add(spent.get(promotion) ?? 0, amountOf(candidate)));
  }
  return spent;
}

function hasBudget({ currency }: PricedCart, { limits }: PromotionRule): boolean {
  return limits?.budget?.[currency] !== undefined;
}

function exceeds(cart: PricedCart, facts: Facts, { id, limits }: PromotionRule, amount: Integer): boolean {
  const budget = limits?.budget?.[cart.currency];
  if (budget === undefined) return false;
  const spent = parseMoney(facts.usage.get(id)?.spent[cart.currency] ?? '0');
  return add(spent, multiply(amount, powerOfTen(6 - cart.digits))) > parseMoney(budget);
}
