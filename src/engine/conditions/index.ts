import type { CartHasServiceCondition } from './cart-has-service';
import type { CartLacksServiceCondition } from './cart-lacks-service';
import type { CartQuantityCondition } from './cart-quantity';
import type { CartTotalCondition } from './cart-total';
import type { CustomerGroupCondition } from './customer-group';
import type { ExpensesCondition } from './expenses';
import type { FirstServiceAgeCondition } from './first-service-age';
import type { NewCustomerCondition } from './new-customer';
import type { OrderCountCondition } from './order-count';
import type { PaidServiceCountCondition } from './paid-service-count';
import type { PaymentsCondition } from './payments';
import type { PromoCodeCondition } from './promo-code';
import type { PurchaseCondition } from './purchase';
import type { RegistrationAgeCondition } from './registration-age';
import type { ServiceCountCondition } from './service-count';
import type { TimeWindowCondition } from './time-window';

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
  | TimeWindowCondition;

/** The name of a condition type. */
export type ConditionType = Condition['type'];
