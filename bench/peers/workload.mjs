/**
 * The workload as other engines ask it: what is known of a line and of a cart, and what a promotion demands of them. Every
 * window of the workload holds, so the peers are spared them, and have no clock to look at.
 */

const DEMANDS = {
  promo_code: (_condition, promotion) => ['code', 'contains', promotion.id],
  customer_group: ({ groups }) => ['group', 'contains', groups[0]],
  cart_has_service: ({ selector }) => ['plan', 'contains', selector.plans[0]],
  cart_quantity: ({ count }) => ['quantity', 'atLeast', count],
  cart_total: ({ amounts }) => ['total', 'atLeast', Number(amounts.EUR)],
};

/** Conditions that seldom hold, and are asked first where an engine stops at the first that fails. */
const RARE = ['promo_code', 'customer_group'];

const periodOf = ({ unit, length }) => `${length} ${unit}`;

/** An amount in cents. */
export const cents = (text) => Math.round(Number(text) * 100);

/** What a selector may ask of a line. */
export function attributesOf({ plan, tags, serviceType, period }) {
  return { plan, planPeriod: `${plan} ${periodOf(period)}`, tag: tags, serviceType };
}

/** What a condition may ask of a cart. Nobody in the workload has signed in or typed a code. */
export function factsOf({ lines }) {
  const attributes = lines.map(attributesOf);
  return {
    plan: attributes.map(({ plan }) => plan),
    planPeriod: attributes.map(({ planPeriod }) => planPeriod),
    tag: attributes.flatMap(({ tag }) => tag),
    serviceType: [...new Set(attributes.map(({ serviceType }) => serviceType))],
    code: [],
    customer: '',
    group: [],
    total: lines.reduce((sum, { unitPrice, quantity }) => sum + cents(unitPrice) * quantity, 0) / 100,
    quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

/** What the lines of a promotion must be, as `[attribute, value]`; nothing where it takes them all. */
export function selectionOf({ discounts: [{ selector }] }) {
  if (!selector) return undefined;
  const { plans, periods, tags, serviceTypes } = selector;
  if (periods) return ['planPeriod', `${plans[0]} ${periodOf(periods[0])}`];
  if (plans) return ['plan', plans[0]];
  return tags ? ['tag', tags[0]] : ['serviceType', serviceTypes[0]];
}

/** All that a promotion asks of a cart, as `[fact, operator, value]`. */
export function demandsOf(promotion) {
  const { recipients } = promotion.discounts[0];
  const selection = selectionOf(promotion);
  const demandOf = (condition) => DEMANDS[condition.type](condition, promotion);
  return [
    ...promotion.conditions.filter(({ type }) => RARE.includes(type)).map(demandOf),
    ...(recipients ? [['customer', 'equal', recipients.customers[0]]] : []),
    ...(selection ? [[selection[0], 'contains', selection[1]]] : []),
    ...promotion.conditions.filter(({ type }) => !RARE.includes(type)).map(demandOf),
  ];
}
