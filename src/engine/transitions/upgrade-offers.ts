import type { PricedCart } from '../cart/priced-cart';
import type { Ruleset } from '../rulebook/ruleset';
import type { TransitionKind, UpgradePath } from '../rulebook/upgrade-path';
import { type LocalizedString, pickText } from '../vocabulary/localized-text';
import type { Id, Term } from '../vocabulary/resource';
import { byPrecedence, isActive, tagsOf } from './sources';

/** What a subscription may change to. */
export interface UpgradeOffer {
  /** The path. */
  upgradePathId: Id;
  /** The subscription. */
  subscriptionId: Term;
  /**
   * The tags of what it may change to.
   * @maxItems 100
   */
  targets: Term[];
  /** The path's title in the answer's language. */
  title?: LocalizedString;
  /** When it would change over and how it is invoiced. */
  transition: TransitionKind;
}

/** The most offers of an answer. */
const MOST = 1000;

/** Returns what the active subscriptions of a request may change to, in their order and that of their paths. */
export function upgradeOffersFor(cart: PricedCart, rules: Ruleset): UpgradeOffer[] {
  const offers: UpgradeOffer[] = [];
  for (const subscription of cart.request.subscriptions ?? []) {
    if (!isActive(subscription) || subscription.currency !== cart.currency) continue;
    const tags = [...new Set(tagsOf(subscription, rules))];
    const paths = [...rules.upgradePathsFrom((kind) => (kind === 'tag' ? tags : []))].sort(byPrecedence);
    for (const path of paths.slice(0, MOST - offers.length)) offers.push(offer(cart, path, subscription.id));
  }
  return offers;
}

function offer({ languages }: PricedCart, path: UpgradePath, subscriptionId: string): UpgradeOffer {
  const text = pickText(path.texts, languages);
  return {
    upgradePathId: path.id,
    subscriptionId,
    targets: path.targets,
    ...(text !== undefined && { title: text.title }),
    transition: path.transition,
  };
}
