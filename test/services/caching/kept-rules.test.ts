import { compileRulebook } from '../../../src/engine/rulebook/compile';
import { savedCatalog } from '../../../src/engine/rulebook/saved';
import { DEFAULT_SETTINGS } from '../../../src/engine/vocabulary/provider';
import { type Kept, KeptRules } from '../../../src/services/caching/kept-rules';
import { packRules, unpackRules } from '../../../src/services/caching/packed-rules';
import type { LoadedCatalog } from '../../../src/store/whole-catalog/load-catalog';
import { readWhole } from '../../support/read-whole';

const STORED = { version: 1, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };
const value = { type: 'percent', percent: '10' } as const;

function catalogOf(id: string, version = 1): LoadedCatalog {
  const discounts = [{ ...STORED, id: 'd', promotionId: 'p', name: 'Ü "1"\n€ 😀', value, key: 'd' }];
  const catalog = savedCatalog({
    provider: { id, timeZone: 'UTC', defaultLanguage: 'en', settings: DEFAULT_SETTINGS },
    version,
    promotions: [{ ...STORED, id: 'p', name: 'Spring', conditions: [{ id: 'c', type: 'promo_code' }], discounts }],
    discounts: [{ ...STORED, id: 'g', name: 'Everywhere', value, selector: { plans: ['vps-1'] } }],
    relatedProducts: [{ ...STORED, id: 'r', name: 'SSL', action: { function: 'order' } }],
    upgradePaths: [],
    plans: [{ ...STORED, id: 'vps-1', serviceType: 'vps' }],
  });
  return { ...catalog, conditionTypes: [], discountTypes: [], bytes: 10_000 };
}

function keptOf(catalog: LoadedCatalog): Kept {
  const { provider, version, plans, upgradePaths } = catalog;
  const { promotions, discounts, relatedProducts } = readWhole(catalog);
  const rulebook = compileRulebook({ provider, version, plans, upgradePaths, promotions, discounts, relatedProducts });
  return { rulebook, catalog, bytes: 10_000, doubted: false, outdatedAt: undefined };
}

const readyIn = (rules: KeptRules) => [...rules.ready()].map(({ rulebook }) => rulebook.provider.id);

test('what is packed is unpacked as it was', () => {
  const catalog = catalogOf('north');
  const packed = packRules(catalog) as Buffer;
  expect(readWhole(unpackRules(packed))).toEqual(readWhole(catalog));
});

test('a catalog with types of its own, or a very large one, is not packed', () => {
  const type = { ...STORED, id: 't', name: 'odd', title: 'Odd', parameters: {}, expression: 'true' };
  expect(packRules({ ...catalogOf('north'), conditionTypes: [type] })).toBeUndefined();
  const [promotion] = catalogOf('north').promotions;
  const many = Array.from({ length: 5_000 }, () => promotion as NonNullable<typeof promotion>);
  expect(packRules({ ...catalogOf('north'), promotions: many })).toBeUndefined();
});

test('without room the rules that were asked for longest ago are put away, and are ready when they are asked for', () => {
  const rules = new KeptRules(25_000);
  for (const id of ['north', 'east', 'south']) rules.keep(id, keptOf(catalogOf(id)));
  expect(readyIn(rules)).toEqual(['east', 'south']);
  expect([...rules.providers()].sort()).toEqual(['east', 'north', 'south']);
  expect(rules.bytes).toBeLessThanOrEqual(25_000);

  const north = rules.get('north');
  expect(north?.rulebook.provider.id).toBe('north');
  expect(north?.rulebook.promotion('p')?.discounts).toHaveLength(1);
  expect(north?.rulebook.discountsFor((kind) => (kind === 'plan' ? ['vps-1'] : []))).toHaveLength(1);
  expect(readyIn(rules)).toEqual(['south', 'north']);
});

test('packed rules leave last, and the newest ones are kept however large they are', () => {
  const rules = new KeptRules(10);
  for (const id of ['north', 'east']) rules.keep(id, keptOf(catalogOf(id)));
  expect([...rules.providers()]).toEqual(['east']);
  rules.drop('east');
  expect([rules.size, rules.bytes]).toEqual([0, 0]);
});

test('what is doubted or outdated is not put away, and leaves where it was', () => {
  const rules = new KeptRules(25_000);
  for (const id of ['north', 'east']) rules.keep(id, keptOf(catalogOf(id)));
  rules.doubt('north');
  rules.outdate('east');
  for (const id of ['south', 'west']) rules.keep(id, keptOf(catalogOf(id)));
  expect([...rules.providers()]).toEqual(['south', 'west']);
  rules.keep('north', keptOf(catalogOf('north')));
  expect(rules.versionOf('south')).toBe(1);
  rules.outdate('south');
  expect(rules.versionOf('south')).toBeUndefined();
});
