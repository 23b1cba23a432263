import type { Facts, GrantFact, GrantToRecord, Usage, Use } from '../judging/facts';
import { add, quotient, subtract } from '../money/integer';
import { type Amounts, formatMoney, minorDigits, parseMoney, powerOfTen } from '../money/money';
import type { Evaluation } from '../quote/quote';

/** What the store would know had a quote been redeemed: its uses counted, its grants recorded and spent. */
export function redeemed(facts: Facts, { uses, grants }: Pick<Evaluation, 'uses' | 'grants'>): Facts {
  if (uses.length === 0 && grants.length === 0) return facts;
  const usage = new Map(facts.usage);
  for (const use of uses) count(usage, use);
  const spent = facts.grants.map((grant) => uses.reduce(spend, grant));
  return { ...facts, usage, grants: [...spent, ...grants.map((grant, index) => kept(grant, spent.length + index))] };
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

/** Younger than what is stored, and than those before it. */
function kept({ customerId: _customer, balance, payments, ...grant }: GrantToRecord, place: number): GrantFact {
  return {
    ...grant,
    id: `forecast-${String(place).padStart(6, '0')}`,
    version: 1,
    ...(payments !== undefined && { payments, paymentsLeft: payments }),
    ...(balance !== undefined && { balance, credit: balance }),
  };
}

function spend(grant: GrantFact, { kind, subject, currency, amount }: Use): GrantFact {
  if (kind !== 'grant' || subject !== grant.id) return grant;
  const { paymentsLeft, balance } = grant;
  if (currency === undefined)
    return { ...grant, ...(paymentsLeft !== undefined && { paymentsLeft: paymentsLeft - 1 }) };
  return { ...grant, ...(balance !== undefined && { balance: lessened(balance, currency, amount) }) };
}

function lessened(balance: Amounts, currency: string, amount: string): Amounts {
  const digits = minorDigits(currency);
  const left = subtract(parseMoney(balance[currency] ?? '0'), parseMoney(amount));
  return { ...balance, [currency]: formatMoney(quotient(left, powerOfTen(MILLIONTHS - digits)), digits) };
}
