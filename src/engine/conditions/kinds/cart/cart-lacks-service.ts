import { LineFinder } from '../../../cart/line-finder';
import type { Selector } from '../../../vocabulary/selector';
import { type ConditionBase, type ConditionKind, verdict } from '../../condition';

/** No line of the cart matches; services already owned do not count. */
export interface CartLacksServiceCondition extends ConditionBase {
  /** The condition type. */
  type: 'cart_lacks_service';
  /** Which lines. */
  selector: Selector;
}

/** Service not in the cart. */
export const cartLacksService: ConditionKind<CartLacksServiceCondition> = {
  title: 'Service not in the cart',
  judgesLines: true,
  prepare({ selector }) {
    const finder = new LineFinder(selector);
    return (cart) => verdict(finder.find(cart).length === 0);
  },
};
