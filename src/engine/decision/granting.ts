import type { PricedCart } from '../cart/priced-cart';
import type { Candidate } from '../judging/candidate';
import type { GrantFact, GrantToRecord, Use } from '../judging/facts';
import { grantEnd } from '../judging/kept';
import { type Integer, subtract } from '../money/integer';
import { type Amounts, formatMoney, parseMoney } from '../money/money';
import { roundMoney } from '../money/rounding';
import { termsOf } from '../rulebook/terms';
import { formatInstant } from '../time/instant';
import type { AppliedDiscount } from './applied-discount';

/** What an applied discount says of how it is kept. */
type Kept = Pick<AppliedDiscount, 'grantId' | 'validUntil' | 'paymentsLeft' | 'balance'>;

/** Returns what is left of a discount's grant after this cart, or of the one that redeeming it now would record. */
export function keptOf(candidate: Candidate, cart: PricedCart): Kept {
  const { grant, rule } = candidate;
  if (grant !== undefined) return leftOf(grant, candidate, cart);
  if (!rule.isKept) return NOT_KEPT;
  const { payments, carryOver } = rule.source;
  const isKept = payments !== 1 && (!carryOver || leftOver(candidate, cart) !== 0);
  const end = isKept ? grantEnd(rule, cart) : undefined;
  return {
    grantId: undefined,
    validUntil: end === undefined ? undefined : formatInstant(end),
    paymentsLeft: payments === undefined ? undefined : payments - 1,
    balance: carryOver ? { [cart.currency]: formatMoney(leftOver(candidate, cart), cart.digits) } : undefined,
  };
}

const NOT_KEPT: Kept = { grantId: undefined, validUntil: undefined, paymentsLeft: undefined, balance: undefined };

function leftOf({ id, endsAt, paymentsLeft, balance }: GrantFact, { taken }: Candidate, cart: PricedCart): Kept {
  return {
    grantId: id,
    validUntil: endsAt,
    paymentsLeft: paymentsLeft === undefined ? undefined : paymentsLeft - 1,
    balance: balance && lessened(balance, taken, cart),
  };
}

function lessened(balance: Amounts, taken: Integer, { currency, digits }: PricedCart): Amounts {
  const stored = roundMoney(parseMoney(balance[currency] ?? '0'), digits, 'half_up');
  return { ...balance, [currency]: formatMoney(subtract(stored, taken), digits) };
}

/** Returns what a discount that carries over would take of a cart without end, in minor units. */
export function wholeAmount({ rule }: Candidate, { currency, digits, settings }: PricedCart): Integer {
  const { value } = rule.source;
  if (value.type !== 'amount_off') return 0;
  return roundMoney(parseMoney(value.amounts[currency] ?? '0'), digits, settings.roundingMode);
}

function leftOver(candidate: Candidate, cart: PricedCart): Integer {
  return subtract(wholeAmount(candidate, cart), candidate.taken);
}

/** Returns what a redemption takes of the customer's grants: a payment, or money of a balance. */
export function spendingOfGrants({ currency, digits }: PricedCart, applied: readonly Candidate[]): Use[] {
  return applied.flatMap(({ grant, taken }): Use[] => {
    if (grant === undefined) return [];
    const { id, payments, credit } = grant;
    const uses: Use[] = [];
    if (payments !== undefined) uses.push({ kind: 'grant', subject: id, amount: '1', limit: String(payments) });
    if (credit !== undefined) {
      const limit = credit[currency] ?? '0';
      uses.push({ kind: 'grant', subject: id, currency, amount: formatMoney(taken, digits), limit });
    }
    return uses;
  });
}

/** Returns what a customer keeps of what applies in its own right, from the quote's instant on. */
export function grantsOf(cart: PricedCart, applied: readonly Candidate[]): GrantToRecord[] {
  const customerId = cart.customer?.id;
  if (customerId === undefined) return [];
  return applied.flatMap((candidate) => {
    if (candidate.byGrant) return [];
    const kept = keepingAfter(candidate, cart);
    if (kept === undefined) return [];
    const { source, custom } = candidate.rule;
    const grant = {
      customerId,
      discountId: source.id,
      startsAt: formatInstant(cart.at),
      ...kept,
      terms: termsOf(source, custom),
    };
    return candidate.services === undefined
      ? [grant]
      : [...candidate.services].map((serviceId) => ({ ...grant, serviceId }));
  });
}

/** Returns what a grant of a discount would be given; nothing: none is recorded. */
function keepingAfter(
  candidate: Candidate,
  cart: PricedCart,
): Pick<GrantToRecord, 'endsAt' | 'payments' | 'balance'> | undefined {
  const { validity, payments, carryOver } = candidate.rule.source;
  const end = grantEnd(candidate.rule, cart);
  const until = end === undefined ? {} : { endsAt: formatInstant(end) };
  if (carryOver) {
    const left = leftOver(candidate, cart);
    return left === 0 ? undefined : { ...until, balance: { [cart.currency]: formatMoney(left, cart.digits) } };
  }
  if (payments === undefined) return validity && until;
  return payments === 1 ? undefined : { ...until, payments: payments - 1 };
}
