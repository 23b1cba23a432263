import type { CartLine } from '../cart/cart';
import type { NumberedType } from '../conditions/index';
import type { Totals } from '../decision/quoted-line';
import type { MoneySum } from '../money/money';
import type { OfferAction } from '../rulebook/related-product';
import type { LocalizedString } from '../vocabulary/localized-text';
import type { Id } from '../vocabulary/resource';

/** A related product to offer. */
export interface Offer {
  /** The related product. */
  relatedProductId: Id;
  /** Its title in the answer's language. */
  title?: LocalizedString;
  /** Its description in the answer's language, sanitised HTML. */
  descriptionHtml?: LocalizedString;
  /**
   * Its picture.
   * @maxLength 2000
   */
  imageUrl?: string;
  /** What to start when it is accepted. */
  action: OfferAction;
  /**
   * Its place in the list.
   * @isInt
   */
  sort: number;
  /** Whether the platform should add it by itself: a gift. */
  autoAdd: boolean;
  /** With `offerPrices`: what its line would cost in this cart, setup fee left out; absent: it has no line in the currency. */
  price?: Totals;
  /** The line's setup fee in this cart, where it has one. */
  setup?: Totals;
  /** The line, ready to be added to the cart. */
  line?: CartLine;
}

/** What is missing until a condition holds: money or a count. */
export interface MissingNumber {
  /** The type of the condition. */
  type: NumberedType;
  /** How much money, of a total. */
  amount?: MoneySum;
  /**
   * How many, of a quantity, of orders or of services.
   * @isLong
   */
  count?: number;
}

/** An advertised promotion of which one number is missing, and what it would bring. */
export interface Nudge {
  /** The promotion. */
  promotionId: Id;
  /** Its title in the answer's language. */
  title?: LocalizedString;
  /** What is missing. */
  missing: MissingNumber;
  /** What the cart would save by it. */
  saving: MoneySum;
  /** What the cart would cost by it. */
  total: MoneySum;
}
