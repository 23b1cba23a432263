import type { Subscription, TransitionChoice } from '../cart/cart';
import { merged, type PricedCart, type PricedLine } from '../cart/priced-cart';
import { multiply } from '../money/integer';
import { formatMoney, minorDigits, parseMoney, roundMoney } from '../money/money';
import type { QuotedLine } from '../quote/answer';
import type { Ruleset } from '../rulebook/ruleset';
import type { UpgradePath } from '../rulebook/upgrade-path';
import { formatMediumDate, monthsOf } from '../time/calendar';
import { formatInstant } from '../time/instant';
import { pickText } from '../vocabulary/localized-text';
import { type FieldError, RequestRefused } from '../vocabulary/problem';
import { keysOf } from '../vocabulary/selector';
import type { QuotedTransition } from './quoted-transition';
import { inAddition, nextInvoice, replacement } from './schedule';

/** A line that an upgrade path concerns, and the subscriptions that could change over to it. */
interface Match {
  readonly line: PricedLine;
  readonly path: UpgradePath;
  readonly subscriptions: readonly Subscription[];
  readonly choice: TransitionChoice | undefined;
}

/** What upgrade paths do with the lines of the cart; the logic develops from the target [PL]. */
export function transitionsFor(cart: PricedCart, quoted: readonly QuotedLine[], rules: Ruleset): QuotedTransition[] {
  if (cart.request.subscriptions === undefined && cart.request.transitions === undefined) return [];
  const choices = choicesByLine(cart);
  const reserved = new Map(
    [...choices.values()].flatMap(({ subscriptionId, lineId }) =>
      subscriptionId === undefined ? [] : [[subscriptionId, lineId]],
    ),
  );
  const ended = new Set<string>();
  const transitions: QuotedTransition[] = [];
  for (const line of cart.lines) {
    // A subscription ends once, and one that the customer chose for another line is not free for this one.
    const free = (cart.request.subscriptions ?? []).filter(
      ({ id }) => !ended.has(id) && (reserved.get(id) ?? line.id) === line.id,
    );
    const match = matchLine(cart, line, free, choices.get(line.id), rules);
    if (match === undefined) continue;
    const transition = decide(cart, rules, match, quoted[line.index]?.total ?? '0');
    if (transition.outcome === 'replace' && transition.subscriptionId !== undefined)
      ended.add(transition.subscriptionId);
    transitions.push(transition);
  }
  return transitions;
}

function choicesByLine(cart: PricedCart): Map<string, TransitionChoice> {
  const choices = new Map<string, TransitionChoice>();
  const errors: FieldError[] = [];
  const lines = new Set(cart.lines.map(({ id }) => id));
  const subscriptions = new Set((cart.request.subscriptions ?? []).map(({ id }) => id));
  for (const [index, choice] of (cart.request.transitions ?? []).entries()) {
    const pointer = `/transitions/${index}`;
    if (!lines.has(choice.lineId)) {
      errors.push({
        pointer: `${pointer}/lineId`,
        code: 'unknown_line',
        detail: `There is no line "${choice.lineId}".`,
      });
    } else if (choices.has(choice.lineId)) {
      errors.push({
        pointer: `${pointer}/lineId`,
        code: 'duplicate_id',
        detail: `Line "${choice.lineId}" has two choices.`,
      });
    }
    if (choice.subscriptionId !== undefined && !subscriptions.has(choice.subscriptionId)) {
      const detail = `There is no subscription "${choice.subscriptionId}".`;
      errors.push({ pointer: `${pointer}/subscriptionId`, code: 'unknown_subscription', detail });
    }
    choices.set(choice.lineId, choice);
  }
  if (errors.length > 0) throw new RequestRefused('invalid_request', errors);
  return choices;
}

