import { LineFinder } from '../../../cart/line-finder';
import { selectorKeys } from '../../../vocabulary/keys';
import type { Selector } from '../../../vocabulary/selector';
import { type ConditionBase, type NumberedKind, verdict } from '../../condition';

/** Some line of the cart matches; services already owned do not count. */
export interface CartHasServiceCondition extends ConditionBase {
  /** The condition type. */
  type: 'cart_has_service';
  /** Which lines. */
  selector: Selector;
}

/** Service in the cart. */
export const cartHasService: NumberedKind<CartHasServiceCondition> = {
  title: 'Service in the cart',
  judgesLines: true,
  prepare({ selector }) {
    const finder = new LineFinder(selector);
    return (cart) => verdict(finder.find(cart).length > 0);
  },
  keys: ({ selector }) => [selectorKeys(selector)],
  lacking: () => 1,
};
