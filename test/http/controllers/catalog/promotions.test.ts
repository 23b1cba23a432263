import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { leaveRedemption } from '../../../support/redemption';
import { behavesAsResource } from '../../../support/resource';

const tenPercent = { name: 'Ten', value: { type: 'percent', percent: '10' } };

describe('promotions', () => {
  behavesAsResource({
    path: '/v1/promotions',
    body: (n) => ({
      name: `Summer ${n}`,
      key: `summer-${n}`,
      title: { en: 'Summer' },
      startsAt: '2026-06-01T00:00:00+02:00',
      advertise: true,
      stackingGroup: 'seasons',
      plans: ['vds-1'],
      limits: { total: 100, perCustomer: 1, budget: { EUR: '1000.00' } },
    }),
    answer: (n) => ({
      name: `Summer ${n}`,
      key: `summer-${n}`,
      title: { en: 'Summer' },
      status: 'active',
      startsAt: '2026-05-31T22:00:00Z',
      priority: 0,
      exclusive: false,
      advertise: true,
      stackingGroup: 'seasons',
      plans: ['vds-1'],
      limits: { total: 100, perCustomer: 1, budget: { EUR: '1000.00' } },
      conditions: [],
      discounts: [],
    }),
    patch: {
      body: { title: null, note: 'Ours', limits: { total: null }, endsAt: '2026-09-01T00:00:00.5Z' },
      changes: {
        title: undefined,
        note: 'Ours',
        limits: { perCustomer: 1, budget: { EUR: '1000.00' } },
        endsAt: '2026-09-01T00:00:00.500Z',
      },
    },
    invalid: {
      body: {
        status: 'gone',
        limits: { total: 0, budget: { EUR: '-1' } },
        conditions: [{ type: 'no_such_type' }],
        discounts: [{ name: 'A', value: { type: 'percent', percent: '101' } }],
      },
      pointers: [
        '/conditions/0/type',
        '/discounts/0/value/percent',
        '/limits/budget/EUR',
        '/limits/total',
        '/name',
        '/status',
      ],
    },
    taken: 'key_taken',
  });
});

