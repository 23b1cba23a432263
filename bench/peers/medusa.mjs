/**
 * Medusa: its promotion module's own service, with a repository in memory. In a shop it asks PostgreSQL which automatic
 * promotions could hold and reads those; here it is handed all of them, read and sorted beforehand.
 */
import { createRequire } from 'node:module';
import { attributesOf, cents, demandsOf, selectionOf } from './workload.mjs';

const require = createRequire(new URL('./medusa/package.json', import.meta.url));

const ATTRIBUTES = {
  plan: 'items.plan',
  planPeriod: 'items.planPeriod',
  tag: 'items.tag',
  serviceType: 'items.serviceType',
  customer: 'customer.id',
  group: 'customer.groups.id',
  total: 'item_subtotal',
  quantity: 'item_quantity',
};
const OPERATORS = { contains: 'in', equal: 'in', atLeast: 'gte' };

const ruleOf = ([fact, operator, value]) => ({
  attribute: ATTRIBUTES[fact],
  operator: OPERATORS[operator],
  values: [{ value: String(value) }],
});

/** Medusa has no special prices among its promotions: such a one takes its amount off. */
function methodOf(promotion) {
  const [{ scope, value }] = promotion.discounts;
  const selection = selectionOf(promotion);
  const percent = value.type === 'percent';
  return {
    type: percent ? 'percentage' : 'fixed',
    value: Number(percent ? value.percent : (value.amounts ?? value.prices).EUR),
    currency_code: 'eur',
    target_type: scope === 'order' ? 'order' : 'items',
    allocation: scope === 'order' ? 'across' : 'each',
    // So many units of a line: a percentage is off all of them, an amount once.
    max_quantity: scope === 'order' ? null : percent ? 1_000_000 : 1,
    target_rules: selection ? [ruleOf([selection[0], 'contains', selection[1]])] : [],
  };
}

/** A rule that only selects lines is asked of the cart too: that is faster than to ask every line. */
function promotionOf(promotion) {
  return {
    id: promotion.id,
    code: promotion.id,
    type: 'standard',
    is_automatic: true,
    is_tax_inclusive: false,
    rules: demandsOf(promotion).map(ruleOf),
    application_method: methodOf(promotion),
  };
}

function contextOf({ lines }) {
  const items = lines.map((line) => {
    const subtotal = (cents(line.unitPrice) * line.quantity) / 100;
    return { ...attributesOf(line), id: line.id, quantity: line.quantity, subtotal, original_total: subtotal };
  });
  return {
    currency_code: 'eur',
    items,
    item_subtotal: items.reduce((sum, { subtotal }) => sum + subtotal, 0),
    item_quantity: items.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

/** Answers the actions that Medusa would carry out: an adjustment for each line and promotion. */
export function medusa(catalog) {
  const { service: Service } = require('@medusajs/promotion').default;
  const promotions = catalog.promotions
    .filter(({ conditions }) => !conditions.some(({ type }) => type === 'promo_code'))
    .map(promotionOf)
    .sort((a, b) => b.application_method.value - a.application_method.value);
  const attributes = { rows: Object.values(ATTRIBUTES).map((attribute) => ({ attribute })) };
  const knex = { raw: async () => attributes };
  const service = new Service({
    baseRepository: { getFreshManager: () => ({ getKnex: () => knex }) },
    // The query that asks for ids alone only narrows the one after it.
    promotionService: { list: async (_filters, { select }) => (select ? [] : promotions) },
  });
  return (cart) => service.computeActions([], contextOf(cart));
}
