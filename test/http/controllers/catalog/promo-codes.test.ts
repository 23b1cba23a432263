import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { leaveRedemption } from '../../../support/redemption';
import { behavesAsResource } from '../../../support/resource';

const createPromotion = (as: Agent) => as.post('/v1/promotions').send({ name: 'Summer', key: 'summer' }).expect(201);
const PATH = '/v1/promotions/key:summer/promo-codes';

describe('promo codes', () => {
  behavesAsResource({
    path: PATH,
    prepare: createPromotion,
    body: (n) => ({
      code: ` Sun-${n} `,
      startsAt: '2026-06-01T00:00:00Z',
      endsAt: '2026-09-01T00:00:00Z',
      maxRedemptions: 10,
      maxRedemptionsPerCustomer: 1,
      customerId: 'c-1',
    }),
    answer: (n) => ({
      promotionId: expect.any(String),
      code: `Sun-${n}`,
      status: 'active',
      startsAt: '2026-06-01T00:00:00Z',
      endsAt: '2026-09-01T00:00:00Z',
      maxRedemptions: 10,
      maxRedemptionsPerCustomer: 1,
      customerId: 'c-1',
      redemptions: 0,
    }),
    patch: {
      body: { status: 'paused', customerId: null, startsAt: null },
      changes: { status: 'paused', customerId: undefined, startsAt: undefined },
    },
    invalid: {
      body: { code: '  ', maxRedemptions: 0, maxRedemptionsPerCustomer: 1e300, customerId: '' },
      pointers: ['/code', '/customerId', '/maxRedemptions', '/maxRedemptionsPerCustomer'],
    },
    taken: 'code_taken',
  });
});

