import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';

const CART = { currency: 'EUR', lines: [{ id: 'a', serviceType: 'vps', unitPrice: '10.00' }] };
const MINUTE = 60_000;

describe('requests in a minute', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ rateLimit: 3, trustedProxies: 1 });
  });
  afterAll(() => api.drop());
  let provider: string;
  beforeEach(async () => {
    // The admin key has its limit, too.
    api.advance(MINUTE);
    provider = await api.createProvider();
    api.advance(MINUTE);
  });
  const quote = (token: string, address = '203.0.113.1', scheme = 'Bearer ') =>
    api.http
      .post('/v1/quote')
      .set({ Authorization: `${scheme}${token}`, 'X-Forwarded-For': address })
      .send(CART);

  test('requests in a minute are as many as are configured; the next one says when to come back', async () => {
    const token = await api.createKey(provider, 'secret');
    for (const left of [2, 1, 0]) {
      const { headers } = await quote(token).expect(200);
      expect(headers).toMatchObject({
        'ratelimit-policy': '"requests";q=3;w=60',
        ratelimit: expect.stringMatching(new RegExp(`^"requests";r=${left};t=(60|5\\d)$`)),
      });
    }
    const refused = await quote(token);
    expectProblem(refused, 429, 'too_many_requests');
    expect(refused.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^(60|59)$/),
      'ratelimit-policy': '"requests";q=3;w=60',
      ratelimit: expect.stringMatching(/^"requests";r=0;t=(60|59)$/),
    });
    api.advance(MINUTE);
    await quote(token).expect(200);
  });

  test('requests in a minute are counted by key, however it is written', async () => {
    const token = await api.createKey(provider, 'secret');
    for (const scheme of ['Bearer ', 'bearer ', 'Bearer    ']) await quote(token, '203.0.113.1', scheme).expect(200);
    for (const scheme of ['Bearer ', 'BEARER ', 'bearer     ']) {
      expectProblem(await quote(token, '203.0.113.2', scheme), 429);
    }
  });

  test('requests in a minute of a publishable key are counted for each visitor: one of them does not shut the shop', async () => {
    const token = await api.createKey(provider, 'publishable');
    for (let request = 0; request < 3; request++) await quote(token, '203.0.113.1').expect(200);
    expectProblem(await quote(token, '203.0.113.1'), 429);
    await quote(token, '203.0.113.2').expect(200);
    // What a visitor claims before what the proxy has seen is not believed.
    expectProblem(await quote(token, '198.51.100.7, 203.0.113.1'), 429);
  });

  test('requests in a minute can be read by a page that was refused', async () => {
    const token = await api.createKey(provider, 'publishable');
    for (let request = 0; request < 3; request++) await quote(token).expect(200);
    const { headers } = await quote(token).set('Origin', 'https://shop.example');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-expose-headers']).toContain('RateLimit, RateLimit-Policy');
  });

  test('requests in a minute of a key with a limit of its own are as many as that says', async () => {
    const make = async (rateLimit: number) =>
      (await api.admin.post(`/v1/providers/${provider}/api-keys`).send({ name: 'Own', kind: 'secret', rateLimit }))
        .body;
    const [one, all] = [await make(1), await make(0)];
    await quote(one.token).expect(200);
    expectProblem(await quote(one.token), 429);
    for (let request = 0; request < 10; request++) {
      expect((await quote(all.token).expect(200)).headers).not.toHaveProperty('ratelimit');
    }
  });

  test('requests in a minute count one for each cart', async () => {
    const token = await api.createKey(provider, 'secret');
    const quotes = (count: number) =>
      api
        .with(token)
        .post('/v1/quotes')
        .send({
          currency: 'EUR',
          quotes: Array.from({ length: count }, (_, id) => ({ id: String(id), lines: CART.lines })),
        });
    const { headers } = await quotes(2).expect(200);
    expect(headers.ratelimit).toMatch(/^"requests";r=1;/);
    expectProblem(await quotes(2), 429);
    // What was refused counts nothing.
    await quotes(1).expect(200);
    expectProblem(await quotes(1), 429);
  });

  test('requests in a minute of an address without a key that works are limited too, whatever it tries', async () => {
    for (let guess = 0; guess < 3; guess++) expectProblem(await quote(`guess-${guess}`, '203.0.113.50'), 401);
    for (let guess = 3; guess < 23; guess++) {
      const refused = await quote(`guess-${guess}`, '203.0.113.50');
      expectProblem(refused, 429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    expectProblem(await quote('', '203.0.113.50'), 429);
    expectProblem(await quote('guess', '203.0.113.51'), 401);
  });

  test('requests in a minute of a key that has worked go on from an address that somebody guesses at', async () => {
    const token = await api.createKey(provider, 'secret');
    await quote(token, '203.0.113.60').expect(200);
    for (let guess = 0; guess < 4; guess++) await quote(`guess-${guess}`, '203.0.113.60');
    await quote(token, '203.0.113.60').expect(200);
    // A key that nobody has seen from there might be the next guess.
    expectProblem(await quote(await api.createKey(provider, 'secret'), '203.0.113.60'), 429);
  });

  test('requests in a minute that need no key have no limit', async () => {
    for (let request = 0; request < 10; request++) await api.http.get('/health').expect(200);
  });
});

