import fc from 'fast-check';
import type { Condition } from '../../../src/engine/conditions/index';
import { isJsonNumber } from '../../../src/engine/vocabulary/decimal';
import {
  amounts,
  attributeChoice,
  attributeName,
  comparison,
  count,
  currency,
  customerGroup,
  period,
  present,
  price,
  someOf,
  sometimes,
} from './alphabets';
import { selector } from './selectors';

const negate = sometimes(fc.constant(true), 5);
export const group = sometimes(fc.constantFrom('a', 'b'), 2);

/** Conditions on the cart and the customer; `promo_code` is added where a promotion needs one. */
const condition: fc.Arbitrary<Condition> = fc
  .oneof(
    fc.record({ type: fc.constant('cart_has_service' as const), selector, negate, group }),
    fc.record({ type: fc.constant('cart_lacks_service' as const), selector, negate, group }),
    fc.record({
      type: fc.constant('cart_quantity' as const),
      selector: sometimes(selector, 2),
      comparison,
      count,
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('cart_total' as const),
      selector: sometimes(selector, 2),
      comparison,
      amounts,
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('attribute' as const),
      of: fc.constantFrom('cart' as const, 'customer' as const),
      name: attributeName,
      values: someOf(attributeChoice),
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('attribute' as const),
      of: fc.constant('line' as const),
      name: attributeName,
      selector: sometimes(selector, 2),
      values: fc.array(attributeChoice, { minLength: 1, maxLength: 6 }),
      negate,
      group,
    }),
    fc.record({
      type: fc.constant('attribute' as const),
      of: fc.constantFrom('cart' as const, 'customer' as const, 'line' as const),
      name: attributeName,
      comparison,
      value: attributeChoice.filter(isJsonNumber) as fc.Arbitrary<number>,
      negate,
      group,
    }),
    fc.record({ type: fc.constant('customer_group' as const), groups: someOf(customerGroup), negate, group }),
    fc.record({ type: fc.constant('order_count' as const), comparison, count, negate, group }),
    fc.record({ type: fc.constant('service_count' as const), comparison, count, negate, group }),
    fc.record({ type: fc.constant('paid_service_count' as const), comparison, count, negate, group }),
    fc.record({ type: fc.constant('new_customer' as const), negate, group }),
    fc.record({ type: fc.constant('registration_age' as const), comparison, period, negate, group }),
    fc.record({ type: fc.constant('first_service_age' as const), comparison, period, negate, group }),
    fc.record({ type: fc.constant('purchase' as const), selector, group }),
    fc.record({ type: fc.constant('expenses' as const), comparison, currency, amount: price, period, negate, group }),
    fc.record({
      type: fc.constant('time_window' as const),
      weekdays: fc.uniqueArray(fc.constantFrom('mon' as const, 'tue' as const, 'wed' as const, 'thu' as const), {
        minLength: 1,
      }),
      from: sometimes(fc.constantFrom('00:00', '09:30', '22:00'), 2),
      to: sometimes(fc.constantFrom('06:00', '09:31', '10:00'), 2),
      negate,
      group,
    }),
  )
  .map(present);

/** Conditions by ids of their own: the rule's id and a number. */
export function identified(list: readonly Condition[], ruleId: string): Condition[] {
  return list.map((one, index) => ({ ...one, id: `${ruleId}-${index + 1}` }));
}

export const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Condition[]>([]) },
  { weight: 1, arbitrary: fc.array(condition, { minLength: 1, maxLength: 3 }) },
);
