import type { PricedCart } from '../cart/priced-cart';
import type { Money } from '../money/money';
import type { Ruleset } from '../rulebook/ruleset';
import { formatInstant } from '../time/instant';
import { RequestRefused } from '../vocabulary/problem';
import type { Planned } from './plan';
import type { QuotedTransition, Step } from './quoted-transition';
import { stepsInAddition, stepsOf } from './steps';
import { textsOf } from './texts';
import { isInRange, nextInvoice, outOfRange, type Timing } from './timing';

/** The most subscriptions that an answer lists to choose from. */
const MOST_CANDIDATES = 20;

/** Lets the period of each line begin when its transition takes effect, but where the request says when. */
export function beginWithTransitions({ request }: PricedCart, planned: readonly Planned[]): void {
  for (const { line, timing } of planned) {
    if (timing === undefined || request.lines[line.index]?.startsAt !== undefined) continue;
    line.startsAt = timing.effectiveAt;
  }
}

/** Tells what is planned, at the prices of the quoted lines. */
export function quoteTransitions(
  cart: PricedCart,
  rules: Ruleset,
  planned: readonly Planned[],
  quoted: readonly { readonly total: Money }[],
): QuotedTransition[] {
  return planned.map((one) => quoteTransition(cart, rules, one, quoted[one.line.index]?.total ?? '0'));
}

function quoteTransition(cart: PricedCart, rules: Ruleset, planned: Planned, price: string): QuotedTransition {
  const { line, path, outcome, subscription, subscriptions, timing } = planned;
  const steps = timing && stepsFor(cart, planned, timing, price);
  const isInvoiced = steps?.some(({ type }) => type === 'issue_invoice') ?? false;
  const nextPayment = () => (isInvoiced && timing ? nextPaymentOf(cart, planned, timing) : undefined);
  return {
    lineId: line.id,
    upgradePathId: path.id,
    optional: path.optional ?? false,
    transition: path.transition,
    ...(subscription !== undefined && { subscriptionId: subscription.id }),
    outcome,
    ...(outcome === 'choice_required' && candidatesOf(subscriptions)),
    ...textsOf(cart, rules, path, line, subscription, nextPayment),
    ...(timing && { effectiveAt: formatInstant(timing.effectiveAt), steps }),
  };
}

function stepsFor(cart: PricedCart, { path, outcome, subscription }: Planned, timing: Timing, price: string): Step[] {
  return outcome === 'replace' && subscription !== undefined
    ? stepsOf(cart, path.transition, subscription, timing, price)
    : stepsInAddition(cart, timing, price);
}

function candidatesOf(subscriptions: Planned['subscriptions']): Partial<QuotedTransition> {
  const further = subscriptions.length - MOST_CANDIDATES;
  return {
    candidates: subscriptions.slice(0, MOST_CANDIDATES).map(({ id }) => id),
    ...(further > 0 && { furtherCandidates: further }),
  };
}

function nextPaymentOf(cart: PricedCart, { line }: Planned, timing: Timing): number | undefined {
  const next = nextInvoice(cart, line, timing);
  if (next === undefined || isInRange(next, cart.timeZone)) return next;
  throw new RequestRefused('out_of_range', [outOfRange(`/lines/${line.index}/period`)]);
}
