import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { ABOVE, asking, BIG_CART, DECIMAL } from '../../../support/custom-types';
import { expectProblem } from '../../../support/problem';

const TEN_PERCENT = { name: '10 %', value: { type: 'percent', percent: '10' } };
const AT = '2024-06-12T10:00:00Z';
const line = (fields: object = {}) => ({ id: 'a', serviceType: 'hosting', unitPrice: '20.00', ...fields });
const cart = (fields: object = {}) => ({ currency: 'EUR', at: AT, lines: [line()], ...fields });

let api: Api;
let as: Agent;
let provider: string;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  provider = await api.createProvider();
  as = api.as(provider);
});

const quoted = async (quote: object) => (await as.post('/v1/quote').send(quote).expect(200)).body;
const use = (name: string, parameters?: object) => ({ type: 'custom', name, ...(parameters && { parameters }) });
const promote = (conditions: object[], fields: object = {}) =>
  as.post('/v1/promotions').send({ name: 'P', conditions, discounts: [TEN_PERCENT], ...fields });
const pointersOf = (problem: { errors?: { pointer: string }[] }) => problem.errors?.map(({ pointer }) => pointer);

describe.each([
  ['condition-types', BIG_CART, 'true'],
  ['discount-types', ABOVE, 'decimal(1)'],
])('%s', (path, type, expression) => {
  const at = `/v1/${path}`;
  const another = { ...type, name: 'another', expression };

  test('of one’s own are created, read, listed after the built-in ones, replaced, patched and removed by name', async () => {
    const created = await as.post(at).send(type).expect(201);
    expect(created.headers.location).toBe(`${at}/${type.name}`);
    expect(created.headers.etag).toBe('"1"');
    expect(created.body).toEqual({
      id: expect.any(String),
      ...type,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: created.body.createdAt,
    });
    expect((await as.get(`${at}/${type.name}`).expect(200)).body).toEqual(created.body);
    const { items } = (await as.get(at).expect(200)).body;
    expect(items.at(-1)).toEqual({
      type: 'custom',
      name: type.name,
      title: type.title,
      schema: type.parameters,
      expression: type.expression,
      version: 1,
    });
    expect(items.slice(0, -1).every((item: { type: string }) => item.type !== 'custom')).toBe(true);
    const replaced = await as.put(`${at}/${type.name}`).send(another).expect(200);
    expect(replaced.body).toMatchObject({ id: created.body.id, name: 'another', version: 2 });
    const patched = await as
      .patch(`${at}/another`)
      .send({ description: 'Whatever', metadata: { team: 'web' } })
      .expect(200);
    expect(patched.body).toMatchObject({ description: 'Whatever', metadata: { team: 'web' }, version: 3 });
    expect((await as.put(`${at}/another`).send(patched.body).expect(200)).body).toMatchObject({ version: 4 });
    await as.delete(`${at}/another`).expect(204);
    for (const answer of [as.get(`${at}/another`), as.delete(`${at}/another`), as.put(`${at}/another`).send(type)]) {
      expectProblem(await answer, 404, 'not_found');
    }
  });

  test('are written only by whoever has read the latest version, and names are unique', async () => {
    await as.post(at).send(type).expect(201);
    expectProblem(await as.post(at).send(type), 409, 'name_taken');
    expectProblem(await as.put(`${at}/${type.name}`).set('If-Match', '"2"').send(type), 412, 'version_mismatch');
    expectProblem(await as.patch(`${at}/${type.name}`).set('If-Match', '"2"').send({}), 412, 'version_mismatch');
    expectProblem(await as.delete(`${at}/${type.name}`).set('If-Match', '"2"'), 412, 'version_mismatch');
    await as.delete(`${at}/${type.name}`).set('If-Match', '"1"').expect(204);
  });

  test('are made once by an Idempotency-Key', async () => {
    const once = () => as.post(at).set('Idempotency-Key', 'k').send(type).expect(201);
    const first = await once();
    const again = await once();
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotent-replay']).toBe('true');
  });

  test('of another provider do not exist, and without a provider the admin key sees the built-in ones', async () => {
    await as.post(at).send(type).expect(201);
    const stranger = api.with(await api.createKey(await api.createProvider(), 'secret'));
    expectProblem(await stranger.get(`${at}/${type.name}`), 404, 'not_found');
    const builtIn = (await stranger.get(at).expect(200)).body;
    expect((await api.admin.get(at).expect(200)).body).toEqual(builtIn);
    expect((await as.get(at).expect(200)).body.items).toHaveLength(builtIn.items.length + 1);
  });

  test('are recorded in the audit log', async () => {
    await as.post(at).send(type).expect(201);
    await as.delete(`${at}/${type.name}`).expect(204);
    const { items } = (await as.get('/v1/audit-log').expect(200)).body;
    const resourceType = path.replace('-', '_').slice(0, -1);
    expect(items.slice(0, 2)).toMatchObject([
      { resourceType, action: 'remove', name: type.name, before: { expression: type.expression } },
      { resourceType, action: 'create', name: type.name, after: { expression: type.expression } },
    ]);
  });

  test('need catalog:write to be written and catalog:read to be read', async () => {
    const keyWith = async (scopes: string[]) => {
      const key = { name: 'scoped', kind: 'secret', scopes };
      return api.with((await api.admin.post(`/v1/providers/${provider}/api-keys`).send(key).expect(201)).body.token);
    };
    const reader = await keyWith(['catalog:read']);
    await reader.get(at).expect(200);
    expectProblem(await reader.post(at).send(type), 403, 'out_of_scope');
    await (await keyWith(['catalog:write'])).post(at).send(type).expect(201);
    expectProblem(await (await keyWith(['quotes'])).get(`${at}/${type.name}`), 403, 'out_of_scope');
  });

  test('are refused with the place of every mistake', async () => {
    const wrong = {
      name: 'No Slug',
      title: '',
      parameters: { type: 'object' },
      expression: 'x'.repeat(4001),
      surprise: 1,
    };
    const schema = expectProblem(await as.post(at).send(wrong), 422);
    expect(pointersOf(schema)?.sort()).toEqual(['/expression', '/name', '/surprise', '/title']);
    const senseless = { ...type, parameters: { type: 'array' }, expression: '1 +' };
    const problem = expectProblem(await as.post(at).send(senseless), 422);
    expect(pointersOf(problem)).toEqual(['/parameters/type', '/expression']);
    expect((problem.errors as { detail: string }[])[1]?.detail).toMatch(/^line 1, column 4: /);
  });

  test.each([
    [{ properties: { a: { $ref: 'https://example.com/s' } } }, '/parameters/properties/a/$ref'],
    [{ properties: { a: { $ref: '#/properties/b' } } }, '/parameters/properties/a/$ref'],
    [{ $id: 'https://example.com/s' }, '/parameters/$id'],
    [{ $defs: { a: { $ref: '#/$defs/a' } }, properties: { a: { $ref: '#/$defs/a' } } }, '/parameters'],
    [{ properties: { a: { type: 'text' } } }, '/parameters/properties/a/type'],
    [{ properties: { a: { pattern: '(' } } }, '/parameters'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, '/parameters/$schema'],
  ])('have a JSON Schema that stands for itself: %j', async (schema, pointer) => {
    const body = { ...type, parameters: { type: 'object', ...schema } };
    expect(pointersOf(expectProblem(await as.post(at).send(body), 422))).toContain(pointer);
  });
});

