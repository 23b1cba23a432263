import type { CartLine } from '../../../src/engine/cart/cart';
import type { Selector } from '../../../src/engine/vocabulary/selector';
import { judged, offEach, percent, quoteOf, reasonsOf } from '../../support/builders';

/** Which of the lines a selector takes, by their place. */
function taken(selector: Selector, ...lines: Partial<CartLine>[]): number[] {
  const discount = { ...percent('10'), selector };
  const plans = [{ id: 'outlet', serviceType: 'hosting', planGroups: ['old'], tags: ['sale'] }];
  return offEach({ discounts: [discount], plans }, { lines }).flatMap((off, place) => (off === '0.00' ? [] : place));
}

describe('what a selector leaves out', () => {
  test.each<[string, Selector['exclude'], Partial<CartLine>]>([
    ['service types', { serviceTypes: ['domain'] }, { serviceType: 'domain' }],
    ['plans', { plans: ['small', 'large'] }, { plan: 'large' }],
    ['plan groups', { planGroups: ['linux'] }, { planGroups: ['bsd', 'linux'] }],
    ['add-ons', { addons: ['ip'] }, { addon: 'ip' }],
    ['tags', { tags: ['sale'] }, { tags: ['new', 'sale'] }],
    ['periods', { periods: [{ unit: 'month', length: 12 }] }, { period: { unit: 'year', length: 1 } }],
    ['actions', { actions: ['renewal'] }, { action: 'renewal' }],
    ['tags of the registered plan', { tags: ['sale'] }, { plan: 'outlet' }],
    ['groups of the registered plan', { planGroups: ['old'] }, { plan: 'outlet' }],
  ])('what a selector leaves out are %s', (_name, exclude, line) => {
    expect(taken({ exclude }, {}, line)).toEqual([0]);
  });

  test('what a selector leaves out is what any entry of any list names, though the lists of the selector name it too', () => {
    const selector = { serviceTypes: ['vps'], exclude: { plans: ['promo'], tags: ['sale'] } };
    const vps = { serviceType: 'vps' };
    expect(taken(selector, vps, { ...vps, plan: 'promo' }, { ...vps, tags: ['sale'] }, {})).toEqual([0]);
  });

  test('what a selector leaves out is nothing where the lists are empty or there are none', () => {
    expect(taken({ exclude: {} }, {})).toEqual([0]);
    expect(taken({ exclude: { plans: [] } }, {})).toEqual([0]);
  });

  test('what a selector leaves out leaves the rank as it is', () => {
    const exclude = { plans: ['other'] };
    const quote = quoteOf({
      discounts: [
        { ...percent('20'), name: 'all but one', selector: { exclude } },
        { ...percent('10'), name: 'type', selector: { serviceTypes: ['hosting'], exclude } },
      ],
    });
    expect(quote.discounts.map(({ name }) => name)).toEqual(['type']);
  });

  test('what a selector leaves out counts for conditions as well, and for services that the customer owns', () => {
    const selector = { exclude: { serviceTypes: ['domain'] } };
    const lines = [{}, { serviceType: 'domain', quantity: 3 }];
    expect(judged({ type: 'cart_quantity', selector, comparison: 'gte', count: 2 }, { lines })).toEqual({
      actual: 1,
      required: 2,
      missing: 1,
    });
    const services = [{ serviceType: 'domain', status: 'active' as const }];
    expect(
      judged({ type: 'service_count', selector, comparison: 'gte', count: 1 }, { customer: { services } }),
    ).toMatchObject({ actual: 0 });
  });
});

describe('unit prices', () => {
  const priced = (...prices: string[]) => prices.map((unitPrice) => ({ unitPrice }));

  test('unit prices are from one included to another that is not', () => {
    const unitPrice = { from: { EUR: '10.00' }, below: { EUR: '20.00' } };
    expect(taken({ unitPrice }, ...priced('9.99', '10.00', '19.999999', '20.00'))).toEqual([1, 2]);
    expect(taken({ unitPrice: { from: { EUR: '10' } } }, ...priced('9.99', '10.00', '999'))).toEqual([1, 2]);
    expect(taken({ unitPrice: { below: { EUR: '10' } } }, ...priced('9.99', '10.00'))).toEqual([0]);
  });

  test('unit prices are those of a unit, not of its line', () => {
    const unitPrice = { from: { EUR: '10.00' } };
    expect(taken({ unitPrice }, { unitPrice: '5.00', quantity: 4 })).toEqual([]);
  });

  test('unit prices without an entry for the currency in each bound match nothing', () => {
    const unitPrice = { from: { EUR: '1.00', USD: '1.00' }, below: { USD: '99.00' } };
    const quote = quoteOf({ discounts: [{ ...percent('10'), selector: { unitPrice } }] }, { explain: 'all' });
    expect(reasonsOf(quote)).toEqual({ 'discount-1': 'no_matching_line' });
    const count = { type: 'cart_quantity' as const, selector: { unitPrice }, comparison: 'gte' as const, count: 1 };
    expect(judged(count)).toMatchObject({ actual: 0 });
  });

  test('unit prices are nothing that a service of the customer has', () => {
    const services = [{ serviceType: 'vps', status: 'active' as const }];
    const selector = { unitPrice: { from: { EUR: '0' } } };
    expect(
      judged({ type: 'service_count', selector, comparison: 'gte', count: 1 }, { customer: { services } }),
    ).toMatchObject({ actual: 0 });
  });
});
