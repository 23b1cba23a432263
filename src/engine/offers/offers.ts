import type { PricedCart } from '../cart/priced-cart';
import type { RuleContext } from '../conditions/condition';
import { judgeGroups } from '../conditions/groups';
import type { RelatedProduct } from '../rulebook/related-product';
import type { Ruleset } from '../rulebook/ruleset';
import type { CartKeys } from '../vocabulary/keys';
import { pickText, primarySubtag } from '../vocabulary/localized-text';
import type { Offer } from './offer';

/** Returns the related products that the cart is offered: of its language, conditions met, sorted, cut to the provider's most [BM]. */
export function relatedProductsFor(cart: PricedCart, rules: Ruleset, brought: CartKeys): readonly RelatedProduct[] {
  if (cart.settings.maxOffers === 0) return [];
  const found = rules.relatedProductsFor(brought);
  if (found.length === 0) return NONE;
  const language = cart.language && primarySubtag(cart.language);
  return found
    .filter(({ source }) => source.language === undefined || primarySubtag(source.language) === language)
    .filter(({ groups }) => judgeGroups(groups, cart, NO_RULE).applies)
    .map(({ source }) => source)
    .sort((a, b) => (a.sort ?? 0) - (b.sort ?? 0) || (a.id < b.id ? -1 : 1))
    .slice(0, cart.settings.maxOffers);
}

const NONE: readonly RelatedProduct[] = [];

/** Returns the offers without prices. */
export function offersFor(cart: PricedCart, rules: Ruleset, brought: CartKeys): Offer[] {
  return relatedProductsFor(cart, rules, brought).map((source) => offer(source, cart));
}

/** Returns a related product as customers see it. */
export function offer(source: RelatedProduct, { languages }: PricedCart): Offer {
  const title = pickText(source.title, languages);
  const descriptionHtml = pickText(source.descriptionHtml, languages);
  return {
    relatedProductId: source.id,
    ...(title !== undefined && { title }),
    ...(descriptionHtml !== undefined && { descriptionHtml }),
    ...(source.imageUrl !== undefined && { imageUrl: source.imageUrl }),
    action: source.action,
    sort: source.sort ?? 0,
    autoAdd: source.autoAdd ?? false,
  };
}

/** A related product has no code, no window and no uses. */
const NO_RULE: RuleContext = {
  hasCode: false,
  startsAt: undefined,
  endsAt: undefined,
  customerUses: 0,
  redeeming: false,
};