describe('unknown promo codes', () => {
  let api: Api;
  let token: string;
  beforeAll(async () => {
    api = await startApi({ trustedProxies: 1, codeGuesses: 5 });
    await api.createProvider('north');
    const north = api.as('north');
    const promotion = {
      name: 'Spring',
      conditions: [{ type: 'promo_code' }],
      discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }],
    };
    const { body } = await north.post('/v1/promotions').send(promotion).expect(201);
    await north.post(`/v1/promotions/${body.id}/promo-codes`).send({ code: 'SPRING' }).expect(201);
    await north.post(`/v1/promotions/${body.id}/promo-codes`).send({ code: 'OLD', status: 'paused' }).expect(201);
    token = await api.createKey('north', 'publishable');
  });
  afterAll(() => api.drop());
  let address = 0;
  beforeEach(() => {
    address += 1;
  });
  const ask = async (promoCodes: string[], from = `203.0.113.${address}`) => {
    const answer = await api
      .with(token)
      .post('/v1/quote')
      .set('X-Forwarded-For', from)
      .send({ ...CART, promoCodes });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const unknown = (count: number) => Array.from({ length: count }, (_, index) => `NONE-${address}-${index}`);

  test('unknown promo codes are limited by themselves: after so many different ones no code is looked up for ten minutes', async () => {
    expect((await ask(unknown(5))).promoCodes.map((code: object) => Object.keys(code))).toEqual(
      Array(5).fill(['code', 'status', 'reason']),
    );
    const { promoCodes, totals } = await ask(['SPRING']);
    expect(promoCodes).toEqual([
      { code: 'SPRING', status: 'declined', reason: 'promo_code_unknown', retryAfter: expect.any(Number) },
    ]);
    expect(promoCodes[0].retryAfter).toBeGreaterThan(590);
    expect(totals.total).toBe('10.00');
    const { text } = await api.http.get('/metrics');
    expect(text).toMatch(/^offerbook_promo_code_guesses_refused_total 1$/m);
    api.advance(10 * MINUTE);
    expect((await ask(['SPRING'])).promoCodes).toMatchObject([{ code: 'SPRING', status: 'applied' }]);
  });

  test('unknown promo codes count once each, in any spelling; known ones do not count, whatever becomes of them', async () => {
    for (let round = 0; round < 6; round++) {
      await ask(['none', 'NONE', ' None ']);
      await ask(['SPRING', 'OLD']);
    }
    expect((await ask(['SPRING'])).promoCodes).toMatchObject([{ status: 'applied' }]);
  });

  test('unknown promo codes of one visitor are nothing to the others', async () => {
    await ask(unknown(5));
    expect((await ask(['SPRING'], '198.51.100.1')).promoCodes).toMatchObject([{ status: 'applied' }]);
  });

  test('unknown promo codes in one request are looked up as far as the limit goes', async () => {
    const { promoCodes } = await ask([...unknown(6), 'SPRING']);
    expect(promoCodes.map((code: { retryAfter?: number }) => code.retryAfter !== undefined)).toEqual([
      ...Array(5).fill(false),
      true,
      true,
    ]);
  });

  test('sent at once find out no more than one after the other', async () => {
    const tries = [...unknown(40), 'SPRING'].map((code) => ask([code]));
    const found = (await Promise.all(tries)).flatMap(({ promoCodes }) => promoCodes);
    expect(found.filter(({ retryAfter }: { retryAfter?: number }) => retryAfter === undefined).length).toBe(5);
  });

  test('unknown promo codes are limited in many carts at once, too', async () => {
    const quotes = [{ id: '1', lines: CART.lines }];
    const answer = await api
      .with(token)
      .post('/v1/quotes')
      .set('X-Forwarded-For', `203.0.113.${address}`)
      .send({ currency: 'EUR', promoCodes: unknown(5), quotes })
      .expect(200);
    expect(answer.body.items[0].quote.promoCodes).toHaveLength(5);
    expect((await ask(['SPRING'])).promoCodes).toMatchObject([{ retryAfter: expect.any(Number) }]);
  });

  test('unknown promo codes of a platform that passes on what its customers enter are not limited', async () => {
    const secret = api.with(await api.createKey('north', 'secret'));
    for (const promoCodes of [unknown(30), ['SPRING']]) {
      const { body } = await secret.post('/v1/quote').send({ ...CART, promoCodes });
      expect(JSON.stringify(body.promoCodes)).not.toContain('retryAfter');
    }
  });
});
