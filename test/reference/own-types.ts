import type { Condition } from '../../src/engine/conditions/index';
import type { CustomCondition } from '../../src/engine/conditions/kinds/custom';
import type { QuoteRequest } from '../../src/engine/quote/quote-request';
import type { Discount } from '../../src/engine/rulebook/discount';
import { customTypesOf } from '../../src/expressions/custom-types';
import type { Case } from './generated/cases';

const SIGNS = { gt: '>', gte: '>=', eq: '==', lte: '<=', lt: '<' } as const;

/** What is compared, as built-in conditions do it and as an expression says it. */
const COMPARED = {
  total: 'cart.total SIGN decimal(parameters.required[cart.currency])',
  quantity: 'cart.quantity SIGN parameters.required',
  orders: 'customer.orderCount SIGN parameters.required',
} as const;

const type = (name: string, expression: string) => ({ name, title: name, parameters: { type: 'object' }, expression });

/** Types that say what built-in ones say. */
export const OWN_TYPES = customTypesOf({
  conditionTypes: [
    ...Object.entries(COMPARED).flatMap(([name, expression]) =>
      Object.entries(SIGNS).map(([comparison, sign]) =>
        type(`${name}-${comparison}`, expression.replace('SIGN', sign)),
      ),
    ),
    type('group', 'customer.groups.exists(g, g in parameters.groups)'),
    type('cart-attribute', 'cart.attributes[parameters.name] in parameters.values'),
    type('customer-attribute', 'customer.attributes[parameters.name] in parameters.values'),
  ],
  discountTypes: [type('off', 'decimal(parameters.amounts[cart.currency])')],
});

/** The same rules, of types of one's own where these can say the same of the cart. */
export function inOwnWords(given: Case): Case {
  const { catalog, request } = given;
  const discount = (one: Discount): Discount => withOwnValue(withOwnConditions(one, request), request);
  return {
    ...given,
    catalog: {
      ...catalog,
      promotions: catalog.promotions.map((promotion) => ({
        ...withOwnConditions(promotion, request),
        discounts: promotion.discounts.map(discount),
      })),
      discounts: catalog.discounts.map(discount),
    },
  };
}

function withOwnConditions<R extends { conditions?: Condition[] }>(rule: R, request: QuoteRequest): R {
  return rule.conditions === undefined
    ? rule
    : { ...rule, conditions: rule.conditions.map((condition) => ownCondition(condition, request)) };
}

/** Whoever keeps a discount by a grant keeps it in the words in which it was given. */
function withOwnValue(discount: Discount, { currency }: QuoteRequest): Discount {
  const { value, validity, payments, carryOver } = discount;
  if (value.type !== 'amount_off' || value.amounts[currency] === undefined) return discount;
  if (validity !== undefined || payments !== undefined || carryOver) return discount;
  return { ...discount, value: { type: 'custom', name: 'off', parameters: { amounts: value.amounts } } };
}

function ownCondition(condition: Condition, request: QuoteRequest): Condition {
  const own = ownWords(condition, request);
  if (own === undefined) return condition;
  const { id, group, negate } = condition;
  return {
    type: 'custom',
    ...own,
    ...(id !== undefined && { id }),
    ...(group !== undefined && { group }),
    ...(negate !== undefined && { negate }),
  };
}

function ownWords(
  condition: Condition,
  { currency, customer, attributes }: QuoteRequest,
): Pick<CustomCondition, 'name' | 'parameters'> | undefined {
  switch (condition.type) {
    case 'cart_total': {
      const { selector, comparison, amounts } = condition;
      if (selector !== undefined || amounts[currency] === undefined) return undefined;
      return { name: `total-${comparison}`, parameters: { required: amounts } };
    }
    case 'cart_quantity': {
      const { selector, comparison, count } = condition;
      if (selector !== undefined) return undefined;
      return { name: `quantity-${comparison}`, parameters: { required: count } };
    }
    case 'order_count':
      return { name: `orders-${condition.comparison}`, parameters: { required: condition.count } };
    case 'customer_group':
      // To an expression a list that was not sent is empty.
      return customer?.groups && { name: 'group', parameters: { groups: condition.groups } };
    case 'attribute': {
      const { of, name, values } = condition;
      if (of === 'line' || values === undefined) return undefined;
      const sent = (of === 'cart' ? attributes : customer?.attributes)?.[name];
      return Array.isArray(sent) ? undefined : { name: `${of}-attribute`, parameters: { name, values } };
    }
    default:
      return undefined;
  }
}
