import type { PricedCart } from '../cart/priced-cart';
import type { Money } from '../money/money';
import type { Ruleset } from '../rulebook/ruleset';
import { formatInstant } from '../time/instant';
import { RequestRefused } from '../vocabulary/problem';
import { Alternatives, type PriceFrom } from './alternatives';
import type { Planned } from './plan';
import type { QuotedTransition, Step } from './quoted-transition';
import { stepsInAddition, stepsOf } from './steps';
import { textsOf } from './texts';
import { nextPaymentOf, type Timing } from './timing';

/** The most subscriptions that an answer lists to choose from. */
const MOST_CANDIDATES = 20;

/** Lets the period of each line begin when its transition takes effect, but where the request says when. */
export function beginWithTransitions({ request }: PricedCart, planned: readonly Planned[]): void {
  for (const { line, timing } of planned) {
    if (timing === undefined || request.lines[line.index]?.startsAt !== undefined) continue;
    line.startsAt = timing.effectiveAt;
  }
}

/** For each line the instant from which its periods are counted; `undefined`: a subscription must be chosen first. */
export function periodStarts({ request, at, lines }: PricedCart, planned: readonly Planned[]): (number | undefined)[] {
  const byLine = new Map(planned.map(({ line, timing }) => [line, timing?.invoicedFrom]));
  return lines.map((line) => {
    const given = request.lines[line.index]?.startsAt;
    if (!byLine.has(line)) return given === undefined ? at : line.startsAt;
    return given === undefined ? byLine.get(line) : byLine.get(line) && line.startsAt;
  });
}

/** Tells what is planned, and on optional paths what each other choice would do. */
export function quoteTransitions(
  cart: PricedCart,
  rules: Ruleset,
  planned: readonly Planned[],
  priceFrom: PriceFrom,
): QuotedTransition[] {
  if (planned.length === 0) return [];
  const alternatives = new Alternatives(cart, rules, priceFrom);
  return planned.map((one) => ({
    ...quoteTransition(cart, rules, one, priceFrom(one.line, one.line.startsAt) ?? '0'),
    ...(one.path.optional && { alternatives: alternatives.of(one) }),
  }));
}

function quoteTransition(cart: PricedCart, rules: Ruleset, planned: Planned, price: Money): QuotedTransition {
  const { line, path, outcome, subscription, subscriptions, timing } = planned;
  const steps = timing && stepsFor(cart, planned, timing, price);
  const { title, description } = textsOf(cart, rules, path, line, subscription, () => {
    const next = timing && steps && nextPaymentOf(cart, line, timing, steps);
    if (typeof next === 'object') throw new RequestRefused('out_of_range', [next]);
    return next;
  });
  return {
    lineId: line.id,
    upgradePathId: path.id,
    optional: path.optional ?? false,
    transition: path.transition,
    ...(subscription !== undefined && { subscriptionId: subscription.id }),
    outcome,
    ...(outcome === 'choice_required' && candidatesOf(subscriptions)),
    ...(title !== undefined && { title }),
    // It speaks of a change.
    ...(description !== undefined && outcome !== 'in_addition' && { description }),
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
