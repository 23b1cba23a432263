import type { Agent } from 'supertest';
import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';

const CART = { currency: 'EUR', lines: [] };

describe('who may do what', () => {
  let api: Api;
  let secret: Agent;
  let publishable: Agent;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north');
    await api.createProvider('south');
    secret = api.with(await api.createKey('north', 'secret'));
    publishable = api.with(await api.createKey('north', 'publishable'));
  });
  afterAll(() => api.drop());

  test.each([
    ['GET', '/v1/providers'],
    ['POST', '/v1/providers'],
    ['GET', '/v1/providers/north'],
    ['PUT', '/v1/providers/north'],
    ['PATCH', '/v1/providers/north'],
    ['DELETE', '/v1/providers/north'],
    ['GET', '/v1/providers/north/api-keys'],
    ['POST', '/v1/providers/north/api-keys'],
    ['GET', '/v1/providers/north/api-keys/1'],
    ['DELETE', '/v1/providers/north/api-keys/1'],
  ])('only the admin key may %s %s', async (method, path) => {
    const ask = (agent: Agent) => agent[method.toLowerCase() as 'get'](path);
    expectProblem(await ask(api.http), 401, 'unauthorized');
    expectProblem(await ask(secret), 403, 'forbidden');
    expectProblem(await ask(publishable), 403, 'forbidden');
  });

  test.each([
    ['GET', '/v1/tags'],
    ['POST', '/v1/tags'],
    ['GET', '/v1/promotions'],
    ['POST', '/v1/promotions'],
    ['GET', '/v1/plans/vps-s'],
    ['DELETE', '/v1/discounts/1'],
    ['PUT', '/v1/related-products/1'],
    ['PATCH', '/v1/upgrade-paths/1'],
  ])('a publishable key may not %s %s', async (method, path) => {
    expectProblem(await publishable[method.toLowerCase() as 'get'](path), 403, 'forbidden');
  });

  test('all three kinds may quote', async () => {
    for (const agent of [api.as('north'), secret, publishable]) {
      expect((await agent.post('/v1/quote').send(CART).expect(200)).body).toMatchObject({ currency: 'EUR', lines: [] });
    }
  });

  test.each([
    ['at', { at: '2026-11-21T12:00:00Z' }],
    ['draft', { draft: {} }],
    ['explain all', { explain: 'all' }],
    ['a bad at', { at: 1 }],
  ])('a publishable key may not send %s', async (_title, fields) => {
    expectProblem(await publishable.post('/v1/quote').send({ ...CART, ...fields }), 403, 'forbidden');
    const asSecret = await secret.post('/v1/quote').send({ ...CART, ...fields });
    expect([200, 422]).toContain(asSecret.status);
  });

  test.each(['codes', 'candidates'])('a publishable key may ask to explain %s', async (explain) => {
    await publishable
      .post('/v1/quote')
      .send({ ...CART, explain })
      .expect(200);
  });

  test('a publishable key with a body that is no object is told so', async () => {
    for (const body of ['null', '[]', '"at"', '1']) {
      const answer = await publishable.post('/v1/quote').set('Content-Type', 'application/json').send(body);
      expectProblem(answer, 422);
    }
  });

  test('the admin key says for which provider it acts', async () => {
    const missing = await api.admin.post('/v1/quote').send(CART);
    expect(expectProblem(missing, 422, 'provider_required').errors).toMatchObject([
      { pointer: '/headers/Offerbook-Provider', code: 'required' },
    ]);
    expectProblem(await api.as('west').post('/v1/quote').send(CART), 404, 'provider_not_found');
  });

  test('other keys ignore the header', async () => {
    await secret.post('/v1/tags').set('Offerbook-Provider', 'south').send({ name: 'mine' }).expect(201);
    const names = async (provider: string) =>
      (await api.as(provider).get('/v1/tags')).body.items.map(({ name }: { name: string }) => name);
    expect(await names('north')).toEqual(['mine']);
    expect(await names('south')).toEqual([]);
  });

  test('a key is read whatever the case of the scheme, and only as a whole', async () => {
    const token = await api.createKey('north', 'secret');
    const quote = (authorization: string) => api.http.post('/v1/quote').set('Authorization', authorization).send(CART);
    await quote(`bearer ${token}`).expect(200);
    expectProblem(await quote(`Bearer ${token}x`), 401);
    expectProblem(await quote(`Bearer ${token.slice(0, -1)}`), 401);
  });
});

describe('quotes from web pages', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north');
  });
  afterAll(() => api.drop());
  const preflight = (path: string) =>
    api.http.options(path).set({ Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' });

  test('a browser may ask for a quote with a key and a JSON body', async () => {
    const { headers } = await preflight('/v1/quote').expect(204);
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-methods': 'POST' });
    expect(headers['access-control-allow-headers']?.toLowerCase().split(', ').sort()).toEqual([
      'authorization',
      'content-type',
      'idempotency-key',
      'offerbook-catalog-version',
    ]);
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('a page can read the answer, a refusal too', async () => {
    const agent = api.with(await api.createKey('north', 'publishable'));
    const answer = await agent.post('/v1/quote').set('Origin', 'https://shop.example').send(CART).expect(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    const refusal = await api.http.post('/v1/quote').set('Origin', 'https://shop.example').send(CART);
    expectProblem(refusal, 401);
    expect(refusal.headers['access-control-allow-origin']).toBe('*');
  });

  test.each(['/v1/promotions', '/v1/providers', '/v1/tags'])('nothing else is for browsers: %s', async (path) => {
    const answer = await preflight(path);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    const read = await api.as('north').get(path).set('Origin', 'https://shop.example').expect(200);
    expect(read.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
