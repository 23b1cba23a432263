import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import request, { type Agent } from 'supertest';
import { createApp } from '../../../../src/app';
import { customPartsOf } from '../../../../src/engine/rulebook/custom-parts';
import type { CustomTypeInput } from '../../../../src/engine/rulebook/custom-type';
import type { Selector } from '../../../../src/engine/vocabulary/selector';
import { projectRoot } from '../../../../src/project-root';
import type { CatalogChanges } from '../../../../src/store/whole-catalog/changes';
import type { CatalogDocument } from '../../../../src/store/whole-catalog/document';
import { ADMIN_KEY, type Api, startApi } from '../../../support/api';
import { getLines, putLines } from '../../../support/catalog-lines';
import { fromSchema } from '../../../support/contract/from-schema';
import { expectProblem } from '../../../support/problem';

const EXAMPLE = JSON.parse(fs.readFileSync(path.join(projectRoot, 'examples/catalog.json'), 'utf8')) as CatalogDocument;
const EMPTY: CatalogDocument = {
  tags: [],
  plans: [],
  promotions: [],
  discounts: [],
  relatedProducts: [],
  upgradePaths: [],
  conditionTypes: [],
  discountTypes: [],
};
const NOTHING: CatalogChanges = { created: [], changed: [], archived: [] };
const value = { type: 'percent', percent: '10' } as const;
const texts = { en: { title: 'Up' } };
const action = { function: 'order' };
const SMALL: CatalogDocument = {
  tags: [
    { key: 'm', name: 'monthly' },
    { key: 'y', name: 'yearly' },
  ],
  plans: [{ id: 'web', serviceType: 'hosting', tags: ['monthly'] }],
  promotions: [
    {
      key: 'sale',
      name: 'Sale',
      conditions: [{ type: 'promo_code' }, { type: 'new_customer', negate: true }],
      discounts: [
        { key: 'ten', name: '10 %', value },
        { key: 'more', name: 'More', value, conditions: [{ type: 'order_count', comparison: 'gt', count: 3 }] },
      ],
    },
  ],
  discounts: [{ key: 'global', name: 'For all', value, conditions: [{ type: 'customer_group', groups: ['vip'] }] }],
  relatedProducts: [{ key: 'backup', name: 'Backup', action, conditions: [{ type: 'new_customer' }] }],
  upgradePaths: [
    { key: 'up', name: 'Up', texts, sources: ['monthly'], targets: ['yearly'], transition: 'next_booking' },
  ],
};
const putJson = async (who: Agent, document: object, query: object): Promise<CatalogChanges> =>
  (await who.put('/v1/catalog').query(query).send(document).expect(200)).body;

const LISTS = ['tags', 'plans', 'promotions', 'discounts', 'related-products', 'upgrade-paths'];

