import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';

describe('API keys', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north');
    await api.createProvider('south');
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('api_keys').delete();
  });
  const KEYS = '/v1/providers/north/api-keys';

  test('the token is shown once and stored as a hash', async () => {
    const answer = await api.admin.post(KEYS).send({ name: 'Shop', kind: 'publishable' }).expect(201);
    const { token, ...key } = answer.body;
    expect(token).toMatch(/^ob_pub_[\w-]{43}$/);
    expect(key).toEqual({
      id: expect.any(String),
      name: 'Shop',
      kind: 'publishable',
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(answer.headers).toMatchObject({ location: `${KEYS}/${key.id}`, etag: '"1"' });
    expect((await api.admin.get(answer.headers.location as string).expect(200)).body).toEqual(key);
    expect((await api.admin.get(KEYS).expect(200)).body).toEqual({ items: [key] });
    const rows = await api.db('api_keys');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows).toHaveLength(1);
  });

  test('keys are listed in the order of their creation', async () => {
    for (const name of ['b', 'a', 'c']) await api.admin.post(KEYS).send({ name, kind: 'secret' }).expect(201);
    const first = await api.admin.get(`${KEYS}?limit=2`);
    const second = await api.admin.get(`${KEYS}?limit=2&cursor=${first.body.nextCursor}`);
    const names = [...first.body.items, ...second.body.items].map(({ name }: { name: string }) => name);
    expect(names).toEqual(['b', 'a', 'c']);
    expect(second.body).not.toHaveProperty('nextCursor');
  });

  test('a revoked key stops working at once', async () => {
    const { body } = await api.admin.post(KEYS).send({ name: 'Shop', kind: 'secret' });
    const use = () => api.http.get('/v1/providers').set('Authorization', `Bearer ${body.token}`);
    expectProblem(await use(), 403);
    await api.admin.delete(`${KEYS}/${body.id}`).expect(204);
    expectProblem(await use(), 401);
    expectProblem(await api.admin.delete(`${KEYS}/${body.id}`), 404);
  });

  test('a key of another provider does not exist', async () => {
    const { body } = await api.admin.post(KEYS).send({ name: 'Shop', kind: 'secret' });
    const elsewhere = `/v1/providers/south/api-keys/${body.id}`;
    expectProblem(await api.admin.get(elsewhere), 404);
    expectProblem(await api.admin.delete(elsewhere), 404);
    expect((await api.admin.get('/v1/providers/south/api-keys')).body).toEqual({ items: [] });
  });

  test('a provider that does not exist has no keys', async () => {
    expectProblem(await api.admin.get('/v1/providers/west/api-keys'), 404);
    expectProblem(await api.admin.post('/v1/providers/west/api-keys').send({ name: 'Shop', kind: 'secret' }), 404);
  });

  test('a write expects the version that it names', async () => {
    const { body } = await api.admin.post(KEYS).send({ name: 'Shop', kind: 'secret' });
    expectProblem(await api.admin.delete(`${KEYS}/${body.id}`).set('If-Match', '"2"'), 412);
  });

  test('an admin key cannot be made', async () => {
    const answer = await api.admin.post(KEYS).send({ name: 'Shop', kind: 'admin' });
    expect(expectProblem(answer, 422).errors).toMatchObject([{ pointer: '/kind', code: 'enum' }]);
  });
});
