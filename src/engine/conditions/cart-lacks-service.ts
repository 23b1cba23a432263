import type { Selector } from '../selector';
import type { ConditionBase } from './condition';

/** No line of the cart matches; services already owned do not count. */
export interface CartLacksServiceCondition extends ConditionBase {
  /** The condition type. */
  type: 'cart_lacks_service';
  /** Which lines. */
  selector: Selector;
}
