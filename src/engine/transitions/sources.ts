import type { PricedCart } from '../cart/priced-cart';
import { concatenated, type PricedLine } from '../cart/priced-line';
import type { Subscription } from '../cart/subscription';
import type { Ruleset } from '../rulebook/ruleset';
import type { UpgradePath } from '../rulebook/upgrade-path';
import { periodKey } from '../time/calendar';
import { addTo } from '../vocabulary/lists';

/** The subscriptions with a source tag of a path, and those of them that fit lines of one plan and period. */
interface Tagged {
  readonly all: readonly Subscription[];
  readonly alike: Map<string, readonly Subscription[]>;
}

/** Finds the upgrade paths that lead to a line, and the subscriptions that a path leads away from. */
export class Sources {
  /** Active subscriptions in the cart's currency by their tags, in the request's order. */
  readonly #byTag = new Map<string, Subscription[]>();
  readonly #place = new Map<Subscription, number>();
  readonly #byId = new Map<string, Subscription>();
  /** The plans of subscriptions: on a line of any other plan every subscription is of another one. */
  readonly #plans = new Set<string>();
  readonly #byPath = new Map<UpgradePath, Tagged>();
  /** The paths to one tag, and to several tags together; most tags are no target. */
  readonly #byTarget = new Map<string, readonly UpgradePath[]>();
  readonly #byTargets = new Map<string, readonly UpgradePath[]>();

  constructor(
    private readonly cart: PricedCart,
    private readonly rules: Ruleset,
  ) {
    for (const [place, subscription] of (cart.request.subscriptions ?? []).entries()) {
      if (!isActive(subscription) || subscription.currency !== cart.currency) continue;
      this.#place.set(subscription, place);
      this.#byId.set(subscription.id, subscription);
      if (subscription.plan !== undefined) this.#plans.add(subscription.plan);
      for (const tag of new Set(tagsOf(subscription, rules))) addTo(this.#byTag, tag, subscription);
    }
  }

  /** Returns the active paths to a line: mandatory before optional, higher priority, older id. */
  pathsTo(line: PricedLine): readonly UpgradePath[] {
    let only: string | undefined;
    let others: Set<string> | undefined;
    for (const tag of targetTags(this.cart, line)) {
      if (tag === only || this.#pathsTo(tag).length === 0) continue;
      if (only === undefined) only = tag;
      else others = (others ?? new Set()).add(tag);
    }
    if (only === undefined) return NO_PATHS;
    return others === undefined ? this.#pathsTo(only) : this.#pathsToAny([only, ...others]);
  }

  #pathsTo(tag: string): readonly UpgradePath[] {
    let paths = this.#byTarget.get(tag);
    if (paths === undefined) {
      paths = this.#leadingTo([tag]);
      this.#byTarget.set(tag, paths);
    }
    return paths;
  }

  #pathsToAny(tags: readonly string[]): readonly UpgradePath[] {
    const key = tags.join('\0');
    let paths = this.#byTargets.get(key);
    if (paths === undefined) {
      paths = this.#leadingTo(tags);
      this.#byTargets.set(key, paths);
    }
    return paths;
  }

  #leadingTo(tags: readonly string[]): readonly UpgradePath[] {
    return [...this.rules.upgradePathsFor((kind) => (kind === 'tag' ? tags : []))].sort(byPrecedence);
  }

  /** Returns the subscriptions that could change over to a line by a path, in the request's order; the same list for lines alike. */
  of(path: UpgradePath, line: PricedLine): readonly Subscription[] {
    const { all, alike } = this.#tagged(path);
    const plan = line.plan !== undefined && this.#plans.has(line.plan) ? line.plan : '';
    const key = `${path.transition === 'immediately_prorated' ? line.periodKey : ''} ${plan}`;
    let fitting = alike.get(key);
    if (fitting === undefined) {
      fitting = all.filter((one) => isOtherPlan(one, line) && suits(path, one, line));
      alike.set(key, fitting);
    }
    return fitting;
  }

  /** Returns the subscription of an id, where it could change over to any line at all. */
  named(id: string): Subscription | undefined {
    return this.#byId.get(id);
  }

  /** Why a subscription cannot change over to a line. */
  obstacle(subscription: Subscription, line: PricedLine): string {
    const named = `Subscription "${subscription.id}"`;
    const { currency } = this.cart;
    if (!isActive(subscription)) return `${named} is ${subscription.status}: only an active one can change over.`;
    if (subscription.currency !== currency) return `${named} is in ${subscription.currency}, the cart in ${currency}.`;
    if (!isOtherPlan(subscription, line)) return `${named} has the plan of line "${line.id}" already.`;
    return `No upgrade path leads from subscription "${subscription.id}" to line "${line.id}".`;
  }

  #tagged(path: UpgradePath): Tagged {
    let tagged = this.#byPath.get(path);
    if (tagged === undefined) {
      const found = new Set(path.sources.flatMap((tag) => this.#byTag.get(tag) ?? []));
      const all = [...found].sort((a, b) => (this.#place.get(a) ?? 0) - (this.#place.get(b) ?? 0));
      tagged = { all, alike: new Map() };
      this.#byPath.set(path, tagged);
    }
    return tagged;
  }
}

/** Returns the order of paths: mandatory before optional, higher priority, older id. */
export function byPrecedence(a: UpgradePath, b: UpgradePath): number {
  return (
    Number(a.optional ?? false) - Number(b.optional ?? false) ||
    (b.priority ?? 0) - (a.priority ?? 0) ||
    (a.id < b.id ? -1 : 1)
  );
}

/** A renewal is no checkout of a target; an add-on is one by tags of its own, not by those of its plan. A tag may be there twice. */
function targetTags({ request }: PricedCart, line: PricedLine): readonly string[] {
  if (line.action === 'renewal') return NO_TAGS;
  return line.addon === undefined ? line.tags : (request.lines[line.index]?.tags ?? NO_TAGS);
}

const NO_TAGS: readonly string[] = [];
const NO_PATHS: readonly UpgradePath[] = [];

/** Returns the tags of a subscription, those of its registered plan among them; one may be there twice. */
export function tagsOf(subscription: Subscription, { plans }: Ruleset): readonly string[] {
  const plan = subscription.plan === undefined ? undefined : plans.get(subscription.plan);
  return concatenated(subscription.tags, plan?.tags);
}

/** Returns whether a subscription can change over. */
export function isActive({ status }: Subscription): boolean {
  return status === undefined || status === 'active';
}

function isOtherPlan({ plan }: Subscription, line: PricedLine): boolean {
  return plan === undefined || plan !== line.plan;
}

/** Where the due date stays, one period must follow the other. */
function suits({ transition }: UpgradePath, { interval }: Subscription, line: PricedLine): boolean {
  return transition !== 'immediately_prorated' || periodKey(interval) === line.periodKey;
}