/** Of several paths: mandatory before optional, higher priority, older id. */
function matchLine(
  cart: PricedCart,
  line: PricedLine,
  free: readonly Subscription[],
  choice: TransitionChoice | undefined,
  rules: Ruleset,
): Match | undefined {
  if (free.length === 0) return undefined;
  const paths = [...rules.upgradePathsFor((kind) => [...new Set(keysOf(line, kind))])].sort(
    (a, b) =>
      Number(a.optional ?? false) - Number(b.optional ?? false) ||
      (b.priority ?? 0) - (a.priority ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
  for (const path of paths) {
    const subscriptions = free.filter((subscription) => canChangeOver(cart, line, path, subscription, rules));
    if (subscriptions.length > 0) return { line, path, subscriptions, choice };
  }
  return undefined;
}

function canChangeOver(
  cart: PricedCart,
  line: PricedLine,
  { sources }: UpgradePath,
  subscription: Subscription,
  rules: Ruleset,
): boolean {
  const plan = subscription.plan === undefined ? undefined : rules.plans.get(subscription.plan);
  const tags = merged(subscription.tags, plan?.tags);
  return (
    (subscription.status ?? 'active') === 'active' &&
    subscription.currency === cart.currency &&
    (subscription.plan === undefined || subscription.plan !== line.plan) &&
    sources.some((source) => tags.includes(source))
  );
}

function decide(cart: PricedCart, rules: Ruleset, match: Match, price: string): QuotedTransition {
  const { line, path, choice } = match;
  const optional = path.optional ?? false;
  if (choice?.choice === 'keep' && !optional) {
    const index = (cart.request.transitions ?? []).indexOf(choice);
    const detail = 'This upgrade path is mandatory: the subscription cannot be kept.';
    throw new RequestRefused('transition_mandatory', [
      { pointer: `/transitions/${index}/choice`, code: 'transition_mandatory', detail },
    ]);
  }
  const subscription = chosen(cart, match);
  const converts = choice?.choice === 'convert' || !optional;
  const base = {
    lineId: line.id,
    upgradePathId: path.id,
    optional,
    transition: path.transition,
    ...(subscription !== undefined && { subscriptionId: subscription.id }),
  };
  if (converts && subscription === undefined) {
    const candidates = match.subscriptions.map(({ id }) => id);
    return { ...base, outcome: 'choice_required', candidates, ...textsOf(cart, rules, match, undefined, undefined) };
  }
  const schedule =
    converts && subscription
      ? replacement(cart, line, path.transition, subscription, price)
      : inAddition(cart, line, price);
  return {
    ...base,
    outcome: converts ? 'replace' : 'in_addition',
    ...textsOf(cart, rules, match, subscription, nextInvoice(cart, line, schedule)),
    effectiveAt: formatInstant(schedule.effectiveAt),
    steps: schedule.steps,
  };
}

/** The subscription that the customer chose, or the only one. */
function chosen(cart: PricedCart, { subscriptions, choice }: Match): Subscription | undefined {
  if (choice?.subscriptionId === undefined) return subscriptions.length === 1 ? subscriptions[0] : undefined;
  const subscription = subscriptions.find(({ id }) => id === choice.subscriptionId);
  if (subscription !== undefined) return subscription;
  const pointer = `/transitions/${(cart.request.transitions ?? []).indexOf(choice)}/subscriptionId`;
  const detail = `Subscription "${choice.subscriptionId}" cannot change over to line "${choice.lineId}".`;
  throw new RequestRefused('subscription_not_eligible', [{ pointer, code: 'subscription_not_eligible', detail }]);
}

/** The path's words; a description whose variables have no value is left out. */
function textsOf(
  cart: PricedCart,
  rules: Ruleset,
  { line, path }: Match,
  subscription: Subscription | undefined,
  nextPayment: number | undefined,
): Pick<QuotedTransition, 'title' | 'description'> {
  const text = pickText(path.texts, cart.languages);
  if (text === undefined) return {};
  const language = cart.language ?? cart.languages[0];
  const values: Record<string, string | undefined> = {
    offerTitle: line.title ?? line.plan ?? line.serviceType,
    nextPayment:
      nextPayment === undefined || language === undefined
        ? undefined
        : formatMediumDate(nextPayment, language, cart.timeZone),
    subscriptionId: subscription?.id,
    subscriptionTitle: subscription && titleOf(cart, rules, subscription),
    subscriptionPrice: subscription && monthlyPrice(cart, subscription),
  };
  let complete = true;
  const description = text.description?.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return { title: text.title, ...(description !== undefined && complete && { description }) };
}

/** The subscription's own title, or its registered plan's. */
function titleOf({ languages }: PricedCart, { plans }: Ruleset, { id, title, plan }: Subscription): string {
  const registered = plan === undefined ? undefined : plans.get(plan);
  return title ?? pickText(registered?.title, languages) ?? plan ?? id;
}

/** The price per month: a year's by 12; a day counts as 1/365 of a year. */
function monthlyPrice(cart: PricedCart, { price, currency, interval }: Subscription): string {
  const digits = minorDigits(currency);
  const millionths = parseMoney(price);
  const monthly =
    interval.unit === 'day'
      ? roundMoney(multiply(millionths, 365), digits, cart.settings.roundingMode, interval.length * 12)
      : roundMoney(millionths, digits, cart.settings.roundingMode, monthsOf(interval));
  return formatMoney(monthly, digits);
}
