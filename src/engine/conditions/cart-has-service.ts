import type { Selector } from '../selector';
import type { ConditionBase } from './condition';

/** Some line of the cart matches; services already owned do not count. */
export interface CartHasServiceCondition extends ConditionBase {
  /** The condition type. */
  type: 'cart_has_service';
  /** Which lines. */
  selector: Selector;
}
