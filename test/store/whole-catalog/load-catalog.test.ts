import type { Knex } from 'knex';
import type { Condition } from '../../../src/engine/conditions/index';
import { createDiscount } from '../../../src/store/catalog/discounts';
import { createPlan } from '../../../src/store/catalog/plans';
import { createPromotion } from '../../../src/store/catalog/promotions';
import { createRelatedProduct } from '../../../src/store/catalog/related-products';
import { createTag } from '../../../src/store/catalog/tags';
import { createUpgradePath } from '../../../src/store/catalog/upgrade-paths';
import { bumpCatalogVersion, createProvider } from '../../../src/store/providers/providers';
import { catalogVersion, loadCatalog as loadSaved } from '../../../src/store/whole-catalog/load-catalog';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { readWhole } from '../../support/read-whole';

const AT = new Date('2026-06-01T00:00:00Z');
const value = { type: 'percent', percent: '10' } as const;

let database: TestDatabase;
let db: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await db('providers').delete();
  for (const id of ['north', 'south']) {
    await write((trx) => createProvider(trx, { id, name: id, timeZone: 'Europe/Berlin', defaultLanguage: 'de' }, AT));
  }
});

function write<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return db.transaction(work);
}

async function loadCatalog(from: Knex, providerId: string) {
  return readWhole(await loadSaved(from, providerId));
}

/** A resource as the catalog has it: its conditions without what only their editors ask for. */
function withRules<T extends { conditions?: Condition[] }>(resource: T): T {
  const conditions = resource.conditions?.map(({ version, createdAt, updatedAt, ...rule }) => rule as Condition);
  return { ...resource, conditions };
}

test('an empty catalog', async () => {
  expect(await loadCatalog(db, 'north')).toEqual({
    provider: {
      id: 'north',
      timeZone: 'Europe/Berlin',
      defaultLanguage: 'de',
      settings: {
        combination: 'best',
        maxOffers: 4,
        roundingMode: 'half_up',
        residualDays: 'one_end',
        maxPromoCodes: 1,
        maxRules: 200_000,
        trustStorefrontCustomers: false,
      },
    },
    version: 0,
    promotions: [],
    discounts: [],
    relatedProducts: [],
    upgradePaths: [],
    plans: [],
    conditionTypes: [],
    discountTypes: [],
    bytes: undefined,
  });
});

test('everything of one provider as the writes answered it, of every status, in the order of creation', async () => {
  const saved = await write(async (trx) => {
    const promotions = [];
    for (const status of ['active', 'draft', 'paused', 'archived'] as const) {
      const discounts = [
        { name: 'First', value, conditions: [{ type: 'new_customer' as const }] },
        { name: 'Second', value },
      ];
      const conditions = [{ type: 'promo_code' as const }, { type: 'new_customer' as const, negate: true }];
      promotions.push(await createPromotion(trx, 'north', { name: status, status, conditions, discounts }, AT));
    }
    const globals = [
      await createDiscount(trx, 'north', { name: 'Global', value, conditions: [{ type: 'promo_code' }] }, AT),
      await createDiscount(trx, 'north', { name: 'Other', value, status: 'draft' }, AT),
    ];
    const action = { function: 'service.order' };
    const conditions = [{ type: 'cart_lacks_service' as const, selector: { serviceTypes: ['ssl'] } }];
    const related = await createRelatedProduct(trx, 'north', { name: 'SSL', action, conditions }, AT);
    for (const name of ['monthly', 'yearly']) await createTag(trx, 'north', { name }, AT);
    const path = { name: 'Go', texts: { en: { title: 'Go' } }, transition: 'next_booking' as const };
    const upgradePath = await createUpgradePath(
      trx,
      'north',
      { ...path, sources: ['monthly'], targets: ['yearly'] },
      AT,
    );
    const plan = await createPlan(trx, 'north', { id: 'vds-1', serviceType: 'vds', tags: ['yearly'] }, AT);
    await createPromotion(trx, 'south', { name: 'Not ours', discounts: [{ name: 'A', value }] }, AT);
    await bumpCatalogVersion(trx, 'north');
    return { promotions, globals, related, upgradePath, plan };
  });
  expect(await loadCatalog(db, 'north')).toMatchObject({
    version: 1,
    promotions: saved.promotions.map((promotion) => ({
      ...withRules(promotion),
      discounts: promotion.discounts.map(withRules),
    })),
    discounts: saved.globals.map(withRules),
    relatedProducts: [withRules(saved.related)],
    upgradePaths: [saved.upgradePath],
    plans: [saved.plan],
  });
  expect(await catalogVersion(db, 'north')).toBe(1);
  expect((await loadCatalog(db, 'south')).promotions).toMatchObject([{ name: 'Not ours' }]);
});

