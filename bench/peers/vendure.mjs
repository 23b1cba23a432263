/**
 * Vendure: its promotions, and its order calculator's loop over all of them, which tests every promotion for every line.
 * In a shop it reads them all from the database for each change of an order; here they were read and sorted beforehand.
 * There are no taxes and no shipping to compute.
 */
import { createRequire } from 'node:module';
import { attributesOf, cents, demandsOf, selectionOf } from './workload.mjs';

const require = createRequire(new URL('./vendure/package.json', import.meta.url));

const matches = ({ customFields }, { attribute, value }) => {
  const own = customFields[attribute];
  return Array.isArray(own) ? own.includes(value) : own === value;
};
const TEXT = { type: 'string' };
const ARGS = {
  contains: { attribute: TEXT, value: TEXT },
  selection: { attribute: TEXT, value: TEXT, amount: { type: 'float' } },
};

/** Conditions and actions as a shop adds its own; those that Vendure brings look for ids of its tables. */
function ownOperations({ PromotionCondition, PromotionItemAction, PromotionLineAction }) {
  const condition = (code, args, check) => new PromotionCondition({ code, description: [], args, check });
  const ifMatches = (amountOf) => (_ctx, line, args) => (matches(line, args) ? -amountOf(args, line) : 0);
  const action = (Action, code, amountOf) =>
    new Action({ code, description: [], args: ARGS.selection, execute: ifMatches(amountOf) });
  return {
    promotionConditions: [
      condition('contains', ARGS.contains, (_ctx, order, args) => order.lines.some((line) => matches(line, args))),
      condition('quantity', { count: { type: 'int' } }, (_ctx, order, { count }) => order.totalQuantity >= count),
      condition('customer', { id: TEXT }, (_ctx, order, { id }) => order.customer?.id === id),
      condition('group', { id: TEXT }, (_ctx, order, args) =>
        Boolean(order.customer?.groups.some(({ id }) => id === args.id)),
      ),
    ],
    promotionActions: [
      action(PromotionItemAction, 'percent', ({ amount }, { unitPrice }) => unitPrice * (amount / 100)),
      action(PromotionLineAction, 'amount_off', ({ amount }) => amount),
      action(PromotionItemAction, 'special_price', ({ amount }, { unitPrice }) => Math.max(0, unitPrice - amount)),
    ],
  };
}

/** Vendure keeps arguments as texts. */
const operation = (code, args) => ({
  code,
  args: Object.entries(args).map(([name, value]) => ({ name, value: String(value) })),
});

function conditionOf([fact, operator, value]) {
  if (fact === 'total') return operation('minimum_order_amount', { amount: value * 100, taxInclusive: false });
  if (fact === 'quantity') return operation('quantity', { count: value });
  return operator === 'contains' && fact !== 'group'
    ? operation('contains', { attribute: fact, value })
    : operation(fact, { id: value });
}

function actionOf(promotion) {
  const [{ scope, value }] = promotion.discounts;
  const number = value.type === 'percent' ? Number(value.percent) : cents((value.amounts ?? value.prices).EUR);
  if (scope === 'order') {
    const code = value.type === 'percent' ? 'order_percentage_discount' : 'order_fixed_discount';
    return operation(code, { discount: number });
  }
  const [attribute, wanted] = selectionOf(promotion);
  return operation(value.type, { attribute, value: wanted, amount: number });
}

/** Answers the order, with its adjustments and the promotions that it found. */
export function vendure(catalog) {
  const core = require('@vendure/core');
  const own = ownOperations(core);
  const operations = {
    promotionConditions: [core.minimumOrderAmount, ...own.promotionConditions],
    promotionActions: [core.orderPercentageDiscount, core.orderFixedDiscount, ...own.promotionActions],
  };
  const promotions = catalog.promotions
    .map((promotion) => {
      const demands = demandsOf(promotion);
      return new core.Promotion({
        ...operations,
        id: promotion.id,
        name: promotion.name,
        couponCode: demands.find(([fact]) => fact === 'code')?.[2],
        conditions: demands.filter(([fact]) => fact !== 'code').map(conditionOf),
        actions: [actionOf(promotion)],
        priorityScore: demands.some(([fact]) => fact === 'total') ? core.minimumOrderAmount.priorityValue : 0,
      });
    })
    .sort((a, b) => a.priorityScore - b.priorityScore);
  const zone = { id: 1 };
  const rate = new core.TaxRate({ name: 'none', value: 0 });
  const calculator = new core.OrderCalculator(
    core.defaultConfig,
    { getAllWithMembers: async () => [zone] },
    { getApplicableTaxRate: async () => rate },
    undefined,
    undefined,
    { get: async () => zone },
  );
  const ctx = { channelId: 1, channel: { id: 1, pricesIncludeTax: false } };
  return (cart) => {
    const lines = cart.lines.map(
      (line) =>
        new core.OrderLine({
          id: line.id,
          customFields: attributesOf(line),
          quantity: line.quantity,
          orderPlacedQuantity: 0,
          listPrice: cents(line.unitPrice),
          listPriceIncludesTax: false,
          adjustments: [],
          taxLines: [],
        }),
    );
    const order = new core.Order({ lines, couponCodes: [], surcharges: [], shippingLines: [], taxZoneId: zone.id });
    return calculator.applyPriceAdjustments(ctx, order, promotions, [], { recalculateShipping: false });
  };
}
