import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { cart, cartOf, redeem, totalOf } from '../../../support/redeem';

const HALF = { name: 'Half', value: { type: 'percent', percent: '50' }, validity: { unit: 'month', length: 3 } };

describe('what customers were promised survives every edit', () => {
  let api: Api;
  let as: Agent;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    as = api.as(await api.createProvider());
  });

  const body = (discounts: object[] = [HALF]) => ({
    name: 'Spring',
    conditions: [{ type: 'cart_has_service', selector: { actions: ['order'] } }],
    discounts,
  });
  const create = async (input: object = body()) => (await as.post('/v1/promotions').send(input).expect(201)).body;
  const renewal = cartOf('anna', {
    lines: [{ id: 'line', serviceType: 'hosting', unitPrice: '100.00', action: 'renewal' }],
  });
  const keep = async () => expect((await redeem(as, cartOf('anna'))).body.quote.totals.total).toBe('50.00');
  const put = async (id: string, input: object) => (await as.put(`/v1/promotions/${id}`).send(input).expect(200)).body;

  test('PUT with the body that it was created with keeps the discount, and so does PATCH', async () => {
    const { id, discounts } = await create();
    await keep();
    const [written] = (await put(id, body())).discounts;
    expect(written).toMatchObject({ id: discounts[0].id, version: 1 });
    const patch = { discounts: [{ ...HALF, note: 'again' }] };
    const patched = (await as.patch(`/v1/promotions/${id}`).send(patch).expect(200)).body;
    expect(patched.discounts).toMatchObject([{ id: discounts[0].id, note: 'again', version: 2 }]);
    expect(await totalOf(as, renewal)).toBe('50.00');
  });

  test('a discount is recognised by its id, else by its key, else by its name', async () => {
    const { id, discounts } = await create(
      body([
        { ...HALF, name: 'A', key: 'a' },
        { ...HALF, name: 'B' },
        { ...HALF, name: 'C' },
      ]),
    );
    const [a, b, c] = discounts.map((discount: { id: string }) => discount.id);
    const written = await put(
      id,
      body([
        { ...HALF, name: 'B', key: 'b' },
        { ...HALF, name: 'Renamed', id: c },
        { ...HALF, name: 'C', key: 'a' },
        { ...HALF, name: 'C' },
      ]),
    );
    expect(written.discounts.map((discount: { id: string }) => discount.id).slice(0, 3)).toEqual([b, c, a]);
    expect([a, b, c]).not.toContain(written.discounts[3].id);
    // Two keys are two discounts, whatever their names are; an id of another catalog says nothing.
    const again = await put(
      id,
      body([
        { ...HALF, name: 'C', key: 'z' },
        { ...HALF, name: 'B', id: 'unknown' },
      ]),
    );
    expect(again.discounts[1].id).toBe(b);
    expect([a, b, c]).not.toContain(again.discounts[0].id);
  });

  test('what customers were promised survives every edit of several of a name one that is not archived comes first, then the oldest', async () => {
    const { id, discounts } = await create(body([{ ...HALF, status: 'archived' }, HALF, HALF]));
    const written = await put(id, body([HALF]));
    expect(written.discounts.map((discount: { id: string }) => discount.id)).toEqual([discounts[1].id]);
  });

  test('a redeemed discount that is left out is archived, another one is removed', async () => {
    const { id, discounts } = await create();
    await keep();
    await put(id, body([HALF, { ...HALF, name: 'Not redeemed', priority: 5 }]));
    const emptied = await put(id, body([]));
    expect(emptied.discounts).toMatchObject([{ id: discounts[0].id, status: 'archived', version: 2 }]);
    expect(await totalOf(as, renewal)).toBe('50.00');
    expect(await totalOf(as, cartOf('ben'))).toBe('100.00');
    // What is archived already stays as it is, and comes back when it is named again.
    expect((await put(id, body([]))).discounts).toMatchObject([{ version: 2 }]);
    expect((await put(id, body())).discounts).toMatchObject([{ id: discounts[0].id, status: 'active' }]);
  });

  test('a redeemed discount cannot be removed, nested or global, although its redemption was cancelled', async () => {
    const { discounts } = await create();
    const global = { name: 'Global', value: { type: 'amount_off', amounts: { EUR: '1.00' } }, priority: -1 };
    const other = (await as.post('/v1/discounts').send(global).expect(201)).body.id;
    await as.delete(`/v1/discounts/${(await as.post('/v1/discounts').send(global).expect(201)).body.id}`).expect(204);
    for (const quote of [
      cartOf('anna'),
      cart({ lines: [{ id: 'a', serviceType: 'x', unitPrice: '9.00', action: 'renewal' }] }),
    ]) {
      const { id } = (await redeem(as, quote)).body;
      await as.post(`/v1/redemptions/${id}/cancel`).expect(200);
    }
    expectProblem(await as.delete(`/v1/discounts/${discounts[0].id}`), 409, 'discount_redeemed');
    expectProblem(await as.delete(`/v1/discounts/${other}`), 409, 'discount_redeemed');
  });

  test('discounts of one promotion may exchange their keys', async () => {
    const two = (first: string, second: string) =>
      body([
        { ...HALF, name: 'A', key: first },
        { ...HALF, name: 'B', key: second },
      ]);
    const { id, discounts } = await create(two('x', 'y'));
    const [a, b] = discounts;
    const input = two('y', 'x');
    const written = await put(id, {
      ...input,
      discounts: input.discounts.map((discount, index) => ({ ...discount, id: [a.id, b.id][index] })),
    });
    expect(written.discounts).toMatchObject([
      { id: a.id, key: 'y' },
      { id: b.id, key: 'x' },
    ]);
  });

  test('whoever is first, removal or redemption, no grant is left without its discount', async () => {
    for (let round = 0; round < 8; round++) {
      const global = { ...HALF, name: `Global ${round}` };
      const { id } = (await as.post('/v1/discounts').send(global).expect(201)).body;
      const customer = `customer-${round}`;
      const [redeemed, removed] = await Promise.all([redeem(as, cartOf(customer)), as.delete(`/v1/discounts/${id}`)]);
      expect([redeemed.status, [204, 409].includes(removed.status)]).toEqual([201, true]);
      expect(redeemed.body.quote.totals.total).toBe(removed.status === 409 ? '50.00' : '100.00');
      expect(await totalOf(as, cartOf(customer))).toBe(removed.status === 409 ? '50.00' : '100.00');
      if (removed.status === 409) await as.patch(`/v1/discounts/${id}`).send({ status: 'archived' }).expect(200);
    }
  });
});

describe('the same name at the same time', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());

  const discount = { name: 'Ten', value: { type: 'percent', percent: '10' } };
  test.each([
    ['tags', 'name_taken', { name: 'premium' }],
    ['tags', 'key_taken', { key: 'premium' }],
    ['discounts', 'key_taken', { ...discount, key: 'ten' }],
  ])('the same name at the same time of 64 parallel %s one is created, the others are refused: %s', async (path, code, input) => {
    const as = api.as(await api.createProvider());
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) => as.post(`/v1/${path}`).send({ name: `name ${n}`, ...input })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 201) expectProblem(answer, 409, code);
  });
});