test('one moment: what is written while the catalog is read is not half in it', async () => {
  const addPromotion = (trx: Knex.Transaction) =>
    createPromotion(
      trx,
      'north',
      { name: 'P', conditions: [{ type: 'promo_code' }], discounts: [{ name: 'D', value }] },
      AT,
    );
  let writing = true;
  const writer = (async () => {
    while (writing) {
      await write(async (trx) => {
        await addPromotion(trx);
        await bumpCatalogVersion(trx, 'north');
      });
    }
  })();
  const catalogs = [];
  for (let read = 0; read < 30; read++) catalogs.push(await loadCatalog(db, 'north'));
  writing = false;
  await writer;
  for (const catalog of catalogs) {
    expect(catalog.promotions).toHaveLength(catalog.version);
    expect(catalog.promotions.every(({ conditions, discounts }) => conditions.length + discounts.length === 2)).toBe(
      true,
    );
  }
  expect(catalogs.at(-1)?.version).toBeGreaterThan(0);
});

describe('read again', () => {
  const conditions = [{ type: 'promo_code' as const }, { type: 'new_customer' as const }];
  const discounts = [
    { name: 'First', value, conditions },
    { name: 'Second', value },
  ];
  const action = { function: 'service.order' };
  beforeEach(() =>
    write(async (trx) => {
      for (const name of ['One', 'Two', 'Three'])
        await createPromotion(trx, 'north', { name, conditions, discounts }, AT);
      for (const name of ['Everywhere', 'Nowhere']) await createDiscount(trx, 'north', { name, value, conditions }, AT);
      for (const name of ['SSL', 'Mail']) await createRelatedProduct(trx, 'north', { name, action, conditions }, AT);
      for (const id of ['vds-1', 'vds-2']) await createPlan(trx, 'north', { id, serviceType: 'vds' }, AT);
      for (const name of ['monthly', 'yearly']) await createTag(trx, 'north', { name }, AT);
      const path = { name: 'Go', texts: { en: { title: 'Go' } }, transition: 'next_booking' as const };
      await createUpgradePath(trx, 'north', { ...path, sources: ['monthly'], targets: ['yearly'] }, AT);
    }),
  );
  const idOf = async (table: string, name: string) => (await db(table).where({ name }).first('id')).id as string;
  const ofSecond = async () => ({ discount_id: await idOf('discounts', 'Everywhere') });

  // Written past the API, whose writes leave documents: whoever does so counts the catalog's version.
  const writes: [string, () => Promise<unknown>][] = [
    ['nothing', async () => undefined],
    ['a promotion', () => db('promotions').where({ name: 'Two' }).update({ priority: 7 })],
    ['a discount of a promotion', () => db('discounts').where({ name: 'Second' }).update({ scope: 'order' })],
    ['a global discount', () => db('discounts').where({ name: 'Nowhere' }).update({ priority: 7 })],
    [
      'a condition that moves',
      async () =>
        db('conditions')
          .where(await ofSecond())
          .where({ position: 0 })
          .update({ position: 9 }),
    ],
    [
      'a condition that is gone',
      async () =>
        db('conditions')
          .where(await ofSecond())
          .where({ position: 1 })
          .delete(),
    ],
    [
      'a condition of a related product',
      () => db('conditions').whereNotNull('related_product_id').update({ negate: true }),
    ],
    [
      'a discount that goes to another promotion',
      async () => {
        const from = { promotion_id: await idOf('promotions', 'One'), position: 0 };
        await db('discounts')
          .where(from)
          .update({ promotion_id: await idOf('promotions', 'Two'), position: 5 });
      },
    ],
    [
      'a discount that becomes a global one',
      async () => {
        const from = { promotion_id: await idOf('promotions', 'Three'), position: 0 };
        await db('discounts').where(from).update({ promotion_id: null });
      },
    ],
    ['a promotion that is gone', () => db('promotions').where({ name: 'Two' }).delete()],
    ['a related product that is gone', () => db('related_products').where({ name: 'SSL' }).delete()],
    ['a plan', () => db('plans').where({ id: 'vds-2' }).update({ service_type: 'vps' })],
    ['a plan that is new', () => write((trx) => createPlan(trx, 'north', { id: 'a', serviceType: 'vds' }, AT))],
    ['a promotion that is new', () => write((trx) => createPromotion(trx, 'north', { name: 'Four', discounts }, AT))],
    ['an upgrade path', () => db('upgrade_paths').update({ priority: 7 })],
    [
      'the tags of an upgrade path',
      () => db('upgrade_path_tags').where({ side: 'source' }).update({ tag_id: null, tag_name: 'weekly' }),
    ],
    ['a tag', () => db('tags').where({ name: 'yearly' }).update({ name: 'annual' })],
    [
      'the settings',
      () =>
        db('providers')
          .where({ id: 'north' })
          .update({ settings: { maxOffers: 1 } }),
    ],
  ];

  test.each(writes)('read again after %s was written it is as if read for the first time', async (_what, change) => {
    const before = await loadSaved(db, 'north');
    await change();
    await write((trx) => bumpCatalogVersion(trx, 'north'));
    const now = await loadSaved(db, 'north', before);
    // Read from the rows, and then from the documents that were made of them.
    expect(now.bytes).toBeUndefined();
    const documented = readWhole(await loadSaved(db, 'north', now));
    expect(documented.bytes).toBeGreaterThan(0);
    expect(documented).toEqual({ ...readWhole(now), bytes: documented.bytes });
    expect(readWhole(await loadSaved(db, 'north', before))).toEqual(documented);
    expect(await loadCatalog(db, 'north')).toEqual(documented);
  });
});

