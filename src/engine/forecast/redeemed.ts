import type { Facts, GrantFact, GrantToRecord, Usage, Use } from '../judging/facts';
import { add } from '../money/integer';
import { formatMoney, parseMoney } from '../money/money';
import type { Evaluation } from '../quote/quote';

/** What the store would know had a quote been redeemed: its uses counted, its grants recorded. */
export function redeemed(facts: Facts, { uses, grants }: Pick<Evaluation, 'uses' | 'grants'>): Facts {
  if (uses.length === 0 && grants.length === 0) return facts;
  const usage = new Map(facts.usage);
  for (const use of uses) count(usage, use);
  return { ...facts, usage, grants: [...facts.grants, ...grants.map(kept)] };
}

function count(usage: Map<string, Usage>, { kind, subject, currency, amount }: Use): void {
  const before = usage.get(subject) ?? { total: 0, customer: 0, spent: {} };
  if (kind === 'promotion') usage.set(subject, { ...before, total: before.total + 1 });
  if (kind === 'promotion_customer') usage.set(subject, { ...before, customer: before.customer + 1 });
  if (kind !== 'budget' || currency === undefined) return;
  const spent = formatMoney(add(parseMoney(before.spent[currency] ?? '0'), parseMoney(amount)), MILLIONTHS);
  usage.set(subject, { ...before, spent: { ...before.spent, [currency]: spent } });
}

const MILLIONTHS = 6;

function kept({ discountId, startsAt, endsAt }: GrantToRecord): GrantFact {
  return { discountId, startsAt, endsAt };
}
