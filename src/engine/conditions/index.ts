import type { ConditionKind, NumberedKind } from './condition';
import { type AttributeCondition, attribute } from './kinds/attribute';
import { type CartHasServiceCondition, cartHasService } from './kinds/cart/cart-has-service';
import { type CartLacksServiceCondition, cartLacksService } from './kinds/cart/cart-lacks-service';
import { type CartQuantityCondition, cartQuantity } from './kinds/cart/cart-quantity';
import { type CartTotalCondition, cartTotal } from './kinds/cart/cart-total';
import { type CustomCondition, custom } from './kinds/custom';
import { type CustomerGroupCondition, customerGroup } from './kinds/customer/customer-group';
import { type ExpensesCondition, expenses } from './kinds/customer/expenses';
import { type FirstServiceAgeCondition, firstServiceAge } from './kinds/customer/first-service-age';
import { type NewCustomerCondition, newCustomer } from './kinds/customer/new-customer';
import { type OrderCountCondition, orderCount } from './kinds/customer/order-count';
import { type PaidServiceCountCondition, paidServiceCount } from './kinds/customer/paid-service-count';
import { type PaymentsCondition, payments } from './kinds/customer/payments';
import { type RegistrationAgeCondition, registrationAge } from './kinds/customer/registration-age';
import { type ServiceCountCondition, serviceCount } from './kinds/customer/service-count';
import { type PromoCodeCondition, promoCode } from './kinds/promo-code';
import { type PurchaseCondition, purchase } from './kinds/purchase';
import { type TimeWindowCondition, timeWindow } from './kinds/time-window';

/** A condition of a promotion, a discount or a related product, told apart by `type`. */
export type Condition =
  | PromoCodeCondition
  | PaidServiceCountCondition
  | ServiceCountCondition
  | RegistrationAgeCondition
  | FirstServiceAgeCondition
  | PurchaseCondition
  | ExpensesCondition
  | PaymentsCondition
  | CartHasServiceCondition
  | CartLacksServiceCondition
  | CartQuantityCondition
  | CartTotalCondition
  | NewCustomerCondition
  | OrderCountCondition
  | CustomerGroupCondition
  | TimeWindowCondition
  | AttributeCondition
  | CustomCondition;

/** The name of a condition type. */
export type ConditionType = Condition['type'];

/** The condition types that a customer can act on, because they carry a number. */
export type NumberedType = 'cart_total' | 'cart_quantity' | 'order_count' | 'cart_has_service';

/** The kind of a type of condition. */
type KindOf<C extends Condition> = C['type'] extends NumberedType ? NumberedKind<C> : ConditionKind<C>;

/** Every kind of condition by its type; a type that is missing here does not compile. */
export const CONDITION_KINDS: { readonly [T in ConditionType]: KindOf<Extract<Condition, { type: T }>> } = {
  promo_code: promoCode,
  paid_service_count: paidServiceCount,
  service_count: serviceCount,
  registration_age: registrationAge,
  first_service_age: firstServiceAge,
  purchase: purchase,
  expenses: expenses,
  payments: payments,
  cart_has_service: cartHasService,
  cart_lacks_service: cartLacksService,
  cart_quantity: cartQuantity,
  cart_total: cartTotal,
  new_customer: newCustomer,
  order_count: orderCount,
  customer_group: customerGroup,
  time_window: timeWindow,
  attribute: attribute,
  custom: custom,
};

/** Returns the kind of a condition; a type that this version does not know is an error, never a quiet "no". */
export function kindOf({ type }: { type: string }): ConditionKind<Condition> | NumberedKind<Condition> {
  if (!Object.hasOwn(CONDITION_KINDS, type)) throw new Error(`Unknown condition type "${type}".`);
  return CONDITION_KINDS[type as ConditionType] as ConditionKind<Condition> | NumberedKind<Condition>;
}
