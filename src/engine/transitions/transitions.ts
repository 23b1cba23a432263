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

/** The most subscriptions that a transition lists to choose from, and that those of one quote list together. */
const MOST_CANDIDATES = 20;
const MOST_IN_ALL = 400;

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

/** Describes the planned transitions and, on optional paths, what each other choice would do. */
export function quoteTransitions(
  cart: PricedCart,
  rules: Ruleset,
  planned: readonly Planned[],
  priceFrom: PriceFrom,
): QuotedTransition[] {
  if (planned.length === 0) return [];
  const alternatives = new Alternatives(cart, rules, priceFrom);
  const candidates = new Candidates();
  return planned.map((one) => {
    const { line, path, outcome, subscriptions } = one;
    const choices = outcome === 'choice_required' ? candidates.of(subscriptions) : NO_CHOICES;
    const quoted = quoteTransition(cart, rules, one, priceFrom(line, line.startsAt) ?? '0', choices);
    if (path.optional) quoted.alternatives = alternatives.of(one);
    return quoted;
  });
}

function quoteTransition(
  cart: PricedCart,
  rules: Ruleset,
  planned: Planned,
  price: Money,
  { candidates, furtherCandidates }: Choices,
): QuotedTransition {
  const { line, path, outcome, subscription, timing } = planned;
  const steps = timing && stepsFor(cart, planned, timing, price);
  const { title, description } = textsOf(cart, rules, path, line, subscription, () => {
    const next = timing && steps && nextPaymentOf(cart, line, timing, steps);
    if (typeof next === 'object') throw new RequestRefused('out_of_range', [next]);
    return next;
  });
  // Undefined members are left out of the JSON; objects of one shape are created and written faster.
  return {
    lineId: line.id,
    upgradePathId: path.id,
    optional: path.optional ?? false,
    transition: path.transition,
    subscriptionId: subscription?.id,
    outcome,
    candidates,
    furtherCandidates,
    title,
    // The description speaks of a change.
    description: outcome === 'in_addition' ? undefined : description,
    effectiveAt: timing && formatInstant(timing.effectiveAt),
    steps,
    alternatives: undefined,
  };
}

function stepsFor(cart: PricedCart, { path, outcome, subscription }: Planned, timing: Timing, price: string): Step[] {
  return outcome === 'replace' && subscription !== undefined
    ? stepsOf(cart, path.transition, subscription, timing, price)
    : stepsInAddition(cart, timing, price);
}

/** What there is to choose from. */
type Choices = Pick<QuotedTransition, 'candidates' | 'furtherCandidates'>;

const NO_CHOICES: Choices = { candidates: undefined, furtherCandidates: undefined };

/** Lists subscriptions to choose from, so many in all: five hundred lines with twenty each would be megabytes. */
class Candidates {
  #left = MOST_IN_ALL;

  of(subscriptions: Planned['subscriptions']): Choices {
    const candidates = subscriptions.slice(0, Math.min(MOST_CANDIDATES, this.#left)).map(({ id }) => id);
    const further = subscriptions.length - candidates.length;
    this.#left -= candidates.length;
    return { candidates, furtherCandidates: further > 0 ? further : undefined };
  }
}
