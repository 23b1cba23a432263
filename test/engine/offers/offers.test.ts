import type { RelatedProductInput } from '../../../src/engine/rulebook/related-product';
import { type CartRequest, quoteOf, type Rules } from '../../support/builders';

function offered(rules: Rules, cart: CartRequest = {}): string[] {
  return quoteOf(rules, cart).offers.map(({ relatedProductId }) => relatedProductId);
}

function products(...list: Partial<RelatedProductInput>[]): Rules {
  return { relatedProducts: list };
}

test('related products of the same place are shown by age', () => {
  expect(offered(products({ id: 'b' }, { id: 'a' }, { id: 'c', sort: -1 }))).toEqual(['c', 'a', 'b']);
});

test('only active ones are shown', () => {
  const statuses = ['draft', 'active', 'paused', 'archived'] as const;
  expect(offered(products(...statuses.map((status) => ({ id: status, status })), { id: 'unsaid' }))).toEqual([
    'active',
    'unsaid',
  ]);
});

test('the list is cut after what is not for this cart is left out', () => {
  const forVps = { conditions: [{ type: 'cart_has_service' as const, selector: { serviceTypes: ['vps'] } }] };
  const rules: Rules = {
    settings: { maxOffers: 2 },
    ...products({ id: 'a', ...forVps }, { id: 'b' }, { id: 'c', language: 'ru' }, { id: 'd' }, { id: 'e' }),
  };
  expect(offered(rules)).toEqual(['b', 'd']);
  expect(offered(rules, { lines: [{ serviceType: 'vps' }] })).toEqual(['a', 'b']);
});

test('an empty cart is offered what asks for nothing in it', () => {
  const forVps = { conditions: [{ type: 'cart_has_service' as const, selector: { serviceTypes: ['vps'] } }] };
  const notForVps = { conditions: [{ type: 'cart_lacks_service' as const, selector: { serviceTypes: ['vps'] } }] };
  expect(offered(products({ id: 'a', ...forVps }, { id: 'b', ...notForVps }, { id: 'c' }), { lines: [] })).toEqual([
    'b',
    'c',
  ]);
});

describe('the language', () => {
  const rules: Rules = {
    defaultLanguage: 'ru',
    ...products({ id: 'de', language: 'de' }, { id: 'ru', language: 'ru' }, { id: 'at', language: 'de-AT' }),
  };

  test("the language is the request's before the customer's", () => {
    expect(offered(rules, { language: 'ru', customer: { language: 'de' } })).toEqual(['ru']);
    expect(offered(rules, { customer: { language: 'ru' } })).toEqual(['ru']);
  });

  test("the language is not the provider's: a related product with a language needs a customer with one", () => {
    expect(offered(rules)).toEqual([]);
  });

  test('the language is compared by its primary subtag, without case', () => {
    expect(offered(rules, { language: 'de' })).toEqual(['at', 'de']);
    expect(offered(rules, { language: 'DE-ch' })).toEqual(['at', 'de']);
  });
});

describe('the words of an offer', () => {
  const title = (texts: RelatedProductInput['title'], cart: CartRequest, defaultLanguage = 'en') =>
    quoteOf({ defaultLanguage, ...products({ title: texts, descriptionHtml: texts }) }, cart).offers[0];

  test.each([
    ['in the language of the request', 'de-AT', 'Servus'],
    ['in its primary subtag', 'de-CH', 'Hallo'],
    ["in the provider's language", 'fr', 'Hello'],
  ])('the words of an offer are %s', (_name, language, expected) => {
    const texts = { de: 'Hallo', 'de-AT': 'Servus', en: 'Hello', bg: 'Здравей' };
    expect(title(texts, { language })).toMatchObject({ title: expected, descriptionHtml: expected });
  });

  test('the words of an offer are those of the alphabetically first language where nothing else is there', () => {
    expect(title({ pl: 'Cześć', bg: 'Здравей' }, { language: 'de' })).toMatchObject({ title: 'Здравей' });
  });

  test("the words of an offer are in the customer's language where the request names none, else in the provider's", () => {
    const texts = { de: 'Hallo', en: 'Hello', ru: 'Привет' };
    expect(title(texts, { customer: { language: 'ru' } })).toMatchObject({ title: 'Привет' });
    expect(title(texts, { language: 'en', customer: { language: 'ru' } })).toMatchObject({ title: 'Hello' });
    expect(title(texts, {}, 'de')).toMatchObject({ title: 'Hallo' });
  });

  test('the words of an offer are left out where there are none', () => {
    expect(quoteOf(products({ id: 'bare' })).offers).toEqual([
      { relatedProductId: 'bare', action: { function: 'service.order' }, sort: 0, autoAdd: false },
    ]);
  });
});

describe('conditions of a related product', () => {
  test('conditions of a related product may be of every type, and must all hold', () => {
    const rules = products({
      id: 'panel',
      conditions: [
        { type: 'order_count', comparison: 'gte', count: 2 },
        { type: 'cart_total', comparison: 'gte', amounts: { EUR: '20.00' } },
        { type: 'customer_group', groups: ['resellers'], negate: true },
      ],
    });
    expect(offered(rules, { customer: { orderCount: 2, groups: [] } })).toEqual(['panel']);
    expect(offered(rules, { customer: { orderCount: 1, groups: [] } })).toEqual([]);
    expect(offered(rules, { customer: { orderCount: 2, groups: ['resellers'] } })).toEqual([]);
    expect(offered(rules, { customer: { orderCount: 2, groups: [] }, lines: [{ unitPrice: '19.99' }] })).toEqual([]);
  });

  test('conditions of a related product see the groups and tags of registered plans', () => {
    const rules: Rules = {
      plans: [{ id: 'gold', serviceType: 'hosting', tags: ['fast'] }],
      ...products({ id: 'panel', conditions: [{ type: 'cart_has_service', selector: { tags: ['fast'] } }] }),
    };
    expect(offered(rules, { lines: [{ plan: 'gold' }] })).toEqual(['panel']);
    expect(offered(rules, { lines: [{ plan: 'silver' }] })).toEqual([]);
  });
});
