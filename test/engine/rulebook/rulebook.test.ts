import { NO_CUSTOM_TYPES } from '../../../src/engine/cart/custom-types';
import { compileInSteps, compileRulebook } from '../../../src/engine/rulebook/compile';
import { type FiledPromotion, filePromotion } from '../../../src/engine/rulebook/filing';
import type { Promotion } from '../../../src/engine/rulebook/promotion';
import type { Rulebook } from '../../../src/engine/rulebook/rulebook';
import type { Catalog } from '../../../src/engine/rulebook/saved';
import { Saved, savedCatalog } from '../../../src/engine/rulebook/saved';
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
  expect(after.promotion('p1')).toBe(before.promotion('p1'));
  expect(after.discount('p1-d')).toBe(before.discount('p1-d'));
  expect(after.discount('g1')).toBe(before.discount('g1'));
  expect(after.held.relatedProducts.get('r1')).toBe(before.held.relatedProducts.get('r1'));
  expect(after.promotion('p2')?.source.name).toBe('other');
  expect(after.discount('p2-d')?.promotion).toBe(after.promotion('p2'));
  expect(after.held.relatedProducts.get('r2')?.rule.source.sort).toBe(1);
  expect(after.held.discounts.has('g2')).toBe(false);
  expect(after.discountsFor(() => [])).toHaveLength(3);
});

test('a rule is read and made ready when a cart first meets it, and only once', () => {
  const [promotion] = catalog.promotions;
  const text = JSON.stringify(promotion);
  const read = jest.spyOn(JSON, 'parse');
  const saved = new Saved<Promotion, FiledPromotion>('p1', filePromotion(promotion as Promotion), text);
  const steps = compileInSteps({ ...savedCatalog(catalog), promotions: [saved] }, undefined, NO_CUSTOM_TYPES);
  const rulebook = steps.next().value as Rulebook;
  expect(read).not.toHaveBeenCalled();
  const [met] = rulebook.discountsFor(() => []);
  expect(met?.id).toBe('p1-d');
  expect(rulebook.discount('p1-d')).toBe(met);
  expect(rulebook.promotion('p1')?.source).toEqual(promotion);
  expect(read).toHaveBeenCalledTimes(1);
  read.mockRestore();
});