describe('promotions with what is nested in them', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('redemptions').delete();
    await api.db('providers').delete();
    as = api.as(await api.createProvider('north'));
  });

  const nested = {
    name: 'Nested',
    key: 'nested',
    conditions: [
      { type: 'promo_code' },
      { type: 'cart_total', group: 'size', comparison: 'gte', amounts: { EUR: '100.00' } },
    ],
    discounts: [
      { ...tenPercent, key: 'first', conditions: [{ type: 'new_customer', negate: true }] },
      { ...tenPercent, name: 'Second', key: 'second', buy: { selector: { serviceTypes: ['vds'] }, quantity: 2 } },
    ],
  };
  const create = async (body: object) => {
    // A read has no warnings, as of a condition that waits for codes.
    const { warnings: _, ...created } = (await as.post('/v1/promotions').send(body).expect(201)).body;
    return created;
  };
  const rows = async (table: string) => Number((await api.db(table).count('* as rows').first())?.rows);

  test('created with conditions and discounts, and read back with their defaults', async () => {
    const created = await create(nested);
    const made = { id: expect.any(String), version: 1, createdAt: expect.any(String), updatedAt: expect.any(String) };
    const discount = { scope: 'line', charges: ['recurring'], coverage: 'whole_period', status: 'active', ...made };
    expect(created.conditions).toEqual([
      { ...made, type: 'promo_code', negate: false },
      { ...made, ...nested.conditions[1], negate: false },
    ]);
    expect(created.discounts).toEqual([
      {
        ...discount,
        ...nested.discounts[0],
        promotionId: created.id,
        conditions: [{ ...made, type: 'new_customer', negate: true }],
      },
      {
        ...discount,
        ...nested.discounts[1],
        promotionId: created.id,
        buy: { selector: { serviceTypes: ['vds'] }, quantity: 2, repeat: true },
        conditions: [],
      },
    ]);
    expect((await as.get('/v1/promotions/key:nested').expect(200)).body).toMatchObject(created);
    expect((await as.get('/v1/promotions').expect(200)).body.items).toEqual([created]);
  });

  test('created all or not at all', async () => {
    await create({ name: 'Other', discounts: [{ ...tenPercent, key: 'second' }] });
    expectProblem(await as.post('/v1/promotions').send(nested), 409, 'key_taken');
    expect(await rows('promotions')).toBe(1);
    expect(await rows('discounts')).toBe(1);
    expect(await rows('conditions')).toBe(0);
  });

  test('a nested entry with a known id keeps its identity, others are new, missing ones go', async () => {
    const before = await create(nested);
    const [promoCode, total] = before.conditions;
    const [first, second] = before.discounts;
    const after = (
      await as
        .put(`/v1/promotions/${before.id}`)
        .send({
          name: 'Nested',
          conditions: [{ ...total, comparison: 'gt' }, { type: 'new_customer' }, { ...total, id: 'of-somebody-else' }],
          discounts: [second, { ...tenPercent, key: 'third' }, { ...first, conditions: [] }],
        })
        .expect(200)
    ).body;
    expect(after.conditions).toMatchObject([
      { id: total.id, version: 2, createdAt: total.createdAt, comparison: 'gt' },
      { type: 'new_customer', version: 1 },
      { type: 'cart_total', version: 1 },
    ]);
    expect(after.conditions.map(({ id }: { id: string }) => id)).not.toContain(promoCode.id);
    expect(after.conditions[2].id).not.toBe('of-somebody-else');
    expect(after.discounts).toEqual([
      // It only moved.
      second,
      expect.objectContaining({ key: 'third', version: 1 }),
      { ...first, conditions: [], version: 2, updatedAt: expect.any(String) },
    ]);
    expect((await as.get(`/v1/promotions/${before.id}`).expect(200)).body).toMatchObject(after);
    expect(await rows('conditions')).toBe(3);
  });

  test('two discounts may exchange their keys', async () => {
    const before = await create(nested);
    const [first, second] = before.discounts;
    const exchanged = [
      { ...first, key: 'second' },
      { ...second, key: 'first' },
    ];
    const after = (await as.patch(`/v1/promotions/${before.id}`).send({ discounts: exchanged }).expect(200)).body;
    expect(after.discounts).toMatchObject([
      { id: first.id, key: 'second' },
      { id: second.id, key: 'first' },
    ]);
  });

  test('a discount cannot be taken from another promotion', async () => {
    const victim = await create(nested);
    const thief = await create({ name: 'Thief', discounts: [{ ...victim.discounts[0], key: undefined }] });
    expect(thief.discounts[0].id).not.toBe(victim.discounts[0].id);
    expect((await as.get(`/v1/promotions/${victim.id}`).expect(200)).body).toMatchObject(victim);
  });

  test('a nested discount with a known key keeps its identity, unless another one claims its id', async () => {
    const before = await create(nested);
    const [first, second] = before.discounts;
    const put = async (discounts: object[]) =>
      (await as.put(`/v1/promotions/${before.id}`).send({ name: 'Nested', discounts }).expect(200)).body.discounts;
    const ids = (discounts: { id: string }[]) => discounts.map(({ id }) => id);
    const byKey = await put([
      { ...tenPercent, key: 'second' },
      { ...tenPercent, key: 'first' },
    ]);
    expect(ids(byKey)).toEqual([second.id, first.id]);
    const claimed = await put([
      { ...tenPercent, key: 'first' },
      { ...tenPercent, key: 'other', id: first.id },
    ]);
    expect(ids(claimed)).toEqual([expect.not.stringMatching(`${first.id}|${second.id}`), first.id]);
    expect(await rows('discounts')).toBe(2);
  });

  test('PUT without the lists empties them, PATCH without them leaves them', async () => {
    const { id } = await create(nested);
    const patched = (await as.patch(`/v1/promotions/${id}`).send({ priority: 5 }).expect(200)).body;
    expect(patched).toMatchObject({ priority: 5, conditions: [{ version: 1 }, { version: 1 }] });
    const replaced = (await as.put(`/v1/promotions/${id}`).send({ name: 'Nested' }).expect(200)).body;
    expect(replaced).toMatchObject({ priority: 0, conditions: [], discounts: [] });
    expect(await rows('discounts')).toBe(0);
  });

  test('removed with everything in it', async () => {
    const { id } = await create(nested);
    await as.post(`/v1/promotions/${id}/promo-codes`).send({ code: 'ONE' }).expect(201);
    await as.delete(`/v1/promotions/${id}`).expect(204);
    for (const table of ['promotions', 'discounts', 'conditions', 'promo_codes']) expect(await rows(table)).toBe(0);
  });

  test('what the schema cannot say is pointed at', async () => {
    const { errors } = expectProblem(
      await as.post('/v1/promotions').send({
        name: 'A',
        startsAt: '2026-02-01T00:00:00Z',
        endsAt: '2026-01-01T00:00:00Z',
        conditions: [{ type: 'time_window' }],
        discounts: [tenPercent, { ...tenPercent, conditions: [{ type: 'time_window', from: '10:00', to: '10:00' }] }],
      }),
      422,
    );
    expect(errors).toMatchObject([
      { pointer: '/endsAt', code: 'window_empty' },
      { pointer: '/conditions/0', code: 'empty_time_window' },
      { pointer: '/discounts/1/conditions/0/to', code: 'empty_time_window' },
    ]);
  });

  test('a promotion that has been redeemed can be archived, not removed', async () => {
    const { id } = await create(nested);
    await leaveRedemption(api.db, 'north', { kind: 'promotion', subject: id });
    expectProblem(await as.delete(`/v1/promotions/${id}`), 409, 'promotion_redeemed');
    await as.patch(`/v1/promotions/${id}`).send({ status: 'archived' }).expect(200);
  });

  test('the largest body is saved in one go', async () => {
    const conditions = Array.from({ length: 200 }, () => ({ type: 'new_customer', group: 'any' }));
    const value = { type: 'percent', percent: '10' };
    const discounts = Array.from({ length: 100 }, (_, index) => ({ name: `D${index}`, value, conditions }));
    const created = await create({ name: 'Large', discounts });
    expect(created.discounts.flatMap((discount: { conditions: unknown[] }) => discount.conditions)).toHaveLength(
      20_000,
    );
    const kept: { id: string; name: string; conditions: { id: string }[] }[] = created.discounts.slice(50);
    const replaced = await as.put(`/v1/promotions/${created.id}`).send({
      name: 'Large',
      discounts: kept.map((discount) => ({
        id: discount.id,
        name: discount.name,
        value,
        conditions: discount.conditions.map(({ id }) => ({ id, type: 'promo_code' })),
      })),
    });
    expect(replaced.status).toBe(200);
    const [first] = replaced.body.discounts[0].conditions;
    expect(first).toMatchObject({ id: kept[0]?.conditions[0]?.id, type: 'promo_code', version: 2 });
    expect(await rows('conditions')).toBe(10_000);
  });

  test('concurrent patches of different members all stay', async () => {
    const { id } = await create({ name: 'A' });
    const patches = [{ priority: 7 }, { note: 'Ours' }, { exclusive: true }, { stackingGroup: 'g' }, { plans: ['p'] }];
    const answers = await Promise.all(patches.map((patch) => as.patch(`/v1/promotions/${id}`).send(patch)));
    expect(answers.map(({ status }) => status)).toEqual(patches.map(() => 200));
    expect((await as.get(`/v1/promotions/${id}`).expect(200)).body).toMatchObject({
      ...Object.assign({}, ...patches),
      version: 6,
    });
  });

  test('every write counts the catalog on, a refused one does not', async () => {
    const version = async () =>
      Number((await api.db('providers').where('id', 'north').first('catalog_version')).catalog_version);
    const before = await version();
    const { id } = await create(nested);
    expect(await version()).toBe(before + 1);
    expectProblem(await as.patch(`/v1/promotions/${id}`).send({ name: '' }), 422);
    expectProblem(await as.post('/v1/promotions').send(nested), 409);
    expect(await version()).toBe(before + 1);
  });
});

