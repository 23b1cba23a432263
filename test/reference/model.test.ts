import { type Facts, NO_FACTS } from '../../src/engine/judging/facts';
import type { Catalog } from '../../src/engine/rulebook/saved';
import type { Combination } from '../../src/engine/vocabulary/provider';
import { modelQuote } from './model';

const AT = Date.parse('2024-06-12T10:00:00Z');
const STORED = { version: 1, createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z' };

function catalogOf(
  combination: Combination,
  discounts: Omit<Catalog['discounts'][number], keyof typeof STORED | 'id' | 'name'>[],
): Catalog {
  return {
    provider: {
      id: 'acme',
      timeZone: 'UTC',
      defaultLanguage: 'en',
      settings: {
        combination,
        roundingMode: 'half_up',
        maxPromoCodes: 1,
        maxOffers: 4,
        residualDays: 'one_end',
        maxRules: 200_000,
        trustStorefrontCustomers: false,
      },
    },
    version: 1,
    promotions: [],
    discounts: discounts.map((discount, index) => ({ ...discount, ...STORED, id: `d${index}`, name: `d${index}` })),
    relatedProducts: [],
    upgradePaths: [],
    plans: [],
  };
}

function total(catalog: Catalog, lines: { unitPrice: string; quantity?: number }[], facts: Facts = NO_FACTS): string {
  const request = {
    currency: 'EUR',
    lines: lines.map((line, index) => ({ id: `l${index}`, serviceType: 'vps', ...line })),
  };
  return modelQuote(catalog, request, AT, facts).totals.total;
}

const percent = (value: string) => ({ value: { type: 'percent' as const, percent: value } });

describe('the reference model, against numbers worked out by hand', () => {
  test('two promotions of twenty percent make a resource of 1.00 cost 0.60', () => {
    expect(total(catalogOf('sum', [percent('20'), percent('20')]), [{ unitPrice: '1.00' }])).toBe('0.60');
  });

  test('three times one percent of 3.16 is 0.032 each, 0.096 in all, 0.10 off', () => {
    expect(total(catalogOf('sum', [percent('1'), percent('1'), percent('1')]), [{ unitPrice: '3.16' }])).toBe('3.06');
  });

  test('ten and five percent on 9.95 make 8.46', () => {
    expect(total(catalogOf('sum', [percent('10'), percent('5')]), [{ unitPrice: '9.95' }])).toBe('8.46');
  });

  test('six times twenty percent make a resource free, never negative', () => {
    expect(
      total(
        catalogOf(
          'sum',
          Array.from({ length: 6 }, () => percent('20')),
        ),
        [{ unitPrice: '5.00' }],
      ),
    ).toBe('0.00');
  });

  test('the reference model, against numbers worked out by hand in sequence ten percent is taken of what twenty percent left', () => {
    expect(total(catalogOf('sequence', [percent('20'), percent('10')]), [{ unitPrice: '100' }])).toBe('72.00');
  });

  test('buy 3, get 1: of 100 units at 1.00 each 25 are free', () => {
    const buy = { ...percent('100'), buy: { selector: {}, quantity: 3 } };
    expect(total(catalogOf('best', [buy]), [{ unitPrice: '1.00', quantity: 100 }])).toBe('75.00');
  });

  test('10.00 off three lines of 3.33 each is no more than the lines', () => {
    const off = { value: { type: 'amount_off' as const, amounts: { EUR: '10.00' } }, scope: 'order' as const };
    const lines = [{ unitPrice: '3.33' }, { unitPrice: '3.33' }, { unitPrice: '3.33' }];
    expect(total(catalogOf('best', [off]), lines)).toBe('0.00');
  });

  test('1.00 off three equal lines is 0.34, 0.33 and 0.33', () => {
    const off = { value: { type: 'amount_off' as const, amounts: { EUR: '1.00' } }, scope: 'order' as const };
    const lines = [1, 2, 3].map((number) => ({ id: `l${number}`, serviceType: 'vps', unitPrice: '5.00' }));
    const quote = modelQuote(catalogOf('best', [off]), { currency: 'EUR', lines }, AT, NO_FACTS);
    expect(quote.lines.map((line) => line.discount)).toEqual(['0.34', '0.33', '0.33']);
  });
});
