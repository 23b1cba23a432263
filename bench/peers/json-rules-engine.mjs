/** json-rules-engine: one rule per promotion. It finds the promotions that hold; money is not computed. */
import { createRequire } from 'node:module';
import { demandsOf, factsOf } from './workload.mjs';

const require = createRequire(import.meta.url);
const OPERATORS = { contains: 'contains', equal: 'equal', atLeast: 'greaterThanInclusive' };

/** Answers the events of the rules that hold. */
export function jsonRulesEngine(catalog) {
  const { Engine } = require('json-rules-engine');
  const engine = new Engine();
  for (const promotion of catalog.promotions) {
    const all = demandsOf(promotion).map(([fact, operator, value]) => ({ fact, operator: OPERATORS[operator], value }));
    engine.addRule({ conditions: { all }, event: { type: 'promotion', params: { id: promotion.id } } });
  }
  return async (cart) => (await engine.run(factsOf(cart))).events;
}
