import type { PricedCart } from '../cart/priced-cart';
import type { PricedLine } from '../cart/priced-line';
import type { Subscription } from '../cart/subscription';
import type { Ruleset } from '../rulebook/ruleset';
import type { UpgradePath } from '../rulebook/upgrade-path';
import { type FieldError, RequestRefused } from '../vocabulary/problem';
import type { ProblemCode } from '../vocabulary/problem-code';
import { type Choice, mandatory, notEligible, pointerOf, readChoices } from './choices';
import type { QuotedTransition } from './quoted-transition';
import { Sources } from './sources';
import { isError, type Timing, timingInAddition, timingOf } from './timing';

/** The plan for a line that an upgrade path leads to, decided before anything is priced. */
export interface Planned {
  readonly line: PricedLine;
  readonly path: UpgradePath;
  readonly outcome: QuotedTransition['outcome'];
  /** The subscriptions that could change over. */
  readonly subscriptions: readonly Subscription[];
  /** The subscription concerned: the only one, or the chosen one. */
  readonly subscription: Subscription | undefined;
  /** On an optional path those that it could have if the customer chose another one. */
  open: readonly Subscription[];
  /** Absent where a subscription must be chosen first. */
  readonly timing: Timing | undefined;
}

const NONE: readonly Planned[] = [];
const NO_SUBSCRIPTIONS: readonly Subscription[] = [];

/**
 * Decides what upgrade paths do with the lines of a cart; the logic develops from the target [PL]. A choice is carried
 * out, or the request is refused with each that cannot be.
 */
export function planTransitions(cart: PricedCart, rules: Ruleset): readonly Planned[] {
  const { subscriptions, transitions } = cart.request;
  if (subscriptions === undefined && (transitions === undefined || transitions === 'offers')) return NONE;
  return new Planner(cart, rules).plan();
}

/** Serves the lines of one cart. */
class Planner {
  readonly #sources: Sources;
  readonly #choices: ReadonlyMap<string, Choice>;
  readonly #errors: FieldError[];
  /** The pointers of choices that were refused. */
  readonly #refused: ReadonlySet<string>;
  /** A subscription ends once. */
  readonly #ended = new Set<Subscription>();
  /** What is left of lists, and after how many ends: many lines have the same. */
  readonly #left = new Map<
    readonly Subscription[],
    { readonly ends: number; readonly free: readonly Subscription[] }
  >();

  constructor(
    private readonly cart: PricedCart,
    rules: Ruleset,
  ) {
    const { byLine, errors } = readChoices(cart);
    this.#choices = byLine;
    this.#errors = errors;
    this.#refused = new Set(errors.map(({ pointer }) => pointer.slice(0, pointer.lastIndexOf('/'))));
    this.#sources = new Sources(cart, rules);
  }

  /** Returns what becomes of the lines, in their order. */
  plan(): readonly Planned[] {
    const planned = this.#inTurn().flatMap((line) => this.#serve(line) ?? []);
    const { length } = this.#errors;
    if (length > 0) throw new RequestRefused(codeOf(this.#errors), this.#errors);
    for (const one of planned) this.#open(one);
    return planned.sort((a, b) => a.line.index - b.line.index);
  }

  /** What is left is known only after all lines are served. */
  #open(planned: Planned): void {
    const { line, path, outcome, subscription } = planned;
    if (!path.optional) return;
    const all = this.#sources.of(path, line);
    planned.open =
      outcome === 'replace' ? all.filter((one) => one === subscription || !this.#ended.has(one)) : this.#free(all);
  }

  /** Lines that name the subscription to convert come first, then those that convert any, then the rest. */
  #inTurn(): readonly PricedLine[] {
    if (this.#choices.size === 0) return this.cart.lines;
    const [named, any, rest]: [PricedLine[], PricedLine[], PricedLine[]] = [[], [], []];
    for (const line of this.cart.lines) {
      const choice = this.#choices.get(line.id);
      if (choice?.choice !== 'convert') rest.push(line);
      else if (choice.subscriptionId === undefined) any.push(line);
      else named.push(line);
    }
    return [...named, ...any, ...rest];
  }

  #serve(line: PricedLine): Planned | undefined {
    const choice = this.#choices.get(line.id);
    const found = this.#find(line, choice);
    if (found === undefined) {
      if (choice?.choice === 'convert') this.#refuse(choice, line);
      return undefined;
    }
    const optional = found.path.optional ?? false;
    if (choice?.choice === 'keep' && !optional) this.#errors.push(mandatory(choice));
    return this.#decide(line, found, choice?.choice === 'convert' || !optional);
  }

  /** Returns the first path with subscriptions that the line may have: the chosen one only, where there is one. */
  #find(line: PricedLine, choice: Choice | undefined): Pick<Planned, 'path' | 'subscriptions'> | undefined {
    for (const path of this.#sources.pathsTo(line)) {
      const subscriptions = this.#eligible(this.#sources.of(path, line), choice);
      if (subscriptions.length > 0) return { path, subscriptions };
    }
    return undefined;
  }

  /** Keeping a subscription takes nothing from other lines, so their choices do not matter. */
  #eligible(all: readonly Subscription[], choice: Choice | undefined): readonly Subscription[] {
    const free = choice?.choice === 'keep' ? all : this.#free(all);
    if (choice?.subscriptionId === undefined) return free;
    const named = this.#sources.named(choice.subscriptionId);
    return named !== undefined && free.includes(named) ? [named] : [];
  }

  /** Those that no line has ended. */
  #free(all: readonly Subscription[]): readonly Subscription[] {
    const ends = this.#ended.size;
    const known = this.#left.get(all);
    if (known?.ends === ends) return known.free;
    const free = ends === 0 ? all : all.filter((one) => !this.#ended.has(one));
    this.#left.set(all, { ends, free });
    return free;
  }

  #decide(
    line: PricedLine,
    { path, subscriptions }: Pick<Planned, 'path' | 'subscriptions'>,
    converts: boolean,
  ): Planned | undefined {
    const subscription = subscriptions.length === 1 ? subscriptions[0] : undefined;
    const planned = (outcome: Planned['outcome'], timing: Timing | FieldError | undefined): Planned | undefined => {
      if (timing === undefined || !isError(timing))
        return { line, path, outcome, subscriptions, subscription, open: NO_SUBSCRIPTIONS, timing };
      this.#errors.push(timing);
      return undefined;
    };
    if (!converts) return planned('in_addition', timingInAddition(this.cart, line));
    if (subscription === undefined) return planned('choice_required', undefined);
    this.#ended.add(subscription);
    return planned('replace', timingOf(this.cart, line, path.transition, subscription));
  }

  /** Once refused for being chosen twice, a choice is not refused again. */
  #refuse(choice: Choice, line: PricedLine): void {
    const { subscriptionId } = choice;
    if (this.#refused.has(pointerOf(choice))) return;
    const named = (this.cart.request.subscriptions ?? []).find(({ id }) => id === subscriptionId);
    const detail = named
      ? this.#sources.obstacle(named, line)
      : `No upgrade path leads from a subscription that is free to line "${line.id}".`;
    this.#errors.push(notEligible(choice, detail));
  }
}

/** Errors of one kind name the whole; what is plainly wrong does not. */
function codeOf(errors: readonly FieldError[]): ProblemCode {
  const [code, another] = new Set(errors.map((error) => error.code));
  return (another === undefined && KINDS.find((kind) => kind === code)) || 'invalid_request';
}

const KINDS: readonly ProblemCode[] = ['subscription_not_eligible', 'transition_mandatory', 'out_of_range'];
