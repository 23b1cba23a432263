import { type Catalog, compileRulebook } from '../../../src/engine/rulebook/rulebook';
import { DEFAULT_SETTINGS } from '../../../src/engine/vocabulary/provider';

const STORED = { version: 1, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };
const value = { type: 'percent' as const, percent: '10' };

const catalog: Catalog = {
  provider: { id: 'acme', timeZone: 'UTC', defaultLanguage: 'en', settings: DEFAULT_SETTINGS },
  version: 1,
  promotions: ['p1', 'p2'].map((id) => ({
    ...STORED,
    id,
    name: id,
    conditions: [],
    discounts: [{ ...STORED, id: `${id}-d`, promotionId: id, name: id, value }],
  })),
  discounts: ['g1', 'g2'].map((id) => ({ ...STORED, id, name: id, value })),
  relatedProducts: ['r1', 'r2'].map((id) => ({ ...STORED, id, name: id, action: { function: 'order' } })),
  upgradePaths: [],
  plans: [],
};

test('a catalog that was written in part is compiled in part', () => {
  const before = compileRulebook(catalog);
  const changed: Catalog = {
    ...catalog,
    version: 2,
    promotions: catalog.promotions.map((entry) => (entry.id === 'p2' ? { ...entry, name: 'other' } : entry)),
    discounts: catalog.discounts.filter(({ id }) => id !== 'g2'),
    relatedProducts: catalog.relatedProducts.map((entry) => (entry.id === 'r2' ? { ...entry, sort: 1 } : entry)),
  };
  const after = compileRulebook(changed, before);

  expect(after.version).toBe(2);
  expect(after.promotions.get('p1')).toBe(before.promotions.get('p1'));
  expect(after.discounts.get('p1-d')).toBe(before.discounts.get('p1-d'));
  expect(after.discounts.get('g1')).toBe(before.discounts.get('g1'));
  expect(after.relatedProducts.get('r1')).toBe(before.relatedProducts.get('r1'));
  expect(after.promotions.get('p2')?.source.name).toBe('other');
  expect(after.discounts.get('p2-d')?.promotion).toBe(after.promotions.get('p2'));
  expect(after.relatedProducts.get('r2')?.source.sort).toBe(1);
  expect(after.discounts.has('g2')).toBe(false);
  expect(after.discountIndex.find(() => [])).toHaveLength(3);
});
