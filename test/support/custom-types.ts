/** A JSON Schema of parameters that have these members, all of them required. */
export function asking(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** A decimal as a text. */
export const DECIMAL = { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?$' };

/** A cart of at least an amount. */
export const BIG_CART = {
  name: 'big-cart',
  title: 'Large cart',
  parameters: asking({ amount: DECIMAL }),
  expression: 'cart.total >= decimal(parameters.amount)',
};

/** What a line costs beyond an amount. */
export const ABOVE = {
  name: 'above',
  title: 'Price ceiling',
  parameters: asking({ from: DECIMAL }),
  expression: 'line.subtotal - decimal(parameters.from)',
};