describe('lists of promotions', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
    as = api.as(await api.createProvider('north'));
    for (const promotion of [
      { name: 'Summer 100%', startsAt: '2026-06-01T00:00:00Z', endsAt: '2026-09-01T00:00:00Z' },
      { name: 'Winter', startsAt: '2026-12-01T00:00:00Z' },
      { name: 'Always', key: 'always' },
      { name: 'Summer, paused', status: 'paused' },
    ]) {
      await as.post('/v1/promotions').send(promotion).expect(201);
    }
    await as.post('/v1/promotions/key:always/promo-codes').send({ code: 'WELCOME' }).expect(201);
  });
  afterAll(() => api.drop());
  const names = async (query: object) =>
    (await as.get('/v1/promotions').query(query).expect(200)).body.items.map(({ name }: { name: string }) => name);

  test.each([
    [{ status: 'paused' }, ['Summer, paused']],
    [{ status: 'draft' }, []],
    [{ activeAt: '2026-06-01T00:00:00Z' }, ['Summer 100%', 'Always']],
    [{ activeAt: '2026-09-01T00:00:00Z' }, ['Always']],
    [{ activeAt: '2026-12-01T01:00:00+01:00' }, ['Winter', 'Always']],
    [{ q: 'SUMMER' }, ['Summer 100%', 'Summer, paused']],
    [{ q: 'summer', status: 'active' }, ['Summer 100%']],
    [{ q: '%' }, ['Summer 100%']],
    [{ q: '\\' }, []],
    [{ promoCode: ' welcome ' }, ['Always']],
    [{ promoCode: 'unknown' }, []],
  ])('%j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test.each([{ status: 'gone' }, { activeAt: 'today' }, { q: '' }, { surprise: '1' }])('422 for %j', async (query) => {
    expectProblem(await as.get('/v1/promotions').query(query), 422);
  });
});
