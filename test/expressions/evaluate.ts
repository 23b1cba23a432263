import type { Outcome } from '../../src/engine/cart/custom-types';
import { type PricedCart, priceCart } from '../../src/engine/cart/priced-cart';
import type { Settings } from '../../src/engine/vocabulary/provider';
import { DEFAULT_SETTINGS } from '../../src/engine/vocabulary/provider';
import { customTypesOf } from '../../src/expressions/custom-types';
import { type CartRequest, requestOf } from '../support/builders';

/** A cart as expressions are evaluated on it. */
export function cartOf(request: CartRequest = {}, settings: Partial<Settings> = {}): PricedCart {
  const provider = {
    timeZone: 'Europe/Berlin',
    defaultLanguage: 'en',
    settings: { ...DEFAULT_SETTINGS, ...settings },
  };
  const whole = requestOf(request);
  return priceCart(whole, Date.parse(whole.at ?? ''), { provider, plans: new Map() });
}

/** What a condition's expression finds of a cart. */
export function outcomeOf(
  expression: string,
  cart: PricedCart = cartOf(),
  parameters: Record<string, unknown> = {},
): Outcome<boolean> {
  const type = { name: 'own', title: 'Own', parameters: { type: 'object' }, expression };
  const types = customTypesOf({ conditionTypes: [type], discountTypes: [] });
  const condition = types.condition('own');
  if (condition === undefined) throw new Error('The type is lost.');
  return condition.prepare(parameters)(cart);
}

/** The same in a word: what it finds, or `failed`, or the place of what is missing (`nowhere`: it has none). */
export function found(expression: string, request?: CartRequest, parameters?: Record<string, unknown>): unknown {
  const outcome = outcomeOf(expression, cartOf(request), parameters);
  if (outcome.kind === 'found') return outcome.value;
  return outcome.kind === 'expression_failed' ? 'failed' : (outcome.pointer ?? 'nowhere');
}
