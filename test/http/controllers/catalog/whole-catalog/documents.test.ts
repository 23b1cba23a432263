import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../../../src/project-root';
import type { CatalogChanges } from '../../../../../src/store/whole-catalog/changes';
import type { CatalogDocument } from '../../../../../src/store/whole-catalog/document';
import {
  EMPTY,
  edited,
  FORMATS,
  keys,
  NOTHING,
  nth,
  SMALL,
  TEN_PERCENT,
  WholeCatalog,
} from '../../../../support/catalog/whole-catalog';
import { expectProblem } from '../../../../support/problem';

const EXAMPLE = JSON.parse(fs.readFileSync(path.join(projectRoot, 'examples/catalog.json'), 'utf8')) as CatalogDocument;

describe.each(FORMATS)('the whole catalog as %s', (format) => {
  const catalog = new WholeCatalog(format);

  test('of a new provider is empty, and stays so', async () => {
    expect(await catalog.get()).toEqual(EMPTY);
    expect(await catalog.put(EMPTY)).toEqual(NOTHING);
    expect(await catalog.version()).toBe('"0"');
  });

  test('is created from a document, in one version', async () => {
    const answer = await catalog.as.put('/v1/catalog').send(SMALL).expect(200);
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
    expect(await catalog.version()).toBe('"1"');
    const { id, name } = nth<CatalogChanges['created'][number]>(answer.body.created, 3);
    const promotion = (await catalog.as.get(`/v1/promotions/${id}`).expect(200)).body;
    expect(promotion).toMatchObject({ ...nth(SMALL.promotions, 0), name, version: 1 });
    expect((await catalog.as.get('/v1/upgrade-paths/key:up').expect(200)).body).toMatchObject(
      nth(SMALL.upgradePaths, 0),
    );
  });

  test('comes back as it was sent, with its defaults and nothing that the server made', async () => {
    await catalog.put(SMALL);
    const document = await catalog.get();
    expect(document).toMatchObject(SMALL);
    expect(JSON.stringify(document)).not.toMatch(/"(version|createdAt|updatedAt|promotionId)":/);
    const idsOutsidePlans = JSON.stringify({ ...document, plans: [] }).match(/"id":/g);
    expect(idsOutsidePlans).toBeNull();
  });

  test.each([
    ['that was sent', EXAMPLE],
    ['small', SMALL],
  ])('a document %s changes nothing when it is sent again, nor when it is read and sent back', async (_name, document) => {
    await catalog.put(document);
    const before = [await catalog.version(), await catalog.everything()];
    expect(await catalog.put(document)).toEqual(NOTHING);
    expect(await catalog.put(await catalog.get())).toEqual(NOTHING);
    expect([await catalog.version(), await catalog.everything()]).toEqual(before);
    const { items } = (
      await catalog.as.get('/v1/audit-log').query({ action: 'import', resourceType: 'tag' }).expect(200)
    ).body;
    expect(items).toHaveLength(document.tags.length);
  });

  test('goes from one provider to another, and is the same there', async () => {
    await catalog.put(EXAMPLE);
    const south = await catalog.asNew('south');
    const document = await catalog.get();
    await catalog.put(document, south);
    expect(await catalog.get(south)).toEqual(document);
    expect(await catalog.put(document, south)).toEqual(NOTHING);
  });

  test('made one by one, without keys, comes back as it is; there its ids are keys', async () => {
    const tag = (await catalog.as.post('/v1/tags').send({ name: 'fast' }).expect(201)).body;
    const promotion = (
      await catalog.as
        .post('/v1/promotions')
        .send({
          name: 'Sale',
          discounts: [
            { name: 'A', value: TEN_PERCENT },
            { name: 'A', value: TEN_PERCENT },
          ],
        })
        .expect(201)
    ).body;
    const before = [await catalog.version(), await catalog.everything()];
    const document = await catalog.get();
    expect(document.tags).toEqual([{ key: tag.id, name: 'fast' }]);
    expect(document.promotions).toMatchObject([
      { key: promotion.id, discounts: [{ key: promotion.discounts[0].id }, { key: promotion.discounts[1].id }] },
    ]);
    expect(await catalog.put(document)).toEqual(NOTHING);
    expect([await catalog.version(), await catalog.everything()]).toEqual(before);

    const south = await catalog.asNew('south');
    expect(keys(await catalog.put(document, south)).created).toContain(`promotion ${promotion.id}`);
    expect(await catalog.get(south)).toEqual(document);
  });

  test('entries without a key are recognised by their names', async () => {
    const bare = edited((document) => {
      for (const list of [document.tags, document.promotions, document.discounts, document.upgradePaths])
        for (const entry of list) delete entry.key;
      for (const discount of document.promotions[0]?.discounts ?? []) delete discount.key;
    });
    const { created } = await catalog.put(bare);
    expect(created).toHaveLength(9);
    expect(await catalog.put(bare)).toEqual(NOTHING);
    const changes = await catalog.put({ ...bare, promotions: [{ ...nth(bare.promotions, 0), priority: 5 }] });
    expect(changes).toEqual({ ...NOTHING, changed: [created[3]] });
  });

  test('is read and written for one provider only', async () => {
    await catalog.put(SMALL);
    const south = await catalog.asNew('south');
    expect(await catalog.get(south)).toEqual(EMPTY);
    const before = [await catalog.version(), await catalog.everything()];
    const document = await catalog.get();
    const ids = (await catalog.as.get('/v1/promotions').expect(200)).body.items.map(({ id }: { id: string }) => id);
    // The ids of another provider are mere keys.
    await catalog.put({ ...EMPTY, promotions: [{ key: ids[0], name: 'Mine' }] }, south);
    await catalog.put(document, south);
    await catalog.put(EMPTY, south);
    expect([await catalog.version(), await catalog.everything()]).toEqual(before);
    expectProblem(await catalog.api.http.get('/v1/catalog'), 401);
    const publishable = catalog.api.with(await catalog.api.createKey('north', 'publishable'));
    expectProblem(await publishable.get('/v1/catalog'), 403);
    expectProblem(await publishable.put('/v1/catalog').send(EMPTY), 403);
  });

  test('If-Match names the version of the catalog', async () => {
    await catalog.put(SMALL);
    const read = await catalog.version();
    await catalog.as.patch('/v1/promotions/key:sale').send({ priority: 1 }).expect(200);
    for (const query of [{}, { dryRun: true }]) {
      const late = await catalog.as.put('/v1/catalog').query(query).set('If-Match', read).send(EMPTY);
      expectProblem(late, 412, 'version_mismatch');
    }
    await catalog.as
      .put('/v1/catalog')
      .set('If-Match', await catalog.version())
      .send(SMALL)
      .expect(200);
  });

  test('the next quote knows it', async () => {
    await catalog.put(SMALL);
    const quote = { currency: 'EUR', lines: [{ id: '1', serviceType: 'hosting', unitPrice: '10.00' }] };
    const total = async () => (await catalog.as.post('/v1/quote').send(quote).expect(200)).body.totals.total;
    expect(await total()).toBe('10.00');
    await catalog.put(edited(({ discounts }) => Object.assign(nth(discounts, 0), { conditions: [] })));
    expect(await total()).toBe('9.00');
  });

  test('the log names every resource that it wrote', async () => {
    await catalog.put(SMALL);
    await catalog.put(EMPTY);
    const { items } = (await catalog.as.get('/v1/audit-log').query({ action: 'import' }).expect(200)).body;
    expect(items).toHaveLength(9 + 7);
    const [archived, created] = items.filter(({ key }: { key: string }) => key === 'sale');
    expect(archived).toMatchObject({ before: { status: 'active' }, after: { status: 'archived' } });
    expect(created.after.discounts).toMatchObject([{ key: 'ten' }, { key: 'more' }]);
    expect(created).not.toHaveProperty('before');
    const [removed] = items.filter(({ key }: { key: string }) => key === 'm');
    expect(removed).toMatchObject({ resourceType: 'tag', before: { name: 'monthly' } });
    expect(removed).not.toHaveProperty('after');
  });

  test('promo codes are no part of it and stay', async () => {
    await catalog.put(SMALL);
    await catalog.as.post('/v1/promotions/key:sale/promo-codes').send({ code: 'SALE' }).expect(201);
    await catalog.put(edited(({ promotions: [sale] }) => Object.assign(sale ?? {}, { priority: 7 })));
    expect((await catalog.as.get('/v1/promotions/key:sale/promo-codes').expect(200)).body.items).toMatchObject([
      { code: 'SALE' },
    ]);
  });

  test('a tag is known by its name as well', async () => {
    const { id } = (await catalog.as.post('/v1/tags').send({ name: 'monthly' }).expect(201)).body;
    expect(keys(await catalog.put(SMALL)).changed).toEqual(['tag m']);
    expect((await catalog.as.get('/v1/tags/key:m').expect(200)).body.id).toBe(id);
  });
});