test('inside a transaction it sees what the transaction wrote', async () => {
  await write(async (trx) => {
    await createPromotion(trx, 'north', { name: 'Mine' }, AT);
    expect((await loadCatalog(trx, 'north')).promotions).toMatchObject([{ name: 'Mine' }]);
  });
});

test('an unknown condition or value type is an error that names it', async () => {
  const { id } = await write((trx) =>
    createDiscount(trx, 'north', { name: 'A', value, conditions: [{ type: 'promo_code' }] }, AT),
  );
  await db('conditions').update({ type: 'phase_of_moon' });
  await expect(loadCatalog(db, 'north')).rejects.toThrow('unknown type "phase_of_moon"');
  await db('conditions').delete();
  await db('discounts').update({ value: { type: 'barter' } });
  await expect(loadCatalog(db, 'north')).rejects.toThrow(`Discount ${id} has a value of the unknown type "barter"`);
  await db('discounts').update({ value });
  await loadCatalog(db, 'north');
  // As a later release would have written it.
  await db('rule_documents').update({ types: ['percent', 'phase_of_moon'] });
  await expect(loadCatalog(db, 'north')).rejects.toThrow(`${id} has a part of the unknown type "phase_of_moon"`);
});

test('no provider, no catalog', async () => {
  await expect(loadCatalog(db, 'nobody')).rejects.toThrow('The provider does not exist.');
  expect(await catalogVersion(db, 'nobody')).toBeUndefined();
});

test('the number of statements does not grow with the catalog', async () => {
  const count = async () => {
    let statements = 0;
    const listen = () => {
      statements += 1;
    };
    db.on('query', listen);
    await loadCatalog(db, 'north');
    db.off('query', listen);
    return statements;
  };
  const discounts = [{ name: 'D', value, conditions: [{ type: 'promo_code' as const }] }];
  await write((trx) => createPromotion(trx, 'north', { name: 'P', discounts }, AT));
  const one = await count();
  expect(await count()).toBe(1);
  for (let n = 0; n < 10; n++) await write((trx) => createPromotion(trx, 'north', { name: 'P', discounts }, AT));
  await write((trx) => bumpCatalogVersion(trx, 'north'));
  expect(await count()).toBe(one);
  expect(await count()).toBe(1);
});
