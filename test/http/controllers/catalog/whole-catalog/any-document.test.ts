import fc from 'fast-check';
import { type CustomTypeInput, customPartsOf } from '../../../../../src/engine/rulebook/custom-type';
import type { Selector } from '../../../../../src/engine/vocabulary/selector';
import type { CatalogDocument } from '../../../../../src/store/whole-catalog/document';
import { FORMATS, NOTHING, TEN_PERCENT, TEXTS, WholeCatalog } from '../../../../support/catalog/whole-catalog';
import { fromSchema } from '../../../../support/contract/from-schema';

describe.each(FORMATS)('the whole catalog as %s', (format) => {
  const catalog = new WholeCatalog(format);

  test('any document that is taken changes nothing the second time, read or sent', async () => {
    let taken = 0;
    // What is archived still is of the types that it was of.
    const named = new Set<string>();
    for (const document of fc.sample(fromSchema('CatalogDocument'), { numRuns: 150, seed: 7 })) {
      const sent = consistent(document as CatalogDocument, named);
      const first = await catalog.as.put('/v1/catalog').send(sent);
      expect([200, 422]).toContain(first.status);
      if (first.status !== 200) continue;
      taken++;
      expect(await catalog.put(sent)).toEqual(NOTHING);
      const read = await catalog.get();
      expect(await catalog.put(read)).toEqual(NOTHING);
      expect(await catalog.get()).toEqual(read);
    }
    expect(taken).toBeGreaterThan(30);
  });
});

/** What a price for sets has not. */
const ONLY_OF_OTHERS = ['buy', 'charges', 'unitOrder'] as const;

function selectorsIn(value: unknown): Selector[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'selector' in value ? [value.selector as Selector] : [];
  return [...own, ...Object.values(value).flatMap(selectorsIn)];
}

/** Types that take any parameters. */
function typesNamed(names: ReadonlySet<string>, expression: string): CustomTypeInput[] {
  return [...names].map((name) => ({ name, title: name, parameters: { type: 'object' }, expression }));
}

/** A generated document without what most of them contradict themselves in. */
function consistent(generated: CatalogDocument, types: Set<string>): CatalogDocument {
  const document = structuredClone(generated);
  const nested = document.promotions.flatMap(({ discounts = [] }) => discounts);
  const lists = [document.tags, document.promotions, [...nested, ...document.discounts], document.relatedProducts];
  for (const list of [...lists, document.upgradePaths]) {
    const seen = new Set<string>();
    for (const entry of list) {
      if (entry.key !== undefined && seen.has(entry.key)) delete entry.key;
      seen.add(entry.key ?? '');
    }
  }
  for (const entry of [...document.promotions, ...nested, ...document.discounts]) {
    delete entry.endsAt;
    entry.conditions = entry.conditions?.filter(({ type }) => type !== 'time_window') ?? [];
  }
  for (const product of document.relatedProducts) product.conditions = [];
  for (const discount of [...nested, ...document.discounts]) {
    delete discount.promotionId;
    if (discount.value.type.startsWith('tiered')) discount.value = TEN_PERCENT;
    if (discount.value.type === 'set_price') discount.scope = 'order';
    if (discount.value.type === 'set_price') for (const name of ONLY_OF_OTHERS) delete discount[name];
    if (discount.buy?.repeat === false) delete discount.buy.maxRepeats;
    if (discount.value.type !== 'amount_off' || discount.scope !== 'order') delete discount.carryOver;
    if (discount.carryOver) {
      delete discount.payments;
      delete discount.keptFor;
    }
  }
  for (const selector of selectorsIn(document)) delete selector.unitPrice;
  // What custom conditions and values are of is a type that takes whatever they say.
  const parts = [...document.promotions, ...document.discounts].flatMap(customPartsOf);
  for (const part of parts) {
    part.parameters = { chosen: true };
    types.add(part.name);
  }
  document.conditionTypes = typesNamed(types, 'true');
  document.discountTypes = typesNamed(types, 'decimal(1)');
  const names = new Set<string>();
  for (const upgradePath of document.upgradePaths) {
    upgradePath.texts = TEXTS;
    upgradePath.sources = [`from ${upgradePath.sources[0]}`];
    upgradePath.targets = ['to'];
    for (const name of [...upgradePath.sources, 'to']) names.add(name);
  }
  const own = new Map(document.tags.map((tag) => [tag.name, tag]));
  document.tags = [...own.values(), ...[...names].filter((name) => !own.has(name)).map((name) => ({ name }))];
  document.plans = [...new Map(document.plans.map((plan) => [plan.id, { ...plan, tags: [] }])).values()];
  return document;
}
