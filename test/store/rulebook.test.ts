import type { Knex } from 'knex';
import type { Condition } from '../../src/engine/conditions/index';
import { createDiscount } from '../../src/store/discounts';
import { createPlan } from '../../src/store/plans';
import { createPromotion } from '../../src/store/promotions';
import { bumpCatalogVersion, createProvider } from '../../src/store/providers';
import { createRelatedProduct } from '../../src/store/related-products';
import { catalogVersion, loadCatalog } from '../../src/store/rulebook';
import { createTag } from '../../src/store/tags';
import { createUpgradePath } from '../../src/store/upgrade-paths';
import { createTestDatabase, type TestDatabase } from '../support/database';

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
      },
    },
    version: 0,
    promotions: [],
    discounts: [],
    relatedProducts: [],
    upgradePaths: [],
    plans: [],
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
});

test('no provider, no catalog', async () => {
  await expect(loadCatalog(db, 'nobody')).rejects.toThrow('no such provider');
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
  for (let n = 0; n < 10; n++) await write((trx) => createPromotion(trx, 'north', { name: 'P', discounts }, AT));
  expect(await count()).toBe(one);
  expect(one).toBeLessThan(15);
});