describe('a type in use', () => {
  test('a type in use stays and keeps its name, and the refusal names its users', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    const big = use('big-cart', { amount: '20.00' });
    await promote([big], { name: 'Sale', key: 'sale', status: 'archived' }).expect(201);
    await as
      .post('/v1/discounts')
      .send({ ...TEN_PERCENT, name: 'Own', conditions: [big] })
      .expect(201);
    const usedBy = [
      { resource: 'promotion', id: expect.any(String), key: 'sale', name: 'Sale' },
      { resource: 'discount', id: expect.any(String), name: 'Own' },
    ];
    const path = '/v1/condition-types/big-cart';
    const problem = expectProblem(await as.delete(path), 409, 'type_in_use');
    expect(problem).toMatchObject({ usedBy });
    expect(problem.detail).toContain('promotion "Sale"');
    expect(expectProblem(await as.patch(path).send({ name: 'other' }), 409, 'type_in_use')).toMatchObject({ usedBy });
    await as.patch(path).send({ title: 'Another title' }).expect(200);
  });

  test('a type in use takes no schema by which its uses would be wrong', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    await promote([use('big-cart', { amount: '20.00' })], { name: 'Fits' }).expect(201);
    const path = '/v1/condition-types/big-cart';
    const stricter = { ...BIG_CART, parameters: asking({ amount: DECIMAL, currency: { type: 'string' } }) };
    expect(expectProblem(await as.put(path).send(stricter), 409, 'type_in_use')).toMatchObject({
      usedBy: [{ resource: 'promotion', name: 'Fits' }],
    });
    const looser = asking({ amount: { type: 'string' } });
    await as
      .put(path)
      .send({ ...BIG_CART, parameters: looser })
      .expect(200);
  });

  test('a type in use that is changed changes every quote at once, and their digest', async () => {
    await as.post('/v1/condition-types').send(BIG_CART).expect(201);
    await promote([use('big-cart', { amount: '20.00' })]).expect(201);
    const before = await quoted(cart());
    await as
      .patch('/v1/condition-types/big-cart')
      .send({ expression: 'false', parameters: { required: null } })
      .expect(200);
    const after = await quoted(cart());
    expect([before.totals.total, after.totals.total]).toEqual(['18.00', '20.00']);
    expect(after.digest).not.toBe(before.digest);
  });
});
