import {
  EMPTY,
  edited,
  FORMATS,
  keys,
  NOTHING,
  nth,
  SMALL,
  TEN_PERCENT,
  TEXTS,
  WholeCatalog,
} from '../../../../support/catalog/whole-catalog';
import { expectProblem } from '../../../../support/problem';

describe.each(FORMATS)('a changed catalog as %s', (format) => {
  const catalog = new WholeCatalog(format);

  test('what differs is changed and keeps its identity', async () => {
    await catalog.put(SMALL);
    const before = (await catalog.as.get('/v1/promotions/key:sale').expect(200)).body;
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
    expect(keys(await catalog.dryRun(document))).toEqual(expected);
    expect(keys(await catalog.put(document))).toEqual(expected);
    const after = (await catalog.as.get('/v1/promotions/key:sale').expect(200)).body;
    expect(after).toMatchObject({ id: before.id, version: 2, conditions: before.conditions });
    expect(after.discounts[0]).toEqual(before.discounts[0]);
    expect(after.discounts[1]).toMatchObject({ id: before.discounts[1].id, version: 2, value: { percent: '20' } });
    expect(after.discounts[1].conditions).toEqual(before.discounts[1].conditions);
    expect(await catalog.get()).toMatchObject(document);
  });

  test('nested lists take the order of the document', async () => {
    await catalog.put(SMALL);
    const before = (await catalog.as.get('/v1/promotions/key:sale').expect(200)).body;
    const document = edited(({ promotions: [sale] }) => {
      sale?.discounts?.reverse();
      sale?.discounts?.splice(1, 0, { key: 'new', name: 'New', value: TEN_PERCENT });
      sale?.conditions?.reverse();
    });
    expect(keys(await catalog.put(document))).toEqual({
      created: ['discount new'],
      changed: ['promotion sale'],
      archived: [],
    });
    const after = (await catalog.as.get('/v1/promotions/key:sale').expect(200)).body;
    expect(after.discounts.map(({ key }: { key: string }) => key)).toEqual(['more', 'new', 'ten']);
    expect(after.discounts[0]).toEqual(before.discounts[1]);
    expect(after.conditions.map(({ id }: { id: string }) => id)).toEqual(
      before.conditions.map(({ id }: { id: string }) => id).reverse(),
    );
    expect(await catalog.put(document)).toEqual(NOTHING);
  });

  test('a discount moves with its key: to another promotion, and out of all', async () => {
    await catalog.put(SMALL);
    const { id } = (await catalog.as.get('/v1/discounts/key:ten').expect(200)).body;
    const moved = edited(({ promotions }) => {
      const [ten] = promotions[0]?.discounts?.splice(0, 1) ?? [];
      promotions.push({ key: 'other', name: 'Other', discounts: ten ? [ten] : [] });
    });
    expect(keys(await catalog.put(moved))).toEqual({
      created: ['promotion other'],
      changed: ['promotion sale', 'discount ten'],
      archived: [],
    });
    const other = (await catalog.as.get('/v1/promotions/key:other').expect(200)).body;
    expect(other.discounts).toMatchObject([{ id, promotionId: other.id }]);

    const global = edited((document) => {
      const [ten] = document.promotions[1]?.discounts?.splice(0, 1) ?? [];
      if (ten) document.discounts.push(ten);
    }, moved);
    const { changed, ...others } = keys(await catalog.put(global));
    expect(others).toEqual({ created: [], archived: [] });
    // A stream comes back last to a promotion that a discount has left.
    expect(changed?.toSorted()).toEqual(['discount ten', 'promotion other']);
    expect((await catalog.as.get(`/v1/discounts/${id}`).expect(200)).body).not.toHaveProperty('promotionId');
    expect(await catalog.put(await catalog.get())).toEqual(NOTHING);
  });

  test('what is missing is archived or removed, and comes back with its identity', async () => {
    const { created } = await catalog.put(SMALL);
    const path = (await catalog.as.get('/v1/upgrade-paths/key:up').expect(200)).body;
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
    expect(keys(await catalog.dryRun(EMPTY))).toEqual(expected);
    expect(keys(await catalog.put(EMPTY))).toEqual(expected);
    expect(await catalog.get()).toEqual(EMPTY);
    expect(await catalog.put(EMPTY)).toEqual(NOTHING);
    expectProblem(await catalog.as.get('/v1/tags/key:m'), 404);
    expectProblem(await catalog.as.get('/v1/plans/web'), 404);
    for (const kept of ['promotions/key:sale', 'discounts/key:global', 'related-products/key:backup']) {
      expect((await catalog.as.get(`/v1/${kept}`).expect(200)).body).toMatchObject({ status: 'archived', version: 2 });
    }
    // With the names of its tags, although they are gone.
    const { version: _version, updatedAt: _updatedAt, ...same } = path;
    expect((await catalog.as.get('/v1/upgrade-paths/key:up').expect(200)).body).toMatchObject({
      ...same,
      status: 'archived',
    });
    const restored = await catalog.as.patch('/v1/upgrade-paths/key:up').send({ status: 'active' });
    expect(expectProblem(restored, 422).errors).toMatchObject([{ code: 'unknown_tag' }, { code: 'unknown_tag' }]);

    const back = await catalog.put(SMALL);
    expect(keys(back)).toEqual({
      created: ['tag m', 'tag y', 'plan web'],
      changed: ['promotion sale', 'discount global', 'related_product backup', 'upgrade_path up'],
      archived: [],
    });
    expect(back.changed[0]?.id).toBe(created[3]?.id);
    expect(await catalog.get()).toMatchObject(SMALL);
  });

  test('a discount that its promotion loses is archived, and stays out of the document', async () => {
    await catalog.put(SMALL);
    const document = edited(({ promotions }) => promotions[0]?.discounts?.shift());
    expect(keys(await catalog.put(document))).toEqual({
      created: [],
      changed: ['promotion sale'],
      archived: ['discount ten'],
    });
    const { discounts } = (await catalog.as.get('/v1/promotions/key:sale').expect(200)).body;
    expect(discounts).toMatchObject([
      { key: 'ten', status: 'archived' },
      { key: 'more', status: 'active' },
    ]);
    expect(await catalog.get()).toMatchObject(document);
    expect(await catalog.put(await catalog.get())).toEqual(NOTHING);
  });

  test('an archived path names a tag once, though another one was given the name of one that is gone', async () => {
    const path = { key: 'up', name: 'Up', texts: TEXTS, targets: ['yearly'], transition: 'next_booking' } as const;
    const tags = [...SMALL.tags, { key: 'd', name: 'daily' }];
    await catalog.put({ ...SMALL, tags, upgradePaths: [{ ...path, sources: ['monthly', 'daily'] }] });
    const stored = (await catalog.as.get('/v1/upgrade-paths/key:up').expect(200)).body;
    const renamed = [
      { key: 'm', name: 'daily' },
      { key: 'y', name: 'yearly' },
    ];
    await catalog.put({ ...EMPTY, tags: renamed });
    const archived = (await catalog.as.get(`/v1/upgrade-paths/${stored.id}`).expect(200)).body;
    expect(archived).toMatchObject({ status: 'archived', sources: ['daily'] });
  });

  test('what is archived is not exported, and an entry may archive', async () => {
    await catalog.put(SMALL);
    await catalog.as.patch('/v1/promotions/key:sale').send({ status: 'archived' }).expect(200);
    const document = await catalog.get();
    expect(document.promotions).toEqual([]);
    expect(await catalog.put(document)).toEqual(NOTHING);
    const archiving = { ...document, discounts: [{ ...nth(document.discounts, 0), status: 'archived' }] };
    expect(keys(await catalog.put(archiving))).toEqual({ created: [], changed: [], archived: ['discount global'] });
    expect(await catalog.put(archiving)).toEqual(NOTHING);
  });

  test('tags exchange their names', async () => {
    await catalog.put(SMALL);
    const exchanged = edited(({ tags, plans }) => {
      for (const tag of tags) tag.name = tag.name === 'monthly' ? 'yearly' : 'monthly';
      nth(plans, 0).tags = ['yearly'];
    });
    expect(keys(await catalog.put(exchanged)).changed).toEqual(['tag m', 'tag y', 'plan web', 'upgrade_path up']);
    expect(await catalog.get()).toMatchObject(exchanged);
    expect((await catalog.as.get('/v1/upgrade-paths/key:up').expect(200)).body).toMatchObject({ sources: ['monthly'] });
  });
});