describe.each(['JSON', 'NDJSON'])('the whole catalog as %s', (format) => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
    as = api.with(await api.createKey(await api.createProvider('north'), 'secret'));
  });

  const get = async (who = as): Promise<CatalogDocument> =>
    format === 'JSON' ? (await who.get('/v1/catalog').expect(200)).body : getLines(who);
  const send = (document: object, query: object, who: Agent) =>
    format === 'JSON' ? putJson(who, document, query) : putLines(who, document as CatalogDocument, query);
  const put = (document: object, who = as): Promise<CatalogChanges> => send(document, {}, who);
  const dryRun = (document: object): Promise<CatalogChanges> => send(document, { dryRun: true }, as);
  const version = async (): Promise<string> => (await as.get('/v1/catalog').expect(200)).headers.etag as string;
  const keys = (changes: CatalogChanges) =>
    Object.fromEntries(
      Object.entries(changes).map(([list, entries]) => [
        list,
        (entries as CatalogChanges['created']).map(({ type, key }) => `${type} ${key}`),
      ]),
    );
  const everything = async (who = as): Promise<unknown> =>
    Promise.all(LISTS.map(async (list) => (await who.get(`/v1/${list}`).query({ limit: 200 }).expect(200)).body.items));
  const edited = (change: (document: CatalogDocument) => void, document = SMALL): CatalogDocument => {
    const copy = structuredClone(document);
    change(copy);
    return copy;
  };
  /** The n-th entry of a list that has it. */
  const nth = <T>(list: readonly T[] | undefined, n: number): T => list?.[n] as T;

  test('of a new provider is empty, and stays so', async () => {
    expect(await get()).toEqual(EMPTY);
    expect(await put(EMPTY)).toEqual(NOTHING);
    expect(await version()).toBe('"0"');
  });

  test('is created from a document, in one version', async () => {
    const answer = await as.put('/v1/catalog').send(SMALL).expect(200);
    expect(keys(answer.body)).toEqual({
      created: [
        'tag m',
        'tag y',
        'plan web',
        'promotion sale',
        'discount ten',
        'discount more',
        'discount global',
        'related_product backup',
        'upgrade_path up',
      ],
      changed: [],
      archived: [],
    });
    expect(answer.headers.etag).toBe('"1"');
    expect(await version()).toBe('"1"');
    const { id, name } = nth<CatalogChanges['created'][number]>(answer.body.created, 3);
    const promotion = (await as.get(`/v1/promotions/${id}`).expect(200)).body;
    expect(promotion).toMatchObject({ ...nth(SMALL.promotions, 0), name, version: 1 });
    expect((await as.get('/v1/upgrade-paths/key:up').expect(200)).body).toMatchObject(nth(SMALL.upgradePaths, 0));
  });

  test('comes back as it was sent, with its defaults and nothing that the server made', async () => {
    await put(SMALL);
    const document = await get();
    expect(document).toMatchObject(SMALL);
    expect(JSON.stringify(document)).not.toMatch(/"(version|createdAt|updatedAt|promotionId)":/);
    const idsOutsidePlans = JSON.stringify({ ...document, plans: [] }).match(/"id":/g);
    expect(idsOutsidePlans).toBeNull();
  });

  test.each([
    ['that was sent', EXAMPLE],
    ['small', SMALL],
  ])('a document %s changes nothing when it is sent again, nor when it is read and sent back', async (_name, document) => {
    await put(document);
    const before = [await version(), await everything()];
    expect(await put(document)).toEqual(NOTHING);
    expect(await put(await get())).toEqual(NOTHING);
    expect([await version(), await everything()]).toEqual(before);
    const { items } = (await as.get('/v1/audit-log').query({ action: 'import', resourceType: 'tag' }).expect(200)).body;
    expect(items).toHaveLength(document.tags.length);
  });

  test('goes from one provider to another, and is the same there', async () => {
    await put(EXAMPLE);
    const south = api.with(await api.createKey(await api.createProvider('south'), 'secret'));
    const document = await get();
    await put(document, south);
    expect(await get(south)).toEqual(document);
    expect(await put(document, south)).toEqual(NOTHING);
  });

  test('made one by one, without keys, comes back as it is; there its ids are keys', async () => {
    const tag = (await as.post('/v1/tags').send({ name: 'fast' }).expect(201)).body;
    const promotion = (
      await as
        .post('/v1/promotions')
        .send({
          name: 'Sale',
          discounts: [
            { name: 'A', value },
            { name: 'A', value },
          ],
        })
        .expect(201)
    ).body;
    const before = [await version(), await everything()];
    const document = await get();
    expect(document.tags).toEqual([{ key: tag.id, name: 'fast' }]);
    expect(document.promotions).toMatchObject([
      { key: promotion.id, discounts: [{ key: promotion.discounts[0].id }, { key: promotion.discounts[1].id }] },
    ]);
    expect(await put(document)).toEqual(NOTHING);
    expect([await version(), await everything()]).toEqual(before);

    const south = api.with(await api.createKey(await api.createProvider('south'), 'secret'));
    expect(keys(await put(document, south)).created).toContain(`promotion ${promotion.id}`);
    expect(await get(south)).toEqual(document);
  });

  test('entries without a key are recognised by their names', async () => {
    const bare = edited((document) => {
      for (const list of [document.tags, document.promotions, document.discounts, document.upgradePaths])
        for (const entry of list) delete entry.key;
      for (const discount of document.promotions[0]?.discounts ?? []) delete discount.key;
    });
    const { created } = await put(bare);
    expect(created).toHaveLength(9);
    expect(await put(bare)).toEqual(NOTHING);
    const changes = await put({ ...bare, promotions: [{ ...nth(bare.promotions, 0), priority: 5 }] });
    expect(changes).toEqual({ ...NOTHING, changed: [created[3]] });
  });

  test('what differs is changed and keeps its identity', async () => {
    await put(SMALL);
    const before = (await as.get('/v1/promotions/key:sale').expect(200)).body;
    const document = edited((copy) => {
      nth(copy.tags, 0).name = 'per month';
      nth(copy.upgradePaths, 0).sources = ['per month'];
      nth(copy.plans, 0).tags = [];
      nth(nth(copy.promotions, 0).discounts, 1).value = { type: 'percent', percent: '20' };
      nth(copy.relatedProducts, 0).conditions = [];
    });
    const expected = {
      created: [],
      changed: ['tag m', 'plan web', 'promotion sale', 'discount more', 'related_product backup'],
      archived: [],
    };
    expect(keys(await dryRun(document))).toEqual(expected);
    expect(keys(await put(document))).toEqual(expected);
    const after = (await as.get('/v1/promotions/key:sale').expect(200)).body;
    expect(after).toMatchObject({ id: before.id, version: 2, conditions: before.conditions });
    expect(after.discounts[0]).toEqual(before.discounts[0]);
    expect(after.discounts[1]).toMatchObject({ id: before.discounts[1].id, version: 2, value: { percent: '20' } });
    expect(after.discounts[1].conditions).toEqual(before.discounts[1].conditions);
    expect(await get()).toMatchObject(document);
  });

  test('nested lists take the order of the document', async () => {
    await put(SMALL);
    const before = (await as.get('/v1/promotions/key:sale').expect(200)).body;
    const document = edited(({ promotions: [sale] }) => {
      sale?.discounts?.reverse();
      sale?.discounts?.splice(1, 0, { key: 'new', name: 'New', value });
      sale?.conditions?.reverse();
    });
    expect(keys(await put(document))).toEqual({
      created: ['discount new'],
      changed: ['promotion sale'],
      archived: [],
    });
    const after = (await as.get('/v1/promotions/key:sale').expect(200)).body;
    expect(after.discounts.map(({ key }: { key: string }) => key)).toEqual(['more', 'new', 'ten']);
    expect(after.discounts[0]).toEqual(before.discounts[1]);
    expect(after.conditions.map(({ id }: { id: string }) => id)).toEqual(
      before.conditions.map(({ id }: { id: string }) => id).reverse(),
    );
    expect(await put(document)).toEqual(NOTHING);
  });

  test('a discount moves with its key: to another promotion, and out of all', async () => {
    await put(SMALL);
    const { id } = (await as.get('/v1/discounts/key:ten').expect(200)).body;
    const moved = edited(({ promotions }) => {
      const [ten] = promotions[0]?.discounts?.splice(0, 1) ?? [];
      promotions.push({ key: 'other', name: 'Other', discounts: ten ? [ten] : [] });
    });
    expect(keys(await put(moved))).toEqual({
      created: ['promotion other'],
      changed: ['promotion sale', 'discount ten'],
      archived: [],
    });
    const other = (await as.get('/v1/promotions/key:other').expect(200)).body;
    expect(other.discounts).toMatchObject([{ id, promotionId: other.id }]);

    const global = edited((document) => {
      const [ten] = document.promotions[1]?.discounts?.splice(0, 1) ?? [];
      if (ten) document.discounts.push(ten);
    }, moved);
    const { changed, ...others } = keys(await put(global));
    expect(others).toEqual({ created: [], archived: [] });
    // A stream comes back last to a promotion that a discount has left.
    expect(changed?.toSorted()).toEqual(['discount ten', 'promotion other']);
    expect((await as.get(`/v1/discounts/${id}`).expect(200)).body).not.toHaveProperty('promotionId');
    expect(await put(await get())).toEqual(NOTHING);
  });

  test('what is missing is archived or removed, and comes back with its identity', async () => {
    const { created } = await put(SMALL);
    const path = (await as.get('/v1/upgrade-paths/key:up').expect(200)).body;
    const expected = {
      created: [],
      changed: [],
      archived: [
        'tag m',
        'tag y',
        'plan web',
        'promotion sale',
        'discount global',
        'related_product backup',
        'upgrade_path up',
      ],
    };
    expect(keys(await dryRun(EMPTY))).toEqual(expected);
    expect(keys(await put(EMPTY))).toEqual(expected);
    expect(await get()).toEqual(EMPTY);
    expect(await put(EMPTY)).toEqual(NOTHING);
    expectProblem(await as.get('/v1/tags/key:m'), 404);
    expectProblem(await as.get('/v1/plans/web'), 404);
    for (const kept of ['promotions/key:sale', 'discounts/key:global', 'related-products/key:backup']) {
      expect((await as.get(`/v1/${kept}`).expect(200)).body).toMatchObject({ status: 'archived', version: 2 });
    }
    // With the names of its tags, although they are gone.
    const { version: _version, updatedAt: _updatedAt, ...same } = path;
    expect((await as.get('/v1/upgrade-paths/key:up').expect(200)).body).toMatchObject({ ...same, status: 'archived' });
    const restored = await as.patch('/v1/upgrade-paths/key:up').send({ status: 'active' });
    expect(expectProblem(restored, 422).errors).toMatchObject([{ code: 'unknown_tag' }, { code: 'unknown_tag' }]);

    const back = await put(SMALL);
    expect(keys(back)).toEqual({
      created: ['tag m', 'tag y', 'plan web'],
      changed: ['promotion sale', 'discount global', 'related_product backup', 'upgrade_path up'],
      archived: [],
    });
    expect(back.changed[0]?.id).toBe(created[3]?.id);
    expect(await get()).toMatchObject(SMALL);
  });

  test('a discount that its promotion loses is archived, and stays out of the document', async () => {
    await put(SMALL);
    const document = edited(({ promotions }) => promotions[0]?.discounts?.shift());
    expect(keys(await put(document))).toEqual({
      created: [],
      changed: ['promotion sale'],
      archived: ['discount ten'],
    });
    const { discounts } = (await as.get('/v1/promotions/key:sale').expect(200)).body;
    expect(discounts).toMatchObject([
      { key: 'ten', status: 'archived' },
      { key: 'more', status: 'active' },
    ]);
    expect(await get()).toMatchObject(document);
    expect(await put(await get())).toEqual(NOTHING);
  });

  test('an archived path names a tag once, though another one was given the name of one that is gone', async () => {
    const path = { key: 'up', name: 'Up', texts, targets: ['yearly'], transition: 'next_booking' } as const;
    const tags = [...SMALL.tags, { key: 'd', name: 'daily' }];
    await put({ ...SMALL, tags, upgradePaths: [{ ...path, sources: ['monthly', 'daily'] }] });
    const stored = (await as.get('/v1/upgrade-paths/key:up').expect(200)).body;
    const renamed = [
      { key: 'm', name: 'daily' },
      { key: 'y', name: 'yearly' },
    ];
    await put({ ...EMPTY, tags: renamed });
    const archived = (await as.get(`/v1/upgrade-paths/${stored.id}`).expect(200)).body;
    expect(archived).toMatchObject({ status: 'archived', sources: ['daily'] });
  });

  test('what is archived is not exported, and an entry may archive', async () => {
    await put(SMALL);
    await as.patch('/v1/promotions/key:sale').send({ status: 'archived' }).expect(200);
    const document = await get();
    expect(document.promotions).toEqual([]);
    expect(await put(document)).toEqual(NOTHING);
    const archiving = { ...document, discounts: [{ ...nth(document.discounts, 0), status: 'archived' }] };
    expect(keys(await put(archiving))).toEqual({ created: [], changed: [], archived: ['discount global'] });
    expect(await put(archiving)).toEqual(NOTHING);
  });

  test('promo codes are no part of it and stay', async () => {
    await put(SMALL);
    await as.post('/v1/promotions/key:sale/promo-codes').send({ code: 'SALE' }).expect(201);
    await put(edited(({ promotions: [sale] }) => Object.assign(sale ?? {}, { priority: 7 })));
    expect((await as.get('/v1/promotions/key:sale/promo-codes').expect(200)).body.items).toMatchObject([
      { code: 'SALE' },
    ]);
  });

  test('tags exchange their names', async () => {
    await put(SMALL);
    const exchanged = edited(({ tags, plans }) => {
      for (const tag of tags) tag.name = tag.name === 'monthly' ? 'yearly' : 'monthly';
      nth(plans, 0).tags = ['yearly'];
    });
    expect(keys(await put(exchanged)).changed).toEqual(['tag m', 'tag y', 'plan web', 'upgrade_path up']);
    expect(await get()).toMatchObject(exchanged);
    expect((await as.get('/v1/upgrade-paths/key:up').expect(200)).body).toMatchObject({ sources: ['monthly'] });
  });

  test('a tag is known by its name as well', async () => {
    const { id } = (await as.post('/v1/tags').send({ name: 'monthly' }).expect(201)).body;
    expect(keys(await put(SMALL)).changed).toEqual(['tag m']);
    expect((await as.get('/v1/tags/key:m').expect(200)).body.id).toBe(id);
  });

  test('a dry run tells the same and writes nothing', async () => {
    await put(SMALL);
    const document = edited((copy) => {
      copy.promotions = [{ key: 'new', name: 'New', discounts: [{ name: 'Bare', value }] }];
      copy.plans.push({ id: 'vps', serviceType: 'vps' });
      nth(copy.discounts, 0).priority = 3;
    });
    const tables = ['tags', 'plans', 'promotions', 'discounts', 'conditions', 'audit_log', 'providers'];
    const rows = () => Promise.all(tables.map((table) => api.db(table).orderBy('id').select('*')));
    const before = await rows();
    const told = await dryRun(document);
    expect(told.created).toEqual([
      { type: 'plan', key: 'vps', id: 'vps' },
      { type: 'promotion', key: 'new', name: 'New' },
      { type: 'discount', name: 'Bare' },
    ]);
    expect(await rows()).toEqual(before);
    const done = await put(document);
    expect(keys({ ...done, created: [] })).toEqual(keys({ ...told, created: [] }));
    expect(done.created.map(({ type, name }) => [type, name])).toEqual(
      told.created.map(({ type, name }) => [type, name]),
    );
    expect(done.created[2]).toEqual({
      type: 'discount',
      key: done.created[2]?.id,
      id: expect.any(String),
      name: 'Bare',
    });
    await as.put('/v1/catalog').query({ dryRun: false }).send(SMALL).expect(200);
    expect(await get()).toMatchObject(SMALL);
    expectProblem(await as.put('/v1/catalog').query({ dryRun: 'maybe' }).send(SMALL), 422);
  });

  test('every mistake is pointed at, and nothing is written', async () => {
    await put(SMALL);
    const before = [await version(), await everything()];
    const wrong = {
      tags: [
        { key: 'a', name: 'a' },
        { key: 'a', name: 'a' },
      ],
      plans: [
        { id: 'web', serviceType: 'hosting', tags: ['unregistered', 'monthly'] },
        { id: 'web', serviceType: 'x' },
      ],
      promotions: [
        { key: 'good', name: 'Good' },
        {
          key: 'good',
          name: 'Bad',
          startsAt: '2026-02-01T00:00:00Z',
          endsAt: '2026-01-01T00:00:00Z',
          conditions: [{ type: 'time_window' }],
          discounts: [
            { key: 'd', name: 'D', value },
            { key: 'd', name: 'D', value },
          ],
        },
      ],
      discounts: [{ key: 'd', name: 'D', value, promotionId: 'sale' }],
      relatedProducts: [{ key: 'r', name: 'R', action, conditions: [{ type: 'time_window' }] }],
      upgradePaths: [
        { key: 'u', name: 'U', texts, sources: ['a', 'monthly'], targets: ['a'], transition: 'next_booking' },
      ],
    };
    for (const query of [{}, { dryRun: true }]) {
      const { errors } = expectProblem(
        await as.put('/v1/catalog').query(query).send(wrong),
        422,
        'invalid_request',
      ) as {
        errors: { pointer: string; code: string }[];
      };
      expect(errors.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
        '/discounts/0/key duplicate_key',
        '/discounts/0/promotionId not_global',
        '/plans/0/tags/1 tag_in_use',
        '/plans/1/id duplicate_id',
        '/promotions/1/conditions/0 empty_time_window',
        '/promotions/1/discounts/1/key duplicate_key',
        '/promotions/1/endsAt window_empty',
        '/promotions/1/key duplicate_key',
        '/relatedProducts/0/conditions/0 empty_time_window',
        '/tags/1/key duplicate_key',
        '/tags/1/name duplicate_name',
        '/upgradePaths/0/sources/1 unknown_tag',
        '/upgradePaths/0/targets/0 shared_tag',
      ]);
    }
    const shape = await as
      .put('/v1/catalog')
      .send({ ...EMPTY, tags: undefined, surprise: 1, promotions: [{ name: 1 }] });
    const { errors } = expectProblem(shape, 422) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/promotions/0/name', '/surprise', '/tags']);
    expect([await version(), await everything()]).toEqual(before);
  });

  test('all or nothing: what fails in the database leaves nothing', async () => {
    await put(SMALL);
    const before = [await version(), await everything()];
    await api.db.raw('alter table related_products add constraint no_more check (sort < 5)');
    const document = edited((copy) => {
      nth(copy.promotions, 0).priority = 9;
      nth(copy.relatedProducts, 0).sort = 5;
    });
    expectProblem(await as.put('/v1/catalog').send(document), 500, 'internal_error');
    await api.db.raw('alter table related_products drop constraint no_more');
    expect([await version(), await everything()]).toEqual(before);
  });

  test('is read and written for one provider only', async () => {
    await put(SMALL);
    const south = api.with(await api.createKey(await api.createProvider('south'), 'secret'));
    expect(await get(south)).toEqual(EMPTY);
    const before = [await version(), await everything()];
    const document = await get();
    const ids = (await as.get('/v1/promotions').expect(200)).body.items.map(({ id }: { id: string }) => id);
    // The ids of another provider are mere keys.
    await put({ ...EMPTY, promotions: [{ key: ids[0], name: 'Mine' }] }, south);
    await put(document, south);
    await put(EMPTY, south);
    expect([await version(), await everything()]).toEqual(before);
    expectProblem(await api.http.get('/v1/catalog'), 401);
    const publishable = api.with(await api.createKey('north', 'publishable'));
    expectProblem(await publishable.get('/v1/catalog'), 403);
    expectProblem(await publishable.put('/v1/catalog').send(EMPTY), 403);
  });

  test('If-Match names the version of the catalog', async () => {
    await put(SMALL);
    const read = await version();
    await as.patch('/v1/promotions/key:sale').send({ priority: 1 }).expect(200);
    for (const query of [{}, { dryRun: true }]) {
      const late = await as.put('/v1/catalog').query(query).set('If-Match', read).send(EMPTY);
      expectProblem(late, 412, 'version_mismatch');
    }
    await as
      .put('/v1/catalog')
      .set('If-Match', await version())
      .send(SMALL)
      .expect(200);
  });

  test('the next quote knows it', async () => {
    await put(SMALL);
    const quote = { currency: 'EUR', lines: [{ id: '1', serviceType: 'hosting', unitPrice: '10.00' }] };
    const total = async () => (await as.post('/v1/quote').send(quote).expect(200)).body.totals.total;
    expect(await total()).toBe('10.00');
    await put(edited(({ discounts }) => Object.assign(nth(discounts, 0), { conditions: [] })));
    expect(await total()).toBe('9.00');
  });

  test('the log names every resource that it wrote', async () => {
    await put(SMALL);
    await put(EMPTY);
    const { items } = (await as.get('/v1/audit-log').query({ action: 'import' }).expect(200)).body;
    expect(items).toHaveLength(9 + 7);
    const [archived, created] = items.filter(({ key }: { key: string }) => key === 'sale');
    expect(archived).toMatchObject({ before: { status: 'active' }, after: { status: 'archived' } });
    expect(created.after.discounts).toMatchObject([{ key: 'ten' }, { key: 'more' }]);
    expect(created).not.toHaveProperty('before');
    const [removed] = items.filter(({ key }: { key: string }) => key === 'm');
    expect(removed).toMatchObject({ resourceType: 'tag', before: { name: 'monthly' } });
    expect(removed).not.toHaveProperty('after');
  });

  test('documents at the same time come one after the other, among single writes', async () => {
    const documents = [0, 1, 2, 3].map((n) =>
      edited((copy) => {
        for (const list of [copy.promotions, copy.discounts, copy.relatedProducts]) {
          for (const entry of list) entry.name = `By ${n}`;
          (list as object[]).push({ ...structuredClone(list[0]), key: `only-${n}`, discounts: undefined });
        }
        for (const list of [copy.discounts, copy.relatedProducts] as object[][]) {
          for (const entry of list) delete (entry as { discounts?: unknown }).discounts;
        }
      }),
    );
    await put(SMALL);
    const answers = await Promise.all([
      ...documents.map((document) => as.put('/v1/catalog').send(document)),
      ...[1, 2, 3, 4].map((priority) => as.patch('/v1/promotions/key:sale').send({ priority })),
      ...documents.map((document) => as.put('/v1/catalog').send(document)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const { promotions, discounts, relatedProducts } = await get();
    const names = [promotions, discounts, relatedProducts].flat().map(({ name }) => name);
    expect(new Set(names).size).toBe(1);
    const last = Number(names[0]?.slice('By '.length));
    for (const list of [promotions, discounts, relatedProducts]) {
      expect(list.map(({ key }) => key)).toContain(`only-${last}`);
      expect(list).toHaveLength(2);
    }
  });

  test('of two that read the same version one comes too late', async () => {
    await put(SMALL);
    const read = await version();
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((name) =>
        as
          .put('/v1/catalog')
          .set('If-Match', read)
          .send({ ...SMALL, promotions: [{ key: 'sale', name }] }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  test('thousands of entries take a few statements', async () => {
    const many = (count: number): CatalogDocument => ({
      ...EMPTY,
      tags: Array.from({ length: count }, (_, n) => ({ key: `t-${n}`, name: `tag ${n}` })),
      promotions: Array.from({ length: count }, (_, n) => ({
        key: `p-${n}`,
        name: `Promotion ${n}`,
        conditions: [{ type: 'promo_code' }],
        discounts: [{ key: `d-${n}`, name: 'D', value }],
      })),
    });
    const log = pino({ level: 'silent' });
    const app = createApp({
      db: api.db,
      log,
      clock: Date.now,
      config: { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 },
    });
    const asAdmin = request.agent(app).set({ Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'north' });
    let count = 0;
    api.db.on('query', () => count++);
    const statements = async (document: CatalogDocument): Promise<number> => {
      count = 0;
      await putJson(asAdmin, document, {});
      return count;
    };
    // The first write of a provider makes all documents of its rules.
    await put({ ...EMPTY, tags: [{ key: 'other', name: 'other' }] });
    const few = await statements(many(2));
    expect(few).toBeGreaterThan(10);
    expect(await statements(many(1000))).toBeLessThanOrEqual(few);
    expect(await put(await get())).toEqual(NOTHING);
    expect(await statements(many(1))).toBeLessThanOrEqual(few);
    expect((await get()).promotions).toHaveLength(1);
  }, 60_000);

  test('a body over 1 MiB is refused', async () => {
    const tags = Array.from({ length: 1200 }, (_, n) => ({ name: `t${n}`, description: 'x'.repeat(1000) }));
    expectProblem(await as.put('/v1/catalog').send({ ...EMPTY, tags }), 413, 'body_too_large');
  });

  test('any document that is taken changes nothing the second time, read or sent', async () => {
    let taken = 0;
    // What is archived still is of the types that it was of.
    const named = new Set<string>();
    for (const document of fc.sample(fromSchema('CatalogDocument'), { numRuns: 150, seed: 7 })) {
      const sent = consistent(document as CatalogDocument, named);
      const first = await as.put('/v1/catalog').send(sent);
      expect([200, 422]).toContain(first.status);
      if (first.status !== 200) continue;
      taken++;
      expect(await put(sent)).toEqual(NOTHING);
      const read = await get();
      expect(await put(read)).toEqual(NOTHING);
      expect(await get()).toEqual(read);
    }
    expect(taken).toBeGreaterThan(30);
  }, 60_000);
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
    if (discount.value.type.startsWith('tiered')) discount.value = value;
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
    upgradePath.texts = texts;
    upgradePath.sources = [`from ${upgradePath.sources[0]}`];
    upgradePath.targets = ['to'];
    for (const name of [...upgradePath.sources, 'to']) names.add(name);
  }
  const own = new Map(document.tags.map((tag) => [tag.name, tag]));
  document.tags = [...own.values(), ...[...names].filter((name) => !own.has(name)).map((name) => ({ name }))];
  document.plans = [...new Map(document.plans.map((plan) => [plan.id, { ...plan, tags: [] }])).values()];
  return document;
}
