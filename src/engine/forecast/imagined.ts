import type { Facts, GrantFact, GrantToRecord, Usage, Use } from '../judging/facts';
import { add, quotient, subtract } from '../money/integer';
import { type Amounts, formatMoney, minorDigits, parseMoney, powerOfTen } from '../money/money';
import type { Evaluation } from '../quote/evaluation';

/** The facts that the store would hold after imagined redemptions: their uses counted, their grants recorded. */
export class Imagined {
  readonly #usage: Map<string, Usage>;
  readonly #grants: GrantFact[];
  /** Grows with every redemption. */
  readonly facts: Facts;

  /** Begins with what the store knows. */
  constructor(facts: Facts) {
    this.#usage = new Map(facts.usage);
    this.#grants = [...facts.grants];
    this.facts = { ...facts, usage: this.#usage, grants: this.#grants };
  }

  /** Counts and records what redeeming a quote would. */
  redeem({ limitedUses, grants }: Pick<Evaluation, 'limitedUses' | 'grants'>): void {
    for (const use of limitedUses) {
      if (use.kind === 'grant') this.#spend(use);
      else this.#count(use);
    }
    for (const grant of grants) this.#grants.push(kept(grant, this.#grants.length));
  }

  #spend(use: Use): void {
    const place = this.#grants.findIndex(({ id }) => id === use.subject);
    const grant = this.#grants[place];
    if (grant !== undefined) this.#grants[place] = spend(grant, use);
  }

  #count({ kind, subject, currency, amount }: Use): void {
    const before = this.#usage.get(subject) ?? { total: 0, customer: 0, spent: {} };
    const { total, customer, spent } = before;
    if (kind === 'promotion') this.#usage.set(subject, { total: total + 1, customer, spent });
    if (kind === 'promotion_customer') this.#usage.set(subject, { total, customer: customer + 1, spent });
    if (kind !== 'budget' || currency === undefined) return;
    const sum = formatMoney(add(parseMoney(spent[currency] ?? '0'), parseMoney(amount)), MILLIONTHS);
    this.#usage.set(subject, { total, customer, spent: { ...spent, [currency]: sum } });
  }
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

function spend(grant: GrantFact, { currency, amount }: Use): GrantFact {
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
