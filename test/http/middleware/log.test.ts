import { ADMIN_KEY, type Api, startApi } from '../../support/api';

describe('the log', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north');
  });
  afterAll(() => api.drop());
  beforeEach(() => {
    api.logged.length = 0;
  });

  test('the log has one line per request with its id, path, status and time', async () => {
    await api.as('north').get('/v1/tags?q=fast').set('X-Request-Id', 'order-1').expect(200);
    expect(api.logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        req: { id: 'order-1', method: 'GET', path: '/v1/tags' },
        res: { status: 200 },
        responseTime: expect.any(Number),
      }),
    ]);
  });

  test('the log says for which provider a request was, by which key, in which trace, and with which problem it was answered', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const token = await api.createKey('north', 'secret');
    api.logged.length = 0;
    await api
      .with(token)
      .post('/v1/quote')
      .set('traceparent', `00-${traceId}-00f067aa0ba902b7-01`)
      .send({})
      .expect(422);
    await api.as('north').get('/v1/tags').set('traceparent', 'nonsense').expect(200);
    await api.http.get('/health').expect(200);
    const [quoted, listed, health] = api.logged.map((line) => JSON.parse(line));
    expect(quoted).toMatchObject({
      provider: 'north',
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
      problem: 'invalid_request',
      traceId,
    });
    expect(listed).toMatchObject({ provider: 'north', key: 'admin' });
    for (const line of [listed, health]) {
      expect('problem' in line).toBe(false);
      expect('traceId' in line).toBe(false);
    }
    expect('provider' in health || 'key' in health).toBe(false);
  });

  test('the log has no key, no code, no customer and no body', async () => {
    const token = await api.createKey('north', 'secret');
    const cart = { currency: 'EUR', promoCodes: ['HUSH-HUSH'], customer: { id: 'customer-4711' }, lines: [] };
    await api.with(token).post('/v1/quote').set('Idempotency-Key', 'attempt-1').send(cart).expect(200);
    await api.with(token).get('/v1/promotions?promoCode=HUSH-HUSH').expect(200);
    await api
      .with(token)
      .post('/v1/quote')
      .send({ ...cart, currency: 'HUSH' })
      .expect(422);
    await api.http.get('/v1/tags').set('Authorization', 'Bearer wrong-key').expect(401);
    const all = api.logged.join('');
    expect(all).toContain('/v1/quote');
    for (const secret of [token, ADMIN_KEY, 'wrong-key', 'HUSH', 'customer-4711', 'attempt-1']) {
      expect(all).not.toContain(secret);
    }
  });

  test('the log names no code, order or customer of a path', async () => {
    const promotion = (await api.as('north').post('/v1/promotions').send({ name: 'P' }).expect(201)).body.id;
    const codes = `/v1/promotions/${promotion}/promo-codes`;
    await api.as('north').post(codes).send({ code: 'HUSH' }).expect(201);
    await api.as('north').get(`${codes}/key:HUSH`).expect(200);
    await api.as('north').get('/v1/redemptions/key:HUSH').expect(404);
    await api.as('north').get('/V1/promo-code/HUSH').expect(404);
    const paths = api.logged.map((line) => JSON.parse(line).req.path);
    expect(paths.slice(-3)).toEqual(['/v1/promotions/{id}/promo-codes/{codeId}', '/v1/redemptions/{id}', '/v1/other']);
    expect(api.logged.join('')).not.toContain('HUSH');
  });

  test('the log says what went wrong on our side, without the rows', async () => {
    await api.db.raw(`alter table tags add constraint no_such_tag check (description <> 'HUSH')`);
    const answer = await api.as('north').post('/v1/tags').send({ name: 'fast', description: 'HUSH' });
    expect(answer.status).toBe(500);
    const line = api.logged.map((text) => JSON.parse(text)).find(({ err }) => err);
    expect(line).toMatchObject({
      level: 50,
      requestId: answer.headers['x-request-id'],
      err: { code: '23514', message: expect.stringContaining('no_such_tag'), stack: expect.any(String) },
    });
    expect(api.logged.join('')).not.toContain('HUSH');
  });
});
