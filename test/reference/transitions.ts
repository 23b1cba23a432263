import type { Subscription, TransitionChoice } from '../../src/engine/cart/subscription';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Catalog } from '../../src/engine/rulebook/saved';
import type { UpgradePath } from '../../src/engine/rulebook/upgrade-path';
import type { Period } from '../../src/engine/time/instant';
import type { QuotedTransition } from '../../src/engine/transitions/quoted-transition';
import { DAY, inUnits } from './calendar';

/** What the model says of a line that an upgrade path leads to. */
export interface ModelTransition {
  lineId: string;
  upgradePathId: string;
  outcome: QuotedTransition['outcome'];
  /** The subscriptions that could change over. */
  subscriptionIds: string[];
  /** Milliseconds; absent while a subscription must be chosen. */
  effectiveAt?: number;
}

/** What upgrade paths do with a cart, or where the request is refused. */
export interface ModelTransitions {
  transitions: ModelTransition[];
  /** JSON pointers. */
  refused: string[];
}

type RequestLine = QuoteRequest['lines'][number];

/** Plans the transitions of a cart slowly and plainly, by "Transitions" in section 5 of the contract; in UTC. */
export function modelTransitions(
  { upgradePaths, plans }: Catalog,
  request: QuoteRequest,
  at: number,
): ModelTransitions {
  const { lines, subscriptions = [], currency } = request;
  const choices = choicesOf(request);
  const refused: string[] = [];
  const transitions: ModelTransition[] = [];
  const ended: string[] = [];
  const planTags = (id: string | undefined) => plans.find((plan) => plan.id === id)?.tags ?? [];
  const leads = (path: UpgradePath, subscription: Subscription, line: RequestLine): boolean => {
    const targetTags = [...(line.tags ?? []), ...(line.addon === undefined ? planTags(line.plan) : [])];
    const sourceTags = [...(subscription.tags ?? []), ...planTags(subscription.plan)];
    return (
      (path.status ?? 'active') === 'active' &&
      line.action !== 'renewal' &&
      path.targets.some((tag) => targetTags.includes(tag)) &&
      path.sources.some((tag) => sourceTags.includes(tag)) &&
      (subscription.status ?? 'active') === 'active' &&
      subscription.currency === currency &&
      (subscription.plan === undefined || subscription.plan !== line.plan) &&
      (path.transition !== 'immediately_prorated' || isSamePeriod(line.period, subscription.interval))
    );
  };
  const choiceOf = (line: RequestLine) => choices.findIndex(({ lineId }) => lineId === line.id);
  const serve = (line: RequestLine): void => {
    const index = choiceOf(line);
    const choice = choices[index];
    const wanted = subscriptions.filter(
      ({ id }) =>
        (choice?.subscriptionId === undefined || choice.subscriptionId === id) &&
        (choice?.choice === 'keep' || !ended.includes(id)),
    );
    const options = upgradePaths
      .map((path) => ({ path, from: wanted.filter((subscription) => leads(path, subscription, line)) }))
      .filter(({ from }) => from.length > 0);
    const mandatory = options.filter(({ path }) => !path.optional);
    const [best] = byPriority(mandatory.length > 0 ? mandatory : options);
    const isTwice =
      choice?.choice === 'convert' &&
      choice.subscriptionId !== undefined &&
      choices.some(
        (other, place) =>
          place !== index && other.choice === 'convert' && other.subscriptionId === choice.subscriptionId,
      );
    if (isTwice || (choice?.choice === 'convert' && best === undefined)) {
      refused.push(`/transitions/${index}/${choice.subscriptionId === undefined ? 'choice' : 'subscriptionId'}`);
    }
    if (best === undefined) return;
    const isKept = choice?.choice === 'keep' || (choice === undefined && best.path.optional === true);
    if (choice?.choice === 'keep' && !best.path.optional) refused.push(`/transitions/${index}/choice`);
    const [only, another] = best.from;
    const subscriptionIds = best.from.map(({ id }) => id);
    const base = { lineId: line.id, upgradePathId: best.path.id, subscriptionIds };
    if (isKept) {
      transitions.push({ ...base, outcome: 'in_addition', effectiveAt: at });
    } else if (only === undefined || another !== undefined) {
      transitions.push({ ...base, outcome: 'choice_required' });
    } else {
      ended.push(only.id);
      transitions.push({ ...base, outcome: 'replace', effectiveAt: effectiveAt(best.path, only, at) });
    }
  };
  const converts = (line: RequestLine) => choices[choiceOf(line)]?.choice === 'convert';
  const names = (line: RequestLine) => choices[choiceOf(line)]?.subscriptionId !== undefined;
  for (const line of lines) if (converts(line) && names(line)) serve(line);
  for (const line of lines) if (converts(line) && !names(line)) serve(line);
  for (const line of lines) if (!converts(line)) serve(line);
  const place = ({ lineId }: ModelTransition) => lines.findIndex(({ id }) => id === lineId);
  return { transitions: transitions.sort((a, b) => place(a) - place(b)), refused: refused.sort() };
}

/** What the customer chose. */
export function choicesOf({ transitions }: QuoteRequest): readonly TransitionChoice[] {
  return Array.isArray(transitions) ? transitions : [];
}

/** Higher priority, then the older id. */
function byPriority<T extends { path: UpgradePath }>(options: T[]): T[] {
  return [...options].sort(
    (a, b) => (b.path.priority ?? 0) - (a.path.priority ?? 0) || (a.path.id < b.path.id ? -1 : 1),
  );
}

function effectiveAt({ transition }: UpgradePath, subscription: Subscription, at: number): number {
  const { startedAt, lastBookingAt, lastInvoice, termEndsAt, term, interval } = subscription;
  switch (transition) {
    case 'immediately_with_invoice':
    case 'immediately_prorated':
    case 'immediately_invoice_next_booking':
      return at;
    case 'last_booking':
      return Date.parse(lastBookingAt ?? lastInvoice?.from ?? startedAt);
    case 'next_booking':
      return nextBookingOf(subscription, at);
    case 'end_of_interval':
      return termEndsAt === undefined
        ? nextBookingOf(subscription, at)
        : notPast(termEndsAt, term ?? interval, startedAt, at);
  }
}

/** The next booking that is not past. */
export function nextBookingOf({ nextBookingAt, interval, startedAt }: Subscription, at: number): number {
  return notPast(nextBookingAt, interval, startedAt, at);
}

function isSamePeriod(one: Period | undefined, other: Period): boolean {
  if (one === undefined) return false;
  const [a, b] = [inUnits(one), inUnits(other)];
  return a.unit === b.unit && a.count === b.count;
}

/** Steps on period by period, on the day of the month that the subscription began on where `from` was cut to a month's end. */
function notPast(from: string, period: Subscription['interval'], startedAt: string, at: number): number {
  const due = new Date(from);
  const { unit, count } = inUnits(period);
  const isMonthEnd = new Date(due.getTime() + DAY).getUTCDate() === 1;
  const day = isMonthEnd ? Math.max(due.getUTCDate(), new Date(startedAt).getUTCDate()) : due.getUTCDate();
  for (let times = 0; ; times += 1) {
    const candidate =
      unit === 'day' || times === 0
        ? due.getTime() + (unit === 'day' ? times * count * DAY : 0)
        : onDay(due, times * count, day);
    if (candidate >= at) return candidate;
  }
}

function onDay(from: Date, months: number, day: number): number {
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(day, daysInMonth));
  return midnight + (from.getTime() % DAY);
}
