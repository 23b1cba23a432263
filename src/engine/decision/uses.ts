import type { PricedCart } from '../cart/priced-cart';
import { promotionOrDiscountId } from '../combining/contender';
import type { Candidate } from '../judging/candidate';
import { type CheckedCode, codeByPromotion } from '../judging/codes';
import type { Use } from '../judging/facts';
import { formatMoney } from '../money/money';
import { addTo } from '../vocabulary/lists';
import { countedAmount, spending } from './budgets';
import { spendingOfGrants } from './granting';

/** Returns the uses that redeeming a quote counts: its promotions and global discounts, their budgets, and the codes that opened them. */
export function usesOf(cart: PricedCart, applied: readonly Candidate[], codes: readonly CheckedCode[]): Use[] {
  const customerId = cart.customer?.id;
  const count = (kind: 'promotion' | 'code', subject: string, total?: number, perCustomer?: number): Use[] => [
    { kind, subject, amount: '1', ...limit(total) },
    ...(customerId === undefined
      ? []
      : [{ kind: `${kind}_customer` as const, subject, customerId, amount: '1', ...limit(perCustomer) }]),
  ];
  const own = applied.filter(({ byGrant }) => !byGrant);
  const byRule = new Map<string, Candidate[]>();
  for (const candidate of own) addTo(byRule, promotionOrDiscountId(candidate), candidate);
  const rules = [...byRule].flatMap(([id, candidates]) => {
    const limits = candidates[0]?.rule.promotion?.limits;
    const once = candidates.some(({ oncePerCustomer }) => oncePerCustomer) ? 1 : undefined;
    return count('promotion', id, limits?.total, minimum(limits?.perCustomer, once));
  });
  const counted = spending(applied, (candidate) => countedAmount(cart, candidate));
  const budgets = [...counted].flatMap(([{ id, limits }, amount]): Use[] => {
    const budget = limits?.budget?.[cart.currency];
    if (budget === undefined) return [];
    const money = formatMoney(amount, cart.digits);
    return [{ kind: 'budget', subject: id, currency: cart.currency, amount: money, limit: budget }];
  });
  const opening = [...codeByPromotion(codes).values()].flatMap(({ fact }) =>
    byRule.has(fact.promotionId) ? count('code', fact.id, fact.maxRedemptions, fact.maxRedemptionsPerCustomer) : [],
  );
  return [...rules, ...budgets, ...opening, ...spendingOfGrants(cart, applied)];
}

function minimum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function limit(most: number | undefined): { limit?: string } {
  return most === undefined ? {} : { limit: String(most) };
}
