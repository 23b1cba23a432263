import { gzipSync } from 'node:zlib';
import { type Api, startApi } from '../support/api';
import { expectProblem } from '../support/problem';

const NORTH = { id: 'north', name: 'North', timeZone: 'UTC', defaultLanguage: 'en' };

describe('the wire', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
  });
  const post = (body: string, type = 'application/json') =>
    api.admin.post('/v1/providers').set('Content-Type', type).send(body);

  test.each(['{', '{"id":}', "{'id':'a'}", '[1,]', ''.padEnd(3, ' ')])('400: %j is not JSON', async (body) => {
    expectProblem(await post(body), 400, 'malformed_json');
  });

  test('400: a path that cannot be decoded', async () => {
    expectProblem(await api.admin.get('/v1/providers/%zz'), 400);
  });

  test.each([
    undefined,
    'Basic YTpi',
    'Bearer',
    'Bearer not-a-key',
    'Bearer ob_sec_unknown',
  ])('401: %s lets nobody in', async (authorization) => {
    const asked = api.http.get('/v1/providers');
    const answer = await (authorization === undefined ? asked : asked.set('Authorization', authorization));
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  });

  test.each(['/nothing', '/v1', '/v2/providers', '/v1/provider', '/v1/providers/a/b/c'])('404: %s', async (path) => {
    expectProblem(await api.admin.get(path), 404, 'not_found');
  });

  test('405: a known path says what it takes', async () => {
    const answer = await api.admin.put('/v1/providers').send(NORTH);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.allow?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
  });

  test('OPTIONS says what a path takes', async () => {
    const answer = await api.http.options('/v1/providers/north').expect(204);
    expect(answer.headers.allow?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'PUT']);
  });

  test('406: the answer is JSON', async () => {
    expectProblem(await api.admin.get('/v1/providers').set('Accept', 'text/html'), 406, 'not_acceptable');
    await api.admin.get('/v1/providers').set('Accept', 'text/html, */*;q=0.1').expect(200);
  });

  test('413: a body of 1 MiB is read, a longer one is not', async () => {
    const text = (length: number) => JSON.stringify({ ...NORTH, name: 'x'.repeat(length) });
    const overhead = text(0).length;
    const longest = await post(text(1024 * 1024 - overhead));
    expect(expectProblem(longest, 422).errors).toMatchObject([{ pointer: '/name', code: 'max_length' }]);
    expectProblem(await post(text(1024 * 1024 - overhead + 1)), 413, 'body_too_large');
  });

  test('413: what unpacks to more than 1 MiB', async () => {
    const packed = gzipSync(JSON.stringify({ ...NORTH, name: 'x'.repeat(2_000_000) }));
    const answer = await api.admin
      .post('/v1/providers')
      .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
      .serialize((body) => body)
      .send(packed);
    expectProblem(answer, 413, 'body_too_large');
  });

  test.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
  ])('415: %s is not JSON', async (type) => {
    expectProblem(await post(JSON.stringify(NORTH), type), 415, 'unsupported_media_type');
  });

  test('415: a character set or an encoding that is not understood', async () => {
    expectProblem(await post(JSON.stringify(NORTH), 'application/json; charset=latin1'), 415, 'unsupported_charset');
    const packed = api.admin.post('/v1/providers').set('Content-Encoding', 'compress').send(NORTH);
    expectProblem(await packed, 415, 'unsupported_encoding');
  });

  test('422: no body is an empty one', async () => {
    const { errors } = expectProblem(await api.admin.post('/v1/providers'), 422);
    expect(errors).toContainEqual({ pointer: '/id', code: 'required', detail: expect.any(String) });
  });

  test.each(['null', '[]', '"text"', '1', 'true'])('422: %s is not an object', async (body) => {
    expect(expectProblem(await post(body), 422).errors).toMatchObject([{ pointer: '', code: 'type' }]);
  });

  test('422: every error, not the first', async () => {
    const answer = await post(JSON.stringify({ id: 'A', timeZone: 1, colour: 'red', settings: { maxOffers: -1 } }));
    const { errors } = expectProblem(answer, 422) as { errors: { pointer: string; code: string }[] };
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/colour unknown_property',
      '/defaultLanguage required',
      '/id pattern',
      '/name required',
      '/settings/maxOffers minimum',
      '/timeZone type',
    ]);
  });

  test.each([
    ['limit=0', '/query/limit', 'minimum'],
    ['limit=201', '/query/limit', 'maximum'],
    ['limit=ten', '/query/limit', 'type'],
    ['limit=1.5', '/query/limit', 'type'],
    ['limit=1&limit=2', '/query/limit', 'type'],
    ['limit=', '/query/limit', 'type'],
    ['cursor=', '/query/cursor', 'min_length'],
    ['cursor=%20', '/query/cursor', 'cursor'],
    ['cursor=AA', '/query/cursor', 'cursor'],
    ['colour=red', '/query/colour', 'unknown_parameter'],
    ['__proto__=1', '/query/__proto__', 'unknown_parameter'],
  ])('422: the query %s', async (query, pointer, code) => {
    const answer = await api.admin.get(`/v1/providers?${query}`);
    expect(expectProblem(answer, 422).errors).toMatchObject([{ pointer, code }]);
  });

  test('422: a path with what cannot be stored', async () => {
    const answer = await api.admin.get('/v1/providers/a%00b');
    expect(expectProblem(answer, 422).errors).toMatchObject([{ pointer: '/path/id', code: 'characters' }]);
  });

  test.each(['\\u0000', '\\ud800', '\\udc00x'])('422: the characters %s', async (characters) => {
    const inValue = await post(`{"id":"north","name":"a${characters}b"}`);
    expect(expectProblem(inValue, 422).errors).toMatchObject([{ pointer: '/name', code: 'characters' }]);
    const inName = await post(`{"id":"north","${characters}":1}`);
    expect(expectProblem(inName, 422).errors).toMatchObject([{ pointer: '', code: 'characters' }]);
  });

  test('422: a body nested deeper than 64 levels, in no time', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const answer = await post(nested(100_000));
    expect(expectProblem(answer, 422).errors).toMatchObject([{ code: 'too_deep' }]);
    expect(expectProblem(await post(nested(64)), 422).errors).toContainEqual(
      expect.objectContaining({ pointer: '/a', code: 'unknown_property' }),
    );
  });

  test('a hostile name of a property does no harm', async () => {
    const answer = await post('{"__proto__":{"admin":true},"constructor":1,"id":"north"}');
    const { errors } = expectProblem(answer, 422) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(['/__proto__', '/constructor']));
    expect({}).not.toHaveProperty('admin');
  });

  test('the wire at most 50 errors are listed', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`p${n}`, n]));
    const { errors } = expectProblem(await post(JSON.stringify(unknown)), 422) as { errors: unknown[] };
    expect(errors).toHaveLength(50);
  });

  test('a sane request id comes back, any other is replaced', async () => {
    const sent = await api.admin.get('/v1/providers').set('X-Request-Id', 'order-4711');
    expect(sent.headers['x-request-id']).toBe('order-4711');
    const made = await api.admin.get('/v1/providers').set('X-Request-Id', 'a b"c');
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    const refused = await api.admin.get('/v1/nothing').set('X-Request-Id', 'order-4712');
    expect(expectProblem(refused, 404).requestId).toBe('order-4712');
  });

  test('nothing tells what the service is made of', async () => {
    const { headers } = await api.admin.get('/v1/providers');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).toHaveProperty('content-security-policy');
  });

  test('health, readiness, metrics and the document need no key', async () => {
    expect((await api.http.get('/health').expect(200)).body).toEqual({ status: 'ok' });
    expect((await api.http.get('/ready').expect(200)).body).toEqual({ status: 'ok' });
    expect((await api.http.get('/openapi.json').expect(200)).body.openapi).toBe('3.1.1');
    await api.http.get('/v1/providers/nobody');
    const { text } = await api.http.get('/metrics').expect(200);
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/v1/providers/{id}",status="401"} 1',
    );
    expect(text).toContain('offerbook_database_connections{state="used"}');
  });
});

