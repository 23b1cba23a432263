import { priceCart } from '../../../src/engine/cart/priced-cart';
import type { Condition } from '../../../src/engine/conditions';
import { prepareQuote } from '../../../src/engine/quote/quote';
import type { Selector } from '../../../src/engine/vocabulary/selector';
import { AT, type CartRequest, type Rules, requestOf, rulebookOf } from '../../support/builders';

/** How many counted rules a cart needs facts of: each rule in reach has a limit, so that the number is that of the candidates. */
function candidates(rules: Rules, cart: CartRequest): number {
  return prepareQuote(requestOf(cart), Date.parse(AT), rulebookOf(rules)).needed.rules.length;
}

function promotions(...selects: { selector?: Selector; conditions?: Condition[] }[]): Rules {
  return {
    promotions: selects.map(({ selector, conditions }) => ({
      limits: { total: 9 },
      conditions,
      discounts: [{ value: { type: 'percent', percent: '10' }, ...(selector && { selector }) }],
    })),
  };
}

const sites = ['fra', 'ams', 'nyc', 'sin'];

test('of rules that select by an attribute a cart meets those of its own values', () => {
  const rules = promotions(...sites.map((site) => ({ selector: { attributes: { site: [site] } } })));
  expect(candidates(rules, { lines: [{ attributes: { site: 'fra' } }] })).toBe(1);
  expect(candidates(rules, { lines: [{ attributes: { site: ['fra', 'ams'] } }] })).toBe(2);
  expect(candidates(rules, { lines: [{}] })).toBe(0);
});

test('a truth value tells few lines apart: another attribute of the selector is looked up', () => {
  const rules = promotions(...sites.map((site) => ({ selector: { attributes: { managed: [true], site: [site] } } })));
  expect(candidates(rules, { lines: [{ attributes: { managed: true, site: 'fra' } }] })).toBe(1);
});

test.each(['cart', 'customer', 'line'] as const)('so are rules with a condition on an attribute of the %s', (of) => {
  const asked = (site: string): Condition => ({ type: 'attribute', of, name: 'site', values: [site] });
  const rules = promotions(...sites.map((site) => ({ conditions: [asked(site)] })));
  const attributes = { site: 'fra' };
  const carts = { cart: { attributes }, customer: { customer: { attributes } }, line: { lines: [{ attributes }] } };
  expect(candidates(rules, carts[of])).toBe(1);
  expect(candidates(rules, {})).toBe(0);
});

test('what an attribute must not be, compares with, or need not be alone is looked at always', () => {
  const asked = { type: 'attribute', of: 'cart', name: 'site' } as const;
  const rules = promotions(
    { conditions: [{ ...asked, values: ['fra'], negate: true }] },
    { conditions: [{ ...asked, comparison: 'gte', value: 2 }] },
    {
      conditions: [
        { ...asked, values: ['fra'], group: 'either' },
        { type: 'new_customer', group: 'either' },
      ],
    },
  );
  expect(candidates(rules, {})).toBe(3);
});

test('lines are found by their attributes as well as one by one', () => {
  const { lines, linesBy } = priceCart(
    requestOf({
      lines: [{ attributes: { site: ['fra', 'fra'] } }, { id: 'b' }, { id: 'c', attributes: { site: 'fra' } }],
    }),
    Date.parse(AT),
    rulebookOf({}),
  );
  expect(linesBy('attribute').lines.get('site=tfra')).toEqual([lines[0], lines[2]]);
});
