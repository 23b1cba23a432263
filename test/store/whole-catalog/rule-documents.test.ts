import type { Agent } from 'supertest';
import { bumpCatalogVersion } from '../../../src/store/providers/providers';
import { type LoadedCatalog, loadCatalog } from '../../../src/store/whole-catalog/load-catalog';
import { readResources } from '../../../src/store/whole-catalog/resources';
import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';
import { readWhole } from '../../support/read-whole';

const value = { type: 'percent', percent: '10' } as const;
const newCustomer = { type: 'new_customer' } as const;
const path = { name: 'Go', key: 'go', texts: { en: { title: 'Go' } }, transition: 'next_booking' };
const product = { name: 'SSL', key: 'ssl', action: { function: 'order' }, conditions: [newCustomer] };

let api: Api;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  await api.db('providers').delete();
  as = api.as(await api.createProvider('north'));
});

const promotions = '/v1/promotions/key:spring';
const WRITES: [string, (as: Agent) => Promise<{ status: number }>][] = [
  ['a tag', (as) => as.post('/v1/tags').send({ name: 'monthly', key: 'monthly' })],
  ['another tag', (as) => as.post('/v1/tags').send({ name: 'yearly' })],
  ['a plan', (as) => as.post('/v1/plans').send({ id: 'vps-1', serviceType: 'vps', tags: ['monthly'] })],
  ['a promotion', (as) => as.post('/v1/promotions').send({ name: 'Spring', key: 'spring', conditions: [newCustomer] })],
  [
    'a discount of it',
    async (as) => {
      const { id } = (await as.get(promotions)).body;
      return as.post('/v1/discounts').send({ promotionId: id, name: 'Off', key: 'off', value });
    },
  ],
  ['a condition of that', (as) => as.post('/v1/discounts/key:off/conditions').send(newCustomer)],
  ['a condition of the promotion', (as) => as.post(`${promotions}/conditions`).send({ type: 'promo_code' })],
  [
    'a global discount',
    (as) => as.post('/v1/discounts').send({ name: 'Everywhere', key: 'all', value, conditions: [newCustomer] }),
  ],
  ['a related product', (as) => as.post('/v1/related-products').send(product)],
  ['a condition of it', (as) => as.post('/v1/related-products/key:ssl/conditions').send(newCustomer)],
  [
    'an upgrade path',
    (as) => as.post('/v1/upgrade-paths').send({ ...path, sources: ['monthly'], targets: ['yearly'] }),
  ],
  ['the priority of the discount', (as) => as.patch('/v1/discounts/key:off').send({ priority: 7 })],
  ['a promotion that is patched', (as) => as.patch(promotions).send({ status: 'paused' })],
  [
    'a promotion with other discounts',
    (as) =>
      as.patch(promotions).send({
        discounts: [
          { name: 'One', value },
          { name: 'Two', value, key: 'two' },
        ],
      }),
  ],
  ['a discount that is gone', (as) => as.delete('/v1/discounts/key:two')],
  ['a plan that is replaced', (as) => as.put('/v1/plans/vps-1').send({ id: 'vps-1', serviceType: 'vds' })],
  ['settings', (as) => as.patch('/v1/providers/north').send({ settings: { maxOffers: 1 } })],
  [
    'a document',
    async (as) => {
      const { body } = await as.get('/v1/catalog');
      body.tags[0].name = 'weekly';
      body.upgradePaths[0].sources = ['weekly'];
      body.promotions[0].discounts.push({ name: 'Third', value });
      body.promotions.push({
        key: 'summer',
        name: 'Summer',
        discounts: [{ name: 'Off', value, conditions: [newCustomer] }],
      });
      body.discounts = [];
      body.relatedProducts[0].conditions = [];
      return as.put('/v1/catalog').send(body);
    },
  ],
  [
    'a document that moves a discount',
    async (as) => {
      const { body } = await as.get('/v1/catalog');
      body.promotions[0].discounts.reverse();
      return as.put('/v1/catalog').send(body);
    },
  ],
  ['a product that is gone', (as) => as.delete('/v1/related-products/key:ssl')],
  ['a plan that is gone', (as) => as.delete('/v1/plans/vps-1')],
  [
    'an empty document',
    (as) =>
      as
        .put('/v1/catalog')
        .send({ tags: [], plans: [], promotions: [], discounts: [], relatedProducts: [], upgradePaths: [] }),
  ],
];

test('after every write the documents say what the rows say, read whole or laid over what was read before', async () => {
  let before: LoadedCatalog | undefined;
  for (const [what, send] of WRITES) {
    const { status } = await send(as);
    expect([what, status]).toEqual([what, 200 + (status % 100)]);
    before = await loadCatalog(api.db, 'north', before);
    const { provider, version, bytes, ...resources } = readWhole(before);
    expect({ what, bytes }).toEqual({ what, bytes: expect.any(Number) });
    expect({ what, resources }).toEqual({ what, resources: await readResources(api.db, 'north') });
    expect(readWhole(await loadCatalog(api.db, 'north'))).toEqual({ provider, version, bytes, ...resources });
  }
});