describe('without its database', () => {
  test('503 with Retry-After and no internals; the process still lives', async () => {
    const api = await startApi();
    await api.createProvider('north');
    const token = await api.createKey('north', 'secret');
    try {
      await api.disconnect();
      await api.http.get('/health').expect(200);
      for (const answer of [
        await api.http.get('/ready'),
        await api.admin.get('/v1/providers'),
        await api.http.get('/v1/providers').set('Authorization', `Bearer ${token}`),
      ]) {
        expectProblem(answer, 503, 'unavailable');
        expect(answer.headers['retry-after']).toMatch(/^\d+$/);
        expect(JSON.stringify(answer.body)).not.toMatch(/postgres|socket|ECONN|select/i);
      }
    } finally {
      await api.drop();
    }
  });
});

describe('with a rate limit', () => {
  test('429 with Retry-After for the key that asks too often, and for no other', async () => {
    const api = await startApi({ rateLimit: 3 });
    try {
      for (let n = 0; n < 3; n++) await api.admin.get('/v1/providers').expect(200);
      const answer = await api.admin.get('/v1/providers');
      expectProblem(answer, 429, 'too_many_requests');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expectProblem(await api.http.get('/v1/providers').set('Authorization', 'Bearer other'), 401);
      await api.http.get('/health').expect(200);
    } finally {
      await api.drop();
    }
  });
});