describe('promo codes in particular', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('usage_counters').delete();
    await api.db('redemptions').delete();
    await api.db('providers').delete();
    as = api.as(await api.createProvider('north'));
    await createPromotion(as);
  });
  const create = async (body: object) => (await as.post(PATH).send(body).expect(201)).body;

  test('a code is taken in every case and across promotions', async () => {
    await create({ code: 'SUN' });
    await as.post('/v1/promotions').send({ name: 'Other', key: 'other' }).expect(201);
    expectProblem(await as.post('/v1/promotions/key:other/promo-codes').send({ code: ' sun ' }), 409, 'code_taken');
    const { id } = await create({ code: 'MOON' });
    expectProblem(await as.patch(`${PATH}/${id}`).send({ code: 'Sun' }), 409, 'code_taken');
  });

  test('promo codes in particular addressed by the code itself, but only under its own promotion', async () => {
    const { id } = await create({ code: 'SUN' });
    expect((await as.get(`${PATH}/key:sun`).expect(200)).body.id).toBe(id);
    await as.post('/v1/promotions').send({ name: 'Other', key: 'other' }).expect(201);
    expectProblem(await as.get(`/v1/promotions/key:other/promo-codes/${id}`), 404, 'not_found');
    expectProblem(await as.delete(`/v1/promotions/key:other/promo-codes/${id}`), 404, 'not_found');
    expectProblem(await as.get('/v1/promotions/nobody/promo-codes'), 404, 'not_found');
    expectProblem(await as.post('/v1/promotions/nobody/promo-codes').send({ code: 'X' }), 404, 'not_found');
  });

  test('a window that ends before it starts is refused', async () => {
    const window = { startsAt: '2026-06-01T00:00:00Z', endsAt: '2026-05-01T00:00:00Z' };
    for (const answer of [
      await as.post(PATH).send({ code: 'SUN', ...window }),
      await as.post(`${PATH}/generate`).send({ count: 1, ...window }),
    ]) {
      expect(expectProblem(answer, 422).errors).toMatchObject([{ pointer: '/endsAt', code: 'window_empty' }]);
    }
  });

  test('listed by status and part of the code', async () => {
    await create({ code: 'SUN-1' });
    await create({ code: 'SUN-2', status: 'paused' });
    await create({ code: 'MOON' });
    const codes = async (query: object) =>
      (await as.get(PATH).query(query).expect(200)).body.items.map(({ code }: { code: string }) => code);
    expect(await codes({ q: 'sun' })).toEqual(['SUN-1', 'SUN-2']);
    expect(await codes({ status: 'paused' })).toEqual(['SUN-2']);
    expect(await codes({ q: '-' })).toEqual(['SUN-1', 'SUN-2']);
  });

  test('promo codes in particular uses are counted, live holds included, expired ones not', async () => {
    const { id } = await create({ code: 'SUN' });
    const use = { kind: 'code', subject: id } as const;
    await leaveRedemption(api.db, 'north', use);
    await leaveRedemption(api.db, 'north', use, { status: 'held', expiresAt: new Date(Date.now() + 60_000) });
    await leaveRedemption(api.db, 'north', use, { status: 'held', expiresAt: new Date(Date.now() - 1_000) });
    expect((await as.get(`${PATH}/${id}`).expect(200)).body.redemptions).toBe(2);
    expect((await as.get(PATH).expect(200)).body.items).toMatchObject([{ redemptions: 2 }]);
    expect((await as.patch(`${PATH}/${id}`).send({ status: 'paused' }).expect(200)).body.redemptions).toBe(2);
    expectProblem(await as.delete(`${PATH}/${id}`), 409, 'promo_code_redeemed');
  });

  test('generated codes fit the pattern, differ, and have what was asked for', async () => {
    const { items } = (
      await as.post(`${PATH}/generate`).send({ count: 3000, pattern: 'SALE-########', maxRedemptions: 1 }).expect(201)
    ).body;
    expect(items).toHaveLength(3000);
    expect(new Set(items.map(({ code }: { code: string }) => code)).size).toBe(3000);
    for (const item of items) {
      expect(item.code).toMatch(/^SALE-[2-9A-HJ-NP-Z]{9}$/);
      expect(item).toMatchObject({ maxRedemptions: 1, status: 'active', version: 1, redemptions: 0 });
    }
    expect((await as.get(`${PATH}/${items[2999].id}`).expect(200)).body).toMatchObject(items[2999]);
    const listed = (await as.get(PATH).query({ limit: 200 }).expect(200)).body.items;
    expect(listed).toEqual(items.slice(0, 200));
  });

  test('a pattern has as many places as it says until its codes could be guessed', async () => {
    const codes = async (count: number, pattern: string): Promise<string[]> =>
      (await as.post(`${PATH}/generate`).send({ count, pattern }).expect(201)).body.items.map(
        ({ code }: { code: string }) => code,
      );
    // 32^6 is a little more than a billion: room for one code.
    expect(await codes(1, 'A-######-Z')).toEqual([expect.stringMatching(/^A-.{6}-Z$/)]);
    for (const code of await codes(2, 'A-######-Z')) expect(code).toMatch(/^A-.{7}-Z$/);
    for (const code of await codes(1000, 'SALE-########')) expect(code).toMatch(/^SALE-.{8}$/);
    for (const code of await codes(1000, 'sale-########')) expect(code).toMatch(/^sale-.{9}$/);
  });

  test('a pattern whose codes could be guessed is refused, and nothing is made', async () => {
    for (const [count, pattern] of [
      [1, 'VIP-##'],
      [1, 'FIXED'],
      [100_000, '#####'],
      [2, `${'x'.repeat(94)}######`],
    ] as const) {
      const answer = await as.post(`${PATH}/generate`).send({ count, pattern });
      expect(expectProblem(answer, 422, 'pattern_too_small').errors).toMatchObject([{ pointer: '/pattern' }]);
    }
    expect((await as.get(PATH).expect(200)).body.items).toEqual([]);
  });

  test.each([
    { count: 0 },
    { count: 100_001 },
    { count: 1, pattern: ' ' },
    {},
    { count: 1, code: 'A' },
  ])('422 for %j', async (body) => {
    expectProblem(await as.post(`${PATH}/generate`).send(body), 422);
  });

  test('100,000 codes in one call, and all of them as CSV', async () => {
    const generated = await as.post(`${PATH}/generate`).send({ count: 100_000, pattern: 'BULK-########' });
    expect(generated.status).toBe(201);
    expect(generated.body.items).toHaveLength(100_000);
    const csv = await as.get('/v1/promotions/key:summer/promo-codes.csv').expect(200);
    const lines = csv.text.split('\r\n');
    expect(lines).toHaveLength(100_002);
    expect(new Set(lines).size).toBe(100_002);
    expect(lines[1]).toBe(`"${generated.body.items[0].code}","active","","","","","","0",""`);
    expect(lines[100_000]).toContain(generated.body.items[99_999].code);
  });

  test('CSV is quoted, says what it is, and runs no formulas', async () => {
    await create({ code: '=1+1', customerId: 'a "quoted", name' });
    await create({ code: 'PLAIN', startsAt: '2026-06-01T00:00:00Z', maxRedemptions: 5 });
    const { text, headers } = await as.get('/v1/promotions/key:summer/promo-codes.csv').expect(200);
    expect(headers['content-type']).toMatch(/^text\/csv/);
    expect(headers['content-disposition']).toBe('attachment; filename=promo-codes.csv');
    expect(text).toBe(
      [
        '"code","status","startsAt","endsAt","maxRedemptions","maxRedemptionsPerCustomer","customerId","redemptions","batch"',
        `"'=1+1","active","","","","","a ""quoted"", name","0",""`,
        '"PLAIN","active","2026-06-01T00:00:00Z","","5","","","0",""',
        '',
      ].join('\r\n'),
    );
    for (const sign of ['-', '+', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
      await create({ code: `C${sign.codePointAt(0)}`, customerId: `${sign}1+1` });
      const { text } = await as.get('/v1/promotions/key:summer/promo-codes.csv').expect(200);
      expect(text).toContain(`"'${sign}1+1"`);
    }
    const south = api.as(await api.createProvider('south'));
    expectProblem(await south.get('/v1/promotions/key:summer/promo-codes.csv'), 404, 'not_found');
    expectProblem(await api.http.get('/v1/promotions/key:summer/promo-codes.csv'), 401);
  });
});
