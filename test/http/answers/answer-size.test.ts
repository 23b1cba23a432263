import { type Api, startApi } from '../../support/api';
import { expectProblem } from '../../support/problem';

const MOST_BYTES = 8 * 1_048_576;
const value = { type: 'percent', percent: '0.1' };

describe('the size of an answer', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
    await api.createProvider('north', { settings: { combination: 'sum' } });
  });
  afterAll(() => api.drop());

  test('a quote whose text would be over 8 MiB is refused, and its order is not redeemed', async () => {
    const as = api.as('north');
    const discounts = Array.from({ length: 200 }, (_, index) => ({ name: `D${index}`, value }));
    const promotion = (await as.post('/v1/promotions').send({ name: 'Many', discounts }).expect(201)).body.id;
    const cart = (count: number) => ({
      currency: 'EUR',
      lines: Array.from({ length: count }, (_, index) => ({ id: `${index}`, serviceType: 'vps', unitPrice: '100.00' })),
    });
    const fits = await as.post('/v1/quote').send(cart(50)).expect(200);
    expect(fits.text.length).toBeLessThan(MOST_BYTES);
    expectProblem(await as.post('/v1/quote').send(cart(500)), 422, 'answer_too_large');
    const order = { orderId: 'order-1', quote: cart(350) };
    expectProblem(await as.post('/v1/redemptions').send(order), 422, 'answer_too_large');
    expect((await as.get('/v1/redemptions').expect(200)).body.items).toEqual([]);
    await as.patch(`/v1/promotions/${promotion}`).send({ status: 'archived' }).expect(200);
  });

  test('explanations are refused before they are as large as memory', async () => {
    const as = api.as('north');
    const groups = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(200, 'x'));
    const conditions = Array(200).fill({ type: 'customer_group', groups });
    for (let index = 0; index < 6; index++) {
      await as
        .post('/v1/promotions')
        .send({ name: `P${index}`, conditions, discounts: [{ name: 'D', value }] })
        .expect(201);
    }
    const lines = [{ id: '1', serviceType: 'vps', unitPrice: '1.00' }];
    const explained = { currency: 'EUR', lines, customer: { groups: groups.map((group) => `${group.slice(0, -1)}y`) } };
    expectProblem(await as.post('/v1/quote').send({ ...explained, explain: 'candidates' }), 422, 'answer_too_large');
    await as.post('/v1/quote').send(explained).expect(200);
  });

  test('a list whose entries are large has fewer of them, and goes on where it was cut', async () => {
    await api.createProvider('south');
    const as = api.as('south');
    const terms = Array.from({ length: 1_000 }, (_, index) => `${index}`.padEnd(145, 'x'));
    const selector = { serviceTypes: terms, plans: terms, planGroups: terms, addons: terms, tags: terms, periods: [] };
    for (let index = 0; index < 13; index++) {
      await as
        .post('/v1/discounts')
        .send({ name: `D${index}`, value, selector })
        .expect(201);
    }
    const first = await as.get('/v1/discounts?limit=200').expect(200);
    expect(first.text.length).toBeLessThanOrEqual(MOST_BYTES);
    expect(first.body.items.length).toBeGreaterThan(9);
    const rest = await as.get(`/v1/discounts?limit=200&cursor=${first.body.nextCursor}`).expect(200);
    expect(rest.body).not.toHaveProperty('nextCursor');
    const names = [...first.body.items, ...rest.body.items].map(({ name }: { name: string }) => name);
    expect(names).toEqual(Array.from({ length: 13 }, (_, index) => `D${index}`));
  });

  test('a promotion that could not be read back is not written', async () => {
    await api.createProvider('west');
    const as = api.as('west');
    const { id } = (await as.post('/v1/promotions').send({ name: 'Large' }).expect(201)).body;
    const terms = Array.from({ length: 1_000 }, (_, index) => `${index}`.padEnd(190, 'x'));
    const discount = {
      promotionId: id,
      value,
      selector: { plans: terms, planGroups: terms, tags: terms, addons: terms },
    };
    const save = (index: number) => as.post('/v1/discounts').send({ ...discount, name: `D${index}` });
    for (let index = 0; index < 10; index++) await save(index).expect(201);
    expectProblem(await save(10), 422, 'answer_too_large');
    expect((await as.get(`/v1/promotions/${id}`).expect(200)).body.discounts).toHaveLength(10);
  });
});
