import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import { type Amounts, parseMoney } from '../money/money';
import type { DiscountRule } from '../rulebook/rules';
import { hasTerms, underTerms } from '../rulebook/terms';
import { addPeriod } from '../time/calendar';
import { LAST_INSTANT, parseInstant } from '../time/instant';
import type { Facts, GrantFact } from './facts';

/** A grant that gives its discount at the instant of the quote. */
export interface RunningGrant {
  readonly grant: GrantFact;
  /** The discount under the terms of the grant. */
  readonly rule: DiscountRule;
  /** Whether these are the terms that it still has, for all of the customer's services, as long as the grant runs. */
  readonly isPlain: boolean;
  /** Milliseconds; infinite: it does not end by itself. */
  readonly endsAt: number;
}

/** What a customer keeps, or kept, of one discount. */
export interface Keeping {
  readonly grants: readonly GrantFact[];
  /** Those that give the discount now. */
  readonly running: readonly RunningGrant[];
}

/** Returns what the customer keeps of a discount; a paused or drafted rule gives nothing. */
export function keepingOf(rule: DiscountRule, facts: Facts, { at }: PricedCart): Keeping {
  const grants = facts.grants.filter((grant) => grant.discountId === rule.id);
  const { source, promotion } = rule;
  const isSuspended = [source, promotion?.source].some((one) => one?.status === 'paused' || one?.status === 'draft');
  const running = isSuspended ? [] : grants.filter((grant) => isRunning(grant, at)).map((grant) => made(rule, grant));
  return { grants, running };
}

/** Returns the lines that a discount is still open to: a customer who has or had a counted discount does not earn it again. */
export function openLines(
  { source }: DiscountRule,
  lines: readonly PricedLine[],
  grants: readonly GrantFact[],
  cart: PricedCart,
): readonly PricedLine[] {
  if (source.payments === undefined && !source.carryOver) return lines;
  return lines.filter((line) => {
    const service = serviceOf(line, cart);
    return grants.every(({ serviceId }) => serviceId !== undefined && serviceId !== service);
  });
}

/** Until when the customer keeps the very same discount for everything; never: minus infinity. */
export function plainEnd(running: readonly RunningGrant[]): number {
  return Math.max(...running.filter(({ isPlain }) => isPlain).map(({ endsAt }) => endsAt));
}

/** Returns the service of a line. */
export function serviceOf(line: PricedLine, { request }: PricedCart): string | undefined {
  return request.lines[line.index]?.serviceId;
}

function made(rule: DiscountRule, grant: GrantFact): RunningGrant {
  const { serviceId, paymentsLeft, balance, terms } = grant;
  return {
    grant,
    rule: underTerms(rule, terms, balance),
    isPlain: serviceId === undefined && paymentsLeft === undefined && balance === undefined && hasTerms(rule, terms),
    endsAt: endOfGrant(grant),
  };
}

function isRunning(grant: GrantFact, at: number): boolean {
  if (grant.isRevoked || grant.paymentsLeft === 0 || isSpent(grant.balance)) return false;
  return parseInstant(grant.startsAt) <= at && at < endOfGrant(grant);
}

function isSpent(balance: Amounts | undefined): boolean {
  return balance !== undefined && Object.values(balance).every((amount) => parseMoney(amount) === 0);
}

/** Returns when a grant ends, in milliseconds; infinite: it does not end by itself. */
export function endOfGrant({ endsAt }: GrantFact): number {
  return endsAt === undefined ? Number.POSITIVE_INFINITY : parseInstant(endsAt);
}

/** Returns the end of the grant that redeeming a discount now would record, in milliseconds; none is later than can be written. */
export function grantEnd({ source }: DiscountRule, cart: PricedCart): number | undefined {
  return source.validity && Math.min(LAST_INSTANT, addPeriod(cart.at, source.validity, cart.timeZone));
}
