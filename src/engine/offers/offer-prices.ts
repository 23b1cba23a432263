import type { CartLine } from '../cart/cart';
import { type PricedCart, withLine } from '../cart/priced-cart';
import { type CartScope, decide, keysOfCart } from '../decision/decision';
import type { QuotedLine } from '../decision/quoted-line';
import type { Facts } from '../judging/facts';
import type { RelatedProduct } from '../rulebook/related-product';
import { pickText } from '../vocabulary/localized-text';
import type { Offer } from './offer';
import { offer, relatedProductsFor } from './offers';

/** How many lines are priced again for offers, all together; offers beyond are told without a price. */
const MOST_LINES_AGAIN = 2_500;

/** No line of a request has this id, as it is too short: what is offered may be in the cart already. */
const NO_ID = '';

/** A related product that is offered, with the cart that would have its line. */
export interface Offered {
  readonly source: RelatedProduct;
  /** Absent if it has no line in the cart's currency. */
  readonly added: { readonly line: CartLine; readonly cart: PricedCart; readonly scope: CartScope } | undefined;
}

/** Returns the related products that a cart is offered, each with the cart that would have its line. */
export function offeredIn(cart: PricedCart, { rules, brought, advertised }: CartScope): readonly Offered[] {
  const most = Math.floor(MOST_LINES_AGAIN / (cart.lines.length + 1));
  return relatedProductsFor(cart, rules, brought).map((source, place) => {
    const line = place < most ? offeredLine(source, cart) : undefined;
    if (line === undefined) return { source, added: undefined };
    const extended = withLine(cart, { ...line, id: NO_ID }, rules);
    const keys = keysOfCart(extended);
    const scope = { rules, brought: keys, inReach: rules.discountsFor(keys), advertised, planned: [] };
    return { source, added: { line, cart: extended, scope } };
  });
}

/** Returns the offers with what the line of each costs in the cart, added alone. */
export function pricedOffers(cart: PricedCart, offered: readonly Offered[], facts: Facts): Offer[] {
  return offered.map(({ source, added }) => {
    const quoted = added && decide(added.cart, added.scope, facts).priced.line(added.cart.lines.length - 1);
    const plain = offer(source, cart);
    return quoted === undefined ? plain : withPrice(plain, added?.line, quoted);
  });
}

function offeredLine({ id, line }: RelatedProduct, { currency, languages }: PricedCart): CartLine | undefined {
  const unitPrice = line?.unitPrices[currency];
  if (line === undefined || unitPrice === undefined) return undefined;
  const { title: titles, unitPrices: _, setupFees, ...service } = line;
  const title = pickText(titles, languages);
  const setupFee = setupFees?.[currency];
  return {
    id,
    action: 'order',
    ...service,
    ...(title !== undefined && { title }),
    unitPrice,
    ...(setupFee !== undefined && { setupFee }),
  };
}

function withPrice(plain: Offer, line: CartLine | undefined, { setup, ...quoted }: QuotedLine): Offer {
  const { subtotal, discount, total } = quoted;
  return {
    ...plain,
    price: { subtotal, discount, total },
    ...(setup !== undefined && { setup: { subtotal: setup.subtotal, discount: setup.discount, total: setup.total } }),
    ...(line !== undefined && { line }),
  };
}
