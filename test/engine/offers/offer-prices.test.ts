import type { RelatedProductInput } from '../../../src/engine/rulebook/related-product';
import { type CartRequest, percent, quoteOf, type Rules } from '../../support/builders';

const domain: Partial<RelatedProductInput> = {
  id: 'domain',
  line: { serviceType: 'domain', unitPrices: { EUR: '12.00', USD: '13.00' } },
};

function offers(rules: Rules, cart: CartRequest = {}) {
  return quoteOf({ relatedProducts: [domain], ...rules }, { offerPrices: true, ...cart }).offers;
}

describe('the price of an offer', () => {
  test('the price of an offer is that of its line in the cart: a domain for nothing with hosting', () => {
    const free = {
      ...percent('100'),
      selector: { serviceTypes: ['domain'] },
      buy: { selector: { serviceTypes: ['hosting'] }, quantity: 1 },
    };
    const rules = { discounts: [free], relatedProducts: [{ ...domain, autoAdd: true }] };
    const quote = quoteOf(rules, { offerPrices: true });
    expect(quote.offers).toEqual([
      {
        relatedProductId: 'domain',
        action: { function: 'service.order' },
        sort: 0,
        autoAdd: true,
        price: { subtotal: '12.00', discount: '12.00', total: '0.00' },
        line: { id: 'domain', action: 'order', serviceType: 'domain', unitPrice: '12.00' },
      },
    ]);
    expect(quote.totals).toMatchObject({ subtotal: '20.00', discount: '0.00', total: '20.00' });
  });

  test('the price of an offer counts its line for thresholds, and is its own alone', () => {
    const threshold = { type: 'cart_total' as const, comparison: 'gte' as const, amounts: { EUR: '30.00' } };
    const rules = { promotions: [{ conditions: [threshold], discounts: [percent('10')] }] };
    expect(offers(rules)).toMatchObject([{ price: { subtotal: '12.00', discount: '1.20', total: '10.80' } }]);
  });

  test('the price of an offer has the setup fee beside it', () => {
    const line = { ...domain.line, serviceType: 'domain', unitPrices: { EUR: '12.00' }, setupFees: { EUR: '5.00' } };
    const discounts = [{ ...percent('50'), charges: ['setup' as const], selector: { serviceTypes: ['domain'] } }];
    expect(offers({ discounts, relatedProducts: [{ ...domain, line }] })).toMatchObject([
      {
        price: { subtotal: '12.00', discount: '0.00', total: '12.00' },
        setup: { subtotal: '5.00', discount: '2.50', total: '2.50' },
        line: { setupFee: '5.00' },
      },
    ]);
  });

  test('the price of an offer is of each offer alone', () => {
    const backup = { id: 'backup', line: { serviceType: 'backup', unitPrices: { EUR: '3.00' } } };
    const three = { type: 'cart_quantity' as const, comparison: 'gte' as const, count: 3 };
    const rules = {
      promotions: [{ conditions: [three], discounts: [percent('10')] }],
      relatedProducts: [backup, domain],
    };
    expect(offers(rules).map(({ price }) => price?.discount)).toEqual(['0.00', '0.00']);
  });

  test('the price of an offer is there for what is in the cart already', () => {
    const lines = [{ id: 'domain', serviceType: 'domain', unitPrice: '12.00' }];
    expect(offers({}, { lines })).toMatchObject([{ price: { total: '12.00' }, line: { id: 'domain' } }]);
  });

  test('the price of an offer is not there without a line, in another currency, or unasked', () => {
    expect(offers({ relatedProducts: [{ id: 'bare' }] })[0]).not.toHaveProperty('price');
    expect(offers({}, { currency: 'JPY' })[0]).not.toHaveProperty('line');
    const [unasked] = quoteOf({ relatedProducts: [domain] }).offers;
    expect(unasked).not.toHaveProperty('price');
    expect(unasked).not.toHaveProperty('line');
  });

  test('the price of an offer needs what is known of the uses of rules that only its line brings in', () => {
    const forDomains = { ...percent('50'), selector: { serviceTypes: ['domain'] } };
    const rules = (total: number): Rules => ({
      promotions: [{ id: 'p', limits: { total: 1 }, discounts: [forDomains] }],
      usage: { p: { total } },
    });
    expect(offers(rules(0))).toMatchObject([{ price: { total: '6.00' } }]);
    expect(offers(rules(1))).toMatchObject([{ price: { total: '12.00' } }]);
  });
});

test('the line of an offer has everything that an ordered line needs, in the language of the cart', () => {
  const period = { unit: 'year' as const, length: 1 };
  const line = {
    serviceType: 'domain',
    plan: 'com',
    planGroups: ['generic'],
    tags: ['yearly'],
    title: { en: 'Domain', de: 'Domain (DE)' },
    period,
    quantity: 2,
    unitPrices: { EUR: '12.00' },
  };
  expect(offers({ relatedProducts: [{ ...domain, line }] }, { language: 'de' })[0]?.line).toEqual({
    id: 'domain',
    action: 'order',
    serviceType: 'domain',
    plan: 'com',
    planGroups: ['generic'],
    tags: ['yearly'],
    title: 'Domain (DE)',
    period,
    quantity: 2,
    unitPrice: '12.00',
  });
});