test('what was not written stays the same object', async () => {
  for (const name of ['One', 'Two', 'Three']) await as.post('/v1/promotions').send({ name, key: name }).expect(201);
  const before = await loadCatalog(api.db, 'north');
  await as.patch('/v1/promotions/key:Two').send({ priority: 7 }).expect(200);
  const now = await loadCatalog(api.db, 'north', before);
  expect(now.promotions.map((promotion, index) => promotion === before.promotions[index])).toEqual([true, false, true]);
  expect(now.plans).toBe(before.plans);
});

test('a write of a release that leaves no documents is seen, and the next write makes all of them anew', async () => {
  await as.post('/v1/promotions').send({ name: 'Spring', key: 'spring' }).expect(201);
  const before = await loadCatalog(api.db, 'north');
  await api.db.transaction(async (trx) => {
    await trx('promotions').update({ priority: 7 });
    await bumpCatalogVersion(trx, 'north');
  });
  await as.post('/v1/promotions').send({ name: 'Summer' }).expect(201);
  const now = readWhole(await loadCatalog(api.db, 'north', before));
  expect(now.promotions).toMatchObject([{ priority: 7 }, { name: 'Summer' }]);
  expect(now).toEqual(readWhole(await loadCatalog(api.db, 'north')));
});

describe('maxRules', () => {
  const limit = (maxRules: number) => as.patch('/v1/providers/north').send({ settings: { maxRules } }).expect(200);
  const promotion = (discounts: number) => ({
    name: 'Spring',
    discounts: Array.from({ length: discounts }, (_, n) => ({ name: `${n}`, value })),
  });
  const refused = async (write: Promise<{ status: number }>) =>
    expectProblem((await write) as never, 409, 'too_many_rules');

  test('a write that leaves more rules than the provider may have is refused whole', async () => {
    await limit(3);
    await as
      .post('/v1/promotions')
      .send({ ...promotion(1), key: 'spring' })
      .expect(201);
    await as.post('/v1/discounts').send({ name: 'Everywhere', value }).expect(201);
    await refused(as.post('/v1/promotions').send(promotion(2)));
    await as.post('/v1/related-products').send(product).expect(201);
    await refused(as.post('/v1/promotions').send(promotion(0)));
    await refused(as.patch('/v1/promotions/key:spring').send(promotion(2)));
    await refused(
      as.put('/v1/catalog').send({
        ...(await as.get('/v1/catalog')).body,
        discounts: [1, 2].map((n) => ({ key: `${n}`, name: `${n}`, value })),
      }),
    );
    expect((await as.get('/v1/promotions').expect(200)).body.items).toHaveLength(1);
    await as.patch('/v1/promotions/key:spring').send(promotion(1)).expect(200);
  });

  test('what is archived makes room, tags and plans take none, and one who has too many can still write', async () => {
    await as
      .post('/v1/promotions')
      .send({ ...promotion(2), key: 'spring' })
      .expect(201);
    await limit(1);
    await as.patch('/v1/promotions/key:spring').send({ priority: 3 }).expect(200);
    await as.post('/v1/plans').send({ id: 'vps-1', serviceType: 'vps' }).expect(201);
    await refused(as.post('/v1/promotions').send(promotion(0)));
    await as.patch('/v1/promotions/key:spring').send({ status: 'archived' }).expect(200);
    await as.post('/v1/promotions').send(promotion(0)).expect(201);
    await refused(as.patch('/v1/promotions/key:spring').send({ status: 'active' }));
  });

  test('maxRules of many writes at once as many go through as there is room for', async () => {
    await limit(5);
    const answers = await Promise.all(Array.from({ length: 16 }, () => as.post('/v1/promotions').send(promotion(1))));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(201), ...Array(11).fill(409)]);
  });

  test('bytes are limited by what a process keeps of all', async () => {
    const customers = Array.from({ length: 9_000 }, (_, n) => `customer-${String(n).padStart(40, '0')}`);
    const fat = { ...promotion(0), discounts: [{ name: 'Fat', value, recipients: { customers } }] };
    let writes = 0;
    for (; writes < 64; writes++) {
      const answer = await as.post('/v1/promotions').send(fat);
      if (answer.status !== 201) {
        expect(expectProblem(answer, 409, 'too_many_rules').detail).toContain('at most 64.0 MB');
        break;
      }
    }
    expect(writes).toBeGreaterThan(5);
    expect(writes).toBeLessThan(64);
  });
});
