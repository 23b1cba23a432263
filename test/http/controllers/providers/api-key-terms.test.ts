import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';

const CART = { currency: 'EUR', lines: [] };
const MINUTE = 60_000;

describe('what an API key is given', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north');
  });
  afterAll(() => api.drop());
  const KEYS = '/v1/providers/north/api-keys';

  const create = async (fields: object) =>
    (
      await api.admin
        .post(KEYS)
        .send({ name: 'Key', ...fields })
        .expect(201)
    ).body;
  const quote = (token: string, origin?: string) => {
    const asked = api.with(token).post('/v1/quote');
    return origin === undefined ? asked.send(CART) : asked.set('Origin', origin).send(CART);
  };

  test('everything that it is given is read back', async () => {
    const given = {
      name: 'Shop',
      kind: 'publishable',
      expiresAt: '2999-01-01T00:00:00Z',
      allowedOrigins: ['https://shop.example', 'http://localhost:8080', 'capacitor://localhost'],
      rateLimit: 60,
    };
    const { token, id } = await create(given);
    expect(token).toMatch(/^ob_pub_/);
    expect((await api.admin.get(`${KEYS}/${id}`)).body).toMatchObject(given);
  });

  test.each([
    ['secret', { allowedOrigins: ['https://shop.example'] }, '/allowedOrigins', 'not_allowed'],
    ['publishable', { scopes: ['quotes'] }, '/scopes', 'not_allowed'],
    ['publishable', { allowedOrigins: [] }, '/allowedOrigins', 'min_items'],
    ['publishable', { allowedOrigins: ['https://a.example', 'https://Shop.example'] }, '/allowedOrigins/1', 'origin'],
    ['publishable', { allowedOrigins: ['https://shop.example:443'] }, '/allowedOrigins/0', 'origin'],
    ['publishable', { allowedOrigins: ['https://shop.example/'] }, '/allowedOrigins/0', 'pattern'],
    ['publishable', { allowedOrigins: ['shop.example'] }, '/allowedOrigins/0', 'pattern'],
    ['publishable', { allowedOrigins: ['*'] }, '/allowedOrigins/0', 'pattern'],
    ['secret', { scopes: ['everything'] }, '/scopes/0', 'enum'],
    ['secret', { rateLimit: -1 }, '/rateLimit', 'minimum'],
    ['secret', { expiresAt: 'tomorrow' }, '/expiresAt', 'format'],
  ])('a %s key with %j is refused', async (kind, fields, pointer, code) => {
    const answer = await api.admin.post(KEYS).send({ name: 'Key', kind, ...fields });
    expect(expectProblem(answer, 422).errors).toMatchObject([{ pointer, code }]);
  });

  test('an origin that browsers write in another way is answered with that way', async () => {
    const answer = await api.admin
      .post(KEYS)
      .send({ name: 'Key', kind: 'publishable', allowedOrigins: ['https://Bücher.example:443'] });
    expect(answer.body.errors[0].detail).toBe('must be an origin as browsers send it: https://xn--bcher-kva.example');
  });

  test('a key works until it expires', async () => {
    const { token } = await create({ kind: 'secret', expiresAt: new Date(Date.now() + 5 * MINUTE).toISOString() });
    await quote(token).expect(200);
    api.advance(5 * MINUTE);
    const answer = await quote(token);
    expect(expectProblem(answer, 401, 'unauthorized').detail).toBe('This key has expired.');
    expect(answer.headers['www-authenticate']).toContain('invalid_token');
  });

  test('a page of an origin that is not listed is refused, and cannot read why', async () => {
    const { token } = await create({
      kind: 'publishable',
      allowedOrigins: ['https://shop.example', 'https://shop.example:8443'],
    });
    for (const origin of ['https://shop.example', 'https://shop.example:8443']) {
      const { headers } = await quote(token, origin).expect(200);
      expect(headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
    }
    for (const origin of ['https://evil.example', 'http://shop.example', 'https://shop.example:444', 'null']) {
      const answer = await quote(token, origin);
      expectProblem(answer, 403, 'origin_not_allowed');
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      expect(answer.headers).not.toHaveProperty('access-control-expose-headers');
    }
    await quote(token).expect(200);
  });

  test('a refusal of the body can be read by a page that is listed', async () => {
    const { token } = await create({ kind: 'publishable', allowedOrigins: ['https://shop.example'] });
    const answer = await api.with(token).post('/v1/quote').set('Origin', 'https://shop.example').send({ lines: 1 });
    expectProblem(answer, 422);
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
  });

  test.each<[string, [string, string, boolean][]]>([
    [
      'quotes',
      [
        ['post', '/v1/quote', true],
        ['get', '/v1/promotions', false],
        ['post', '/v1/redemptions', false],
        ['get', '/v1/catalog', false],
      ],
    ],
    [
      'redemptions',
      [
        ['post', '/v1/quote', false],
        ['get', '/v1/redemptions', true],
        ['post', '/v1/redemptions/1/cancel', true],
        ['get', '/v1/promotions', false],
      ],
    ],
    [
      'catalog:read',
      [
        ['get', '/v1/promotions', true],
        ['get', '/V1/Promotions/', true],
        ['head', '/v1/tags', true],
        ['get', '/v1/condition-types', true],
        ['get', '/v1/audit-log', true],
        ['get', '/v1/catalog', true],
        ['post', '/v1/tags', false],
        ['put', '/v1/catalog', false],
        ['delete', '/v1/plans/1', false],
        ['post', '/v1/quote', false],
      ],
    ],
    [
      'catalog:write',
      [
        ['get', '/v1/promotions', true],
        ['post', '/v1/tags', true],
        ['delete', '/v1/plans/1', true],
        ['get', '/v1/redemptions', false],
      ],
    ],
    [
      'reports',
      [
        ['get', '/v1/redemptions', false],
        ['get', '/v1/promotions', false],
      ],
    ],
    ['webhooks', [['get', '/v1/promotions', false]]],
  ])('a key for %s may do that and nothing else', async (scope, requests) => {
    const { token } = await create({ kind: 'secret', scopes: [scope] });
    for (const [method, path, may] of requests) {
      const answer = await api.with(token)[method as 'get'](path);
      const found = answer.status === 403 && (method === 'head' || answer.body.code === 'out_of_scope');
      expect([method, path, !found]).toEqual([method, path, may]);
    }
  });

  test('no scope opens providers and keys', async () => {
    const { token } = await create({ kind: 'secret', scopes: ['catalog:write', 'redemptions', 'quotes'] });
    expectProblem(await api.with(token).get('/v1/providers'), 403, 'forbidden');
    expectProblem(await api.with(token).get(KEYS), 403, 'forbidden');
  });

  test('a use is noted, at most once a minute', async () => {
    const { token, id } = await create({ kind: 'secret' });
    const read = async () => (await api.admin.get(`${KEYS}/${id}`)).body;
    expect(await read()).not.toHaveProperty('lastUsedAt');
    await quote(token).expect(200);
    const { lastUsedAt, version } = await read();
    expect(Date.parse(lastUsedAt)).toBeGreaterThan(0);
    api.advance(MINUTE / 2);
    await quote(token).expect(200);
    expect((await read()).lastUsedAt).toBe(lastUsedAt);
    api.advance(MINUTE);
    await quote(token).expect(200);
    const later = await read();
    expect(Date.parse(later.lastUsedAt) - Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(MINUTE);
    expect((await api.admin.get(KEYS)).body.items.find((key: { id: string }) => key.id === id)).toEqual(later);
    expect(later.version).toBe(version);
  });

  test('noting a use reaches the database, and changes no version of the provider', async () => {
    const { token, id } = await create({ kind: 'secret' });
    const versions = async () => (await api.db('providers').where({ id: 'north' }).first()).keys_version;
    const before = await versions();
    await quote(token).expect(200);
    const written = async () => (await api.db('api_keys').where({ id }).first()).last_used_at;
    while ((await written()) === null) await new Promise((done) => setTimeout(done, 10));
    expect(await versions()).toBe(before);
  });

  test('a patch holds at once, for a key that is in use too', async () => {
    const { token, id } = await create({ kind: 'secret' });
    const tags = () => api.with(token).get('/v1/tags');
    await tags().expect(200);
    const patched = await api.admin.patch(`${KEYS}/${id}`).send({ name: 'Checkout', scopes: ['quotes'] });
    expect(patched.body).toMatchObject({ name: 'Checkout', scopes: ['quotes'], version: 2 });
    expect(patched.headers.etag).toBe('"2"');
    expectProblem(await tags(), 403, 'out_of_scope');
    await api.admin.patch(`${KEYS}/${id}`).send({ scopes: null, expiresAt: '2020-01-01T00:00:00Z' }).expect(200);
    expectProblem(await tags(), 401);
    await api.admin.patch(`${KEYS}/${id}`).send({ expiresAt: null }).expect(200);
    await tags().expect(200);
  });

  test('a patch is checked as a whole, and expects the version that it names', async () => {
    const { id } = await create({ kind: 'secret' });
    const patch = (body: object) => api.admin.patch(`${KEYS}/${id}`).send(body);
    expect(expectProblem(await patch({ kind: 'publishable' }), 422).errors).toMatchObject([
      { pointer: '/kind', code: 'kind_fixed' },
    ]);
    expect(expectProblem(await patch({ allowedOrigins: ['https://a.example'] }), 422).errors).toMatchObject([
      { pointer: '/allowedOrigins', code: 'not_allowed' },
    ]);
    expectProblem(await patch({ name: null }), 422);
    expectProblem(await patch({ name: 'New' }).set('If-Match', '"7"'), 412);
    expectProblem(await api.admin.patch(`${KEYS}/none`).send({}), 404);
  });

  test('what was read can be sent back', async () => {
    const { token, ...key } = await create({ kind: 'secret', scopes: ['quotes'] });
    await quote(token).expect(200);
    const { body } = await api.admin.get(`${KEYS}/${key.id}`);
    expect(body).toHaveProperty('lastUsedAt');
    const saved = await api.admin.patch(`${KEYS}/${key.id}`).send(body).expect(200);
    expect(saved.body).toMatchObject({ ...key, version: 2, updatedAt: expect.any(String) });
  });

  test('a rotated key has a new token; the old one works for the overlap', async () => {
    const { token: first, id } = await create({ kind: 'publishable', rateLimit: 100 });
    await quote(first).expect(200);
    const rotate = (overlapSeconds: number) => api.admin.post(`${KEYS}/${id}/rotate`).send({ overlapSeconds });
    const { body, headers } = await rotate(600).expect(200);
    expect(body).toMatchObject({ id, kind: 'publishable', rateLimit: 100, version: 2 });
    expect(body.token).toMatch(/^ob_pub_[\w-]{43}$/);
    expect(headers.etag).toBe('"2"');
    for (const token of [first, body.token]) await quote(token).expect(200);
    const third = (await rotate(0).expect(200)).body.token;
    await quote(first).expect(200);
    expectProblem(await quote(body.token), 401);
    api.advance(10 * MINUTE);
    expectProblem(await quote(first), 401);
    await quote(third).expect(200);
    expectProblem(await rotate(604_801), 422);
    expectProblem(await rotate(-1), 422);
  });

  test('an overlap does not outlive the key', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const { token, id } = await create({ kind: 'secret', expiresAt: soon });
    await api.admin.post(`${KEYS}/${id}/rotate`).send({ overlapSeconds: 600_000 }).expect(200);
    await api.admin.patch(`${KEYS}/${id}`).send({ expiresAt: '2020-01-01T00:00:00Z' }).expect(200);
    expectProblem(await quote(token), 401);
    await api.admin.delete(`${KEYS}/${id}`).expect(204);
    expectProblem(await quote(token), 401);
    expect(await api.db('retired_tokens').where({ key_id: id })).toEqual([]);
  });

  test('what an API key is given changes and rotations are in the audit log, tokens are not', async () => {
    const { id, token } = await create({ kind: 'secret' });
    await api.admin.patch(`${KEYS}/${id}`).send({ name: 'Changed' }).expect(200);
    const rotated = await api.admin.post(`${KEYS}/${id}/rotate`).send({ overlapSeconds: 0 }).expect(200);
    const { body } = await api.as('north').get(`/v1/audit-log?resourceId=${id}`).expect(200);
    expect(body.items.map(({ action }: { action: string }) => action).toSorted()).toEqual(['create', 'patch', 'patch']);
    expect(JSON.stringify(body)).not.toContain(token);
    expect(JSON.stringify(body)).not.toContain(rotated.body.token);
  });
});
