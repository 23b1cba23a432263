/**
 * The same catalog for two rule engines: one rule per promotion, holding where the engine should look at the discount at
 * all (its selector's key is in the cart, its conditions hold). What they find is counted; money is not computed, which
 * is in their favour.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The facts that both are asked with. */
function factsOf(cart) {
  const cents = (text) => Math.round(Number(text) * 100);
  return {
    plans: cart.lines.map((line) => line.plan),
    tags: cart.lines.flatMap((line) => line.tags),
    serviceTypes: [...new Set(cart.lines.map((line) => line.serviceType))],
    codes: [],
    customer: '',
    groups: [],
    total: cart.lines.reduce((sum, line) => sum + cents(line.unitPrice) * line.quantity, 0) / 100,
    quantity: cart.lines.reduce((sum, line) => sum + line.quantity, 0),
  };
}

/** What a promotion asks for, as `[fact, operator, value]`. */
function demandsOf(promotion) {
  const [{ selector = {}, recipients }] = promotion.discounts;
  const demands = [];
  if (selector.plans) demands.push(['plans', 'contains', selector.plans[0]]);
  if (selector.tags) demands.push(['tags', 'contains', selector.tags[0]]);
  if (selector.serviceTypes) demands.push(['serviceTypes', 'contains', selector.serviceTypes[0]]);
  if (recipients) demands.push(['customer', 'equal', recipients.customers[0]]);
  for (const condition of promotion.conditions) {
    if (condition.type === 'cart_total') demands.push(['total', 'atLeast', Number(condition.amounts.EUR)]);
    if (condition.type === 'cart_quantity') demands.push(['quantity', 'atLeast', condition.count]);
    if (condition.type === 'promo_code') demands.push(['codes', 'contains', promotion.id]);
    if (condition.type === 'cart_has_service') demands.push(['plans', 'contains', condition.selector.plans[0]]);
    if (condition.type === 'customer_group') demands.push(['groups', 'contains', condition.groups[0]]);
  }
  return demands;
}

/** json-rules-engine. */
export function jsonRulesEngine(catalog) {
  const { Engine } = require('json-rules-engine');
  const operators = { contains: 'contains', equal: 'equal', atLeast: 'greaterThanInclusive' };
  const engine = new Engine();
  for (const promotion of catalog.promotions) {
    engine.addRule({
      conditions: {
        all: demandsOf(promotion).map(([fact, operator, value]) => ({ fact, operator: operators[operator], value })),
      },
      event: { type: 'promotion', params: { id: promotion.id } },
    });
  }
  return async (cart) => (await engine.run(factsOf(cart))).events.length;
}

/** GoRules zen: one decision table that collects every row that holds. */
export function zen(catalog) {
  const { ZenEngine } = require('@gorules/zen-engine');
  const facts = ['plans', 'tags', 'serviceTypes', 'codes', 'customer', 'groups', 'total', 'quantity'];
  const cell = {
    contains: (value) => `contains($, "${value}")`,
    equal: (value) => `"${value}"`,
    atLeast: (value) => `>= ${value}`,
  };
  const rules = catalog.promotions.map((promotion, index) => {
    const row = { _id: `row-${index}`, out: `"${promotion.id}"` };
    for (const fact of facts) row[fact] = '';
    for (const [fact, operator, value] of demandsOf(promotion)) {
      const text = cell[operator](value);
      row[fact] = row[fact] === '' ? text : `${row[fact]} and ${text}`;
    }
    return row;
  });
  const table = {
    hitPolicy: 'collect',
    inputs: facts.map((field) => ({ id: field, name: field, field })),
    outputs: [{ id: 'out', name: 'promotion', field: 'promotion' }],
    rules,
  };
  const content = {
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position: { x: 0, y: 0 } },
      { id: 'table', type: 'decisionTableNode', name: 'table', position: { x: 1, y: 0 }, content: table },
      { id: 'out', type: 'outputNode', name: 'out', position: { x: 2, y: 0 } },
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  };
  const decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify(content)));
  return async (cart) => {
    const { result } = await decision.evaluate(factsOf(cart));
    return Array.isArray(result) ? result.length : 0;
  };
}
