import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../../../../src/app';
import type { CatalogDocument } from '../../../../../src/store/whole-catalog/document';
import { ADMIN_KEY } from '../../../../support/api';
import {
  EMPTY,
  edited,
  FORMATS,
  keys,
  NOTHING,
  nth,
  putJson,
  SMALL,
  TEN_PERCENT,
  TEXTS,
  WholeCatalog,
} from '../../../../support/catalog/whole-catalog';
import { expectProblem } from '../../../../support/problem';

describe.each(FORMATS)('writing a whole catalog as %s', (format) => {
  const catalog = new WholeCatalog(format);

  test('a dry run tells the same and writes nothing', async () => {
    await catalog.put(SMALL);
    const document = edited((copy) => {
      copy.promotions = [{ key: 'new', name: 'New', discounts: [{ name: 'Bare', value: TEN_PERCENT }] }];
      copy.plans.push({ id: 'vps', serviceType: 'vps' });
      nth(copy.discounts, 0).priority = 3;
    });
    const tables = ['tags', 'plans', 'promotions', 'discounts', 'conditions', 'audit_log', 'providers'];
    const rows = () => Promise.all(tables.map((table) => catalog.api.db(table).orderBy('id').select('*')));
    const before = await rows();
    const told = await catalog.dryRun(document);
    expect(told.created).toEqual([
      { type: 'plan', key: 'vps', id: 'vps' },
      { type: 'promotion', key: 'new', name: 'New' },
      { type: 'discount', name: 'Bare' },
    ]);
    expect(await rows()).toEqual(before);
    const done = await catalog.put(document);
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
    await catalog.as.put('/v1/catalog').query({ dryRun: false }).send(SMALL).expect(200);
    expect(await catalog.get()).toMatchObject(SMALL);
    expectProblem(await catalog.as.put('/v1/catalog').query({ dryRun: 'maybe' }).send(SMALL), 422);
  });

  test('every mistake is pointed at, and nothing is written', async () => {
    await catalog.put(SMALL);
    const before = [await catalog.version(), await catalog.everything()];
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
            { key: 'd', name: 'D', value: TEN_PERCENT },
            { key: 'd', name: 'D', value: TEN_PERCENT },
          ],
        },
      ],
      discounts: [{ key: 'd', name: 'D', value: TEN_PERCENT, promotionId: 'sale' }],
      relatedProducts: [{ key: 'r', name: 'R', action: { function: 'order' }, conditions: [{ type: 'time_window' }] }],
      upgradePaths: [
        { key: 'u', name: 'U', texts: TEXTS, sources: ['a', 'monthly'], targets: ['a'], transition: 'next_booking' },
      ],
    };
    for (const query of [{}, { dryRun: true }]) {
      const { errors } = expectProblem(
        await catalog.as.put('/v1/catalog').query(query).send(wrong),
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
    const shape = await catalog.as
      .put('/v1/catalog')
      .send({ ...EMPTY, tags: undefined, surprise: 1, promotions: [{ name: 1 }] });
    const { errors } = expectProblem(shape, 422) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/promotions/0/name', '/surprise', '/tags']);
    expect([await catalog.version(), await catalog.everything()]).toEqual(before);
  });

  test('all or nothing: what fails in the database leaves nothing', async () => {
    await catalog.put(SMALL);
    const before = [await catalog.version(), await catalog.everything()];
    await catalog.api.db.raw('alter table related_products add constraint no_more check (sort < 5)');
    const document = edited((copy) => {
      nth(copy.promotions, 0).priority = 9;
      nth(copy.relatedProducts, 0).sort = 5;
    });
    expectProblem(await catalog.as.put('/v1/catalog').send(document), 500, 'internal_error');
    await catalog.api.db.raw('alter table related_products drop constraint no_more');
    expect([await catalog.version(), await catalog.everything()]).toEqual(before);
  });

  test('a body over 1 MiB is refused', async () => {
    const tags = Array.from({ length: 1200 }, (_, n) => ({ name: `t${n}`, description: 'x'.repeat(1000) }));
    expectProblem(await catalog.as.put('/v1/catalog').send({ ...EMPTY, tags }), 413, 'body_too_large');
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
    await catalog.put(SMALL);
    const answers = await Promise.all([
      ...documents.map((document) => catalog.as.put('/v1/catalog').send(document)),
      ...[1, 2, 3, 4].map((priority) => catalog.as.patch('/v1/promotions/key:sale').send({ priority })),
      ...documents.map((document) => catalog.as.put('/v1/catalog').send(document)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const { promotions, discounts, relatedProducts } = await catalog.get();
    const names = [promotions, discounts, relatedProducts].flat().map(({ name }) => name);
    expect(new Set(names).size).toBe(1);
    const last = Number(names[0]?.slice('By '.length));
    for (const list of [promotions, discounts, relatedProducts]) {
      expect(list.map(({ key }) => key)).toContain(`only-${last}`);
      expect(list).toHaveLength(2);
    }
  });

  test('of two that read the same version one comes too late', async () => {
    await catalog.put(SMALL);
    const read = await catalog.version();
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((name) =>
        catalog.as
          .put('/v1/catalog')
          .set('If-Match', read)
          .send({ ...SMALL, promotions: [{ key: 'sale', name }] }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  test('thousands of entries take a few statements for every two hundred', async () => {
    const many = (count: number): CatalogDocument => ({
      ...EMPTY,
      tags: Array.from({ length: count }, (_, n) => ({ key: `t-${n}`, name: `tag ${n}` })),
      promotions: Array.from({ length: count }, (_, n) => ({
        key: `p-${n}`,
        name: `Promotion ${n}`,
        conditions: [{ type: 'promo_code' }],
        discounts: [{ key: `d-${n}`, name: 'D', value: TEN_PERCENT }],
      })),
    });
    const log = pino({ level: 'silent' });
    const app = createApp({
      db: catalog.api.db,
      log,
      clock: Date.now,
      config: { adminKey: ADMIN_KEY, rateLimit: 0, codeGuesses: 20, rulebookCacheMb: 64 },
    });
    const asAdmin = request.agent(app).set({ Authorization: `Bearer ${ADMIN_KEY}`, 'Offerbook-Provider': 'north' });
    let count = 0;
    catalog.api.db.on('query', () => count++);
    const statements = async (document: CatalogDocument): Promise<number> => {
      count = 0;
      await putJson(asAdmin, document, {});
      return count;
    };
    // The first write of a provider makes all documents of its rules.
    await catalog.put({ ...EMPTY, tags: [{ key: 'other', name: 'other' }] });
    const few = await statements(many(2));
    expect(few).toBeGreaterThan(10);
    expect(await statements(many(1000))).toBeLessThanOrEqual(3 * few);
    expect(await catalog.put(await catalog.get())).toEqual(NOTHING);
    expect(await statements(many(1))).toBeLessThanOrEqual(3 * few);
    expect((await catalog.get()).promotions).toHaveLength(1);
  });
});
