import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { behavesAsResource } from '../../../support/resource';

const owners = [
  ['promotions', { name: 'Owner', key: 'owner' }],
  ['discounts', { name: 'Owner', key: 'owner', value: { type: 'percent', percent: '10' } }],
  ['related-products', { name: 'Owner', key: 'owner', action: { function: 'service.order' } }],
] as const;

describe.each(owners)('conditions of %s', (collection, owner) => {
  behavesAsResource({
    path: `/v1/${collection}/key:owner/conditions`,
    prepare: (as) => as.post(`/v1/${collection}`).send(owner).expect(201),
    body: (n) => ({ type: 'order_count', comparison: 'gte', count: n, group: 'loyal', negate: true }),
    answer: (n) => ({ type: 'order_count', comparison: 'gte', count: n, group: 'loyal', negate: true }),
    // A condition that a write leaves as it was keeps its version.
    change: (n) => ({ count: 100 + n }),
    patch: { body: { count: 9, group: null }, changes: { count: 9, group: undefined } },
    invalid: {
      body: { type: 'order_count', comparison: 'about', surprise: 1 },
      pointers: ['/comparison', '/count', '/surprise'],
    },
  });
});

describe.each(owners)('a condition and its owner in %s', (collection, owner) => {
  let api: Api;
  let as: Agent;
  const path = `/v1/${collection}/key:owner`;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    await api.db('providers').delete();
    as = api.as(await api.createProvider('north'));
    await as
      .post(`/v1/${collection}`)
      .send({ ...owner, conditions: [{ type: 'promo_code' }] })
      .expect(201);
  });

  test('one by one there are no more conditions than in one piece', async () => {
    const conditions = Array(200).fill({ type: 'promo_code' });
    await as.patch(path).send({ conditions }).expect(200);
    const refused = expectProblem(await as.post(`${path}/conditions`).send({ type: 'new_customer' }), 422);
    expect(refused.errors).toMatchObject([{ code: 'max_items' }]);
  });

  test('every write of the one is a write of the other', async () => {
    const created = (await as.post(`${path}/conditions`).send({ type: 'time_window', from: '10:00' }).expect(201)).body;
    expect((await as.get(path).expect(200)).body).toMatchObject({
      version: 2,
      conditions: [{ type: 'promo_code', version: 1 }, created],
    });
    await as.patch(`${path}/conditions/${created.id}`).send({ to: '12:00' }).expect(200);
    await as.put(`${path}/conditions/${created.id}`).send({ type: 'new_customer' }).expect(200);
    expect((await as.get(path).expect(200)).body).toMatchObject({
      version: 4,
      conditions: [
        { type: 'promo_code', version: 1 },
        { id: created.id, type: 'new_customer', version: 3 },
      ],
    });
    await as.delete(`${path}/conditions/${created.id}`).expect(204);
    expect((await as.get(path).expect(200)).body).toMatchObject({ version: 5, conditions: [{ type: 'promo_code' }] });
  });

  test('an id in the body names no other condition', async () => {
    const [existing] = (await as.get(path).expect(200)).body.conditions;
    const created = (await as.post(`${path}/conditions`).send({ type: 'new_customer', id: existing.id }).expect(201))
      .body;
    expect(created.id).not.toBe(existing.id);
    await as.put(`${path}/conditions/${created.id}`).send({ type: 'promo_code', id: existing.id }).expect(200);
    const { items } = (await as.get(`${path}/conditions`).expect(200)).body;
    expect(items).toMatchObject([
      { id: existing.id, version: 1 },
      { id: created.id, type: 'promo_code' },
    ]);
  });

  test('what the schema cannot say is pointed at', async () => {
    const { errors } = expectProblem(await as.post(`${path}/conditions`).send({ type: 'time_window' }), 422);
    expect(errors).toMatchObject([{ pointer: '', code: 'empty_time_window' }]);
  });

  test('an owner that does not exist has none', async () => {
    expectProblem(await as.get(`/v1/${collection}/nobody/conditions`), 404, 'not_found');
    expectProblem(await as.post(`/v1/${collection}/nobody/conditions`).send({ type: 'promo_code' }), 404, 'not_found');
  });
});
