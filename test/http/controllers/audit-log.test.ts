import type { Agent } from 'supertest';
import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';

type Entry = Record<string, unknown> & {
  id: string;
  at: string;
  actor: string;
  resourceId: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
};

describe('the audit log', () => {
  let api: Api;
  let as: Agent;
  let token: string;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
    await api.createProvider('north');
    token = await api.createKey('north', 'secret');
    as = api.with(token);
  });

  const log = async (query: object = {}, who: Agent = as): Promise<Entry[]> =>
    (await who.get('/v1/audit-log').query(query).expect(200)).body.items;
  const discount = { name: '10 %', value: { type: 'percent', percent: '10' } };

  test('the audit log says who changed what and when, with before and after, the newest first', async () => {
    const created = await as.post('/v1/tags').set('X-Request-Id', 'request-1').send({ name: 'fast', key: 'f' });
    const { id } = created.body;
    const replaced = await as.put(`/v1/tags/${id}`).send({ name: 'faster' }).expect(200);
    const patched = await as.patch(`/v1/tags/${id}`).send({ description: 'Really' }).expect(200);
    await as.delete(`/v1/tags/${id}`).expect(204);

    const entries = await log({ resourceType: 'tag' });
    expect(entries.map(({ action }) => action)).toEqual(['remove', 'patch', 'replace', 'create']);
    expect(entries.map(({ before }) => before)).toEqual([patched.body, replaced.body, created.body, undefined]);
    expect(entries.map(({ after }) => after)).toEqual([undefined, patched.body, replaced.body, created.body]);
    const [key] = (await api.admin.get('/v1/providers/north/api-keys').expect(200)).body.items;
    expect(entries.at(-1)).toEqual({
      id: expect.any(String),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      actor: key.id,
      keyKind: 'secret',
      requestId: 'request-1',
      action: 'create',
      resourceType: 'tag',
      resourceId: id,
      key: 'f',
      name: 'fast',
      after: created.body,
    });
  });

  test.each([
    ['plan', '/v1/plans', { id: 'vps-m', serviceType: 'vps' }, { serviceType: 'vds' }],
    ['promotion', '/v1/promotions', { name: 'Sale', discounts: [discount] }, { priority: 3 }],
    ['discount', '/v1/discounts', discount, { priority: 3 }],
    ['related_product', '/v1/related-products', { name: 'Backup', action: { function: 'order' } }, { sort: 3 }],
    [
      'upgrade_path',
      '/v1/upgrade-paths',
      { name: 'Up', texts: { en: { title: 'Up' } }, sources: ['a'], targets: ['b'], transition: 'next_booking' },
      { priority: 3 },
    ],
  ])('the audit log holds every write of a %s', async (resourceType, path, body, patch) => {
    for (const name of ['a', 'b']) await as.post('/v1/tags').send({ name }).expect(201);
    const { id } = (await as.post(path).send(body).expect(201)).body;
    await as.put(`${path}/${id}`).send(body).expect(200);
    await as.patch(`${path}/${id}`).send(patch).expect(200);
    await as.delete(`${path}/${id}`).expect(204);
    const entries = await log({ resourceType, resourceId: id });
    expect(entries.map(({ action }) => action)).toEqual(['remove', 'patch', 'replace', 'create']);
    expect(entries[1]?.after).toMatchObject(patch);
  });

  test('a condition that is added or removed is a change of its owner', async () => {
    const { id } = (await as.post('/v1/promotions').send({ name: 'Sale' }).expect(201)).body;
    const path = `/v1/promotions/${id}/conditions`;
    const condition = (await as.post(path).send({ type: 'promo_code' }).expect(201)).body;
    await as.delete(`${path}/${condition.id}`).expect(204);
    const [removed, added] = await log({ resourceType: 'promotion', resourceId: id, action: 'patch' });
    expect(added).toMatchObject({ before: { conditions: [] }, after: { conditions: [{ type: 'promo_code' }] } });
    expect(removed).toMatchObject({ before: { conditions: [{ type: 'promo_code' }] }, after: { conditions: [] } });
  });

  test('the audit log holds codes one by one, and a thousand generated ones as one entry', async () => {
    const { id } = (await as.post('/v1/promotions').send({ name: 'Sale' }).expect(201)).body;
    const path = `/v1/promotions/${id}/promo-codes`;
    const code = (await as.post(path).send({ code: 'SALE' }).expect(201)).body;
    await as.patch(`${path}/${code.id}`).send({ status: 'paused' }).expect(200);
    await as.delete(`${path}/${code.id}`).expect(204);
    await as.post(`${path}/generate`).send({ count: 1000, pattern: 'S-########' }).expect(201);
    const entries = await log({ resourceType: 'promo_code' });
    expect(entries.map(({ action, key }) => [action, key])).toEqual([
      ['remove', 'SALE'],
      ['patch', 'SALE'],
      ['create', 'SALE'],
    ]);
    expect(await log({ action: 'generate' })).toMatchObject([
      { resourceType: 'promotion', resourceId: id, after: { count: 1000, pattern: 'S-########' } },
    ]);
  });

  test('the audit log holds providers and keys, but no token', async () => {
    const created = await api.admin.post('/v1/providers/north/api-keys').send({ name: 'Shop', kind: 'publishable' });
    await api.admin.delete(`/v1/providers/north/api-keys/${created.body.id}`).expect(204);
    await api.admin.patch('/v1/providers/north').send({ name: 'Far North' }).expect(200);
    const entries = await log({ actor: 'admin' }, api.as('north'));
    expect(entries.map(({ action, resourceType, name }) => [action, resourceType, name])).toEqual([
      ['patch', 'provider', 'Far North'],
      ['remove', 'api_key', 'Shop'],
      ['create', 'api_key', 'Shop'],
      ['create', 'api_key', 'secret'],
      ['create', 'provider', 'North Hosting'],
    ]);
    const stored = JSON.stringify(await api.db('audit_log').select('*'));
    expect(stored).toContain(created.body.id);
    expect(stored).not.toContain(created.body.token);
    expect(stored).not.toContain(token);
  });

  test('a write that is refused, or that answers what was answered before, leaves nothing', async () => {
    await as.post('/v1/tags').set('Idempotency-Key', 'one').send({ name: 'fast' }).expect(201);
    await as.post('/v1/tags').set('Idempotency-Key', 'one').send({ name: 'fast' }).expect(201);
    expectProblem(await as.post('/v1/tags').send({ name: 'fast' }), 409, 'name_taken');
    expectProblem(await as.patch('/v1/tags/none').send({}), 404);
    expect(await log({ resourceType: 'tag' })).toHaveLength(1);
  });

  test('the audit log is filtered by actor, action and time, and read in parts', async () => {
    for (const name of ['a', 'b', 'c']) await as.post('/v1/tags').send({ name }).expect(201);
    await api.as('north').post('/v1/tags').send({ name: 'd' }).expect(201);
    const all = await log({ resourceType: 'tag' });
    expect(all.map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a']);
    expect((await log({ resourceType: 'tag', actor: 'admin' })).map(({ name }) => name)).toEqual(['d']);
    expect(await log({ resourceType: 'tag', actor: all[1]?.actor })).toEqual(all.slice(1));
    expect(await log({ resourceType: 'tag', action: 'remove' })).toEqual([]);

    const at = all[1]?.at ?? '';
    const isLater = (entry: Entry) => entry.at >= at;
    expect(await log({ resourceType: 'tag', from: at })).toEqual(all.filter(isLater));
    expect(await log({ resourceType: 'tag', to: at })).toEqual(all.filter((entry) => !isLater(entry)));

    const first = (await as.get('/v1/audit-log').query({ resourceType: 'tag', limit: 3 }).expect(200)).body;
    expect(first.items).toEqual(all.slice(0, 3));
    await as.post('/v1/tags').send({ name: 'e' }).expect(201);
    const query = { resourceType: 'tag', limit: 3, cursor: first.nextCursor };
    expect((await as.get('/v1/audit-log').query(query).expect(200)).body).toEqual({ items: all.slice(3) });

    expectProblem(await as.get('/v1/audit-log').query({ from: 'yesterday' }), 422);
    expectProblem(await as.get('/v1/audit-log').query({ action: 'burn' }), 422);
  });

  test('the audit log shows a provider its own entries only, not even those of a removed one of the same id', async () => {
    const stranger = api.with(await api.createKey(await api.createProvider('south'), 'secret'));
    const { id } = (await as.post('/v1/tags').send({ name: 'fast' }).expect(201)).body;
    expect(await log({ resourceId: id }, stranger)).toEqual([]);
    expect(await log({ resourceType: 'tag' }, stranger)).toEqual([]);

    await api.admin.delete('/v1/providers/north').expect(204);
    const kept = await api.db('audit_log').where({ provider_id: 'north' }).orderBy('id', 'desc').first();
    expect(kept).toMatchObject({ action: 'remove', resource_type: 'provider', resource_id: 'north' });
    api.advance(1);
    await api.createProvider('north');
    expect((await log({}, api.as('north'))).map(({ action, resourceType }) => [action, resourceType])).toEqual([
      ['create', 'provider'],
    ]);
  });

  test('the audit log cannot be changed, not even in the database', async () => {
    await as.post('/v1/tags').send({ name: 'fast' }).expect(201);
    await expect(api.db('audit_log').update({ actor: 'nobody' })).rejects.toThrow('only ever appended');
    await expect(api.db('audit_log').delete()).rejects.toThrow('only ever appended');
    await expect(api.db.raw('truncate audit_log')).rejects.toThrow('only ever appended');
    expect(await log({ resourceType: 'tag' })).toHaveLength(1);
  });

  test('the audit log leaves a very large state out', async () => {
    const title = Object.fromEntries(
      ['en', 'de', 'fr', 'ru', 'it', 'es', 'pl'].map((tag) => [tag, 'x'.repeat(10_000)]),
    );
    await as.post('/v1/promotions').send({ name: 'Sale', key: 'sale', title }).expect(201);
    expect(await log({ resourceType: 'promotion' })).toMatchObject([
      { key: 'sale', name: 'Sale', after: { omitted: expect.stringMatching(/^\d+ characters/) } },
    ]);
  });

  test('the audit log is for back offices', async () => {
    expectProblem(await api.http.get('/v1/audit-log'), 401);
    expectProblem(await api.with(await api.createKey('north', 'publishable')).get('/v1/audit-log'), 403);
    expectProblem(await as.post('/v1/audit-log').send({}), 405);
  });
});
