import type { Offer } from './answer';
import type { Condition } from './conditions';
import type { RuleContext } from './conditions/condition';
import { walk } from './conditions/walk';
import { type Language, type LocalizedText, pickText, primarySubtag } from './localized-text';
import type { PricedCart } from './priced-cart';
import type { Key, Name, ServerMade, Status, Stored, Term } from './resource';
import type { Ruleset } from './ruleset';

/** What the storefront starts when the offer is accepted. */
export interface OfferAction {
  /** The platform's function, such as `service.order`. */
  function: Term;
  /** Its parameters, passed through as they are. */
  parameters?: { [name: string]: unknown };
}

/** What a client says of a related product ("customers also buy"). */
export interface RelatedProductFields {
  /** The name for the back office. */
  name: Name;
  /** The client's key. */
  key?: Key;
  /** The title for customers. */
  title?: LocalizedText;
  /** Shown only to customers of this language (primary subtag); absent: to all. */
  language?: Language;
  /** What to start when the offer is accepted. */
  action: OfferAction;
  /** A description for customers; HTML, sanitised when saved. */
  descriptionHtml?: LocalizedText;
  /**
   * A picture.
   * @format uri
   * @pattern ^https?://
   * @maxLength 2000
   */
  imageUrl?: string;
  /**
   * The place in the list, ascending.
   * @isInt
   * @default 0
   */
  sort?: number;
  /**
   * Only an active related product is offered.
   * @default "active"
   */
  status?: Status;
  /** When it is offered: every group, and every condition without a group, must hold. */
  conditions?: Condition[];
}

/** A related product to save. */
export interface RelatedProductInput extends RelatedProductFields, ServerMade {}

/** A stored related product. */
export interface RelatedProduct extends RelatedProductFields, Stored {}

/** The related products that the cart is offered: of its language, conditions met, sorted, cut to the provider's most [BM]. */
export function offersFor(cart: PricedCart, rules: Ruleset, keys: readonly string[]): Offer[] {
  if (cart.settings.maxOffers === 0) return [];
  const language = cart.language && primarySubtag(cart.language);
  return [...rules.relatedProductsFor(keys)]
    .filter(({ source }) => source.language === undefined || primarySubtag(source.language) === language)
    .filter(({ groups }) => walk(groups, cart, NO_RULE).holds)
    .map(({ source }) => source)
    .sort((a, b) => (a.sort ?? 0) - (b.sort ?? 0) || (a.id < b.id ? -1 : 1))
    .slice(0, cart.settings.maxOffers)
    .map((source) => {
      const title = pickText(source.title, cart.languages);
      const descriptionHtml = pickText(source.descriptionHtml, cart.languages);
      return {
        relatedProductId: source.id,
        ...(title !== undefined && { title }),
        ...(descriptionHtml !== undefined && { descriptionHtml }),
        ...(source.imageUrl !== undefined && { imageUrl: source.imageUrl }),
        action: source.action,
        sort: source.sort ?? 0,
      };
    });
}

/** A related product has no code, no window and no uses. */
const NO_RULE: RuleContext = {
  hasCode: false,
  startsAt: Number.NEGATIVE_INFINITY,
  endsAt: Number.POSITIVE_INFINITY,
  customerUses: 0,
  redeeming: false,
};
