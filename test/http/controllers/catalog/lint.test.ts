import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';

let api: Api;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  as = api.as(await api.createProvider());
});

const ten = { name: 'Ten', value: { type: 'percent', percent: '10' } };
const byCode = { type: 'promo_code' };

async function listed(query: object = {}): Promise<{ resource: string; id: string; code: string; pointer: string }[]> {
  return (await as.get('/v1/lint').query(query).expect(200)).body.items;
}

test('every way to write a promotion answers its warnings, and none of them is stored', async () => {
  const created = (
    await as
      .post('/v1/promotions')
      .send({ name: 'Spring', conditions: [byCode] })
      .expect(201)
  ).body;
  const warning = { code: 'code_condition_without_codes', pointer: '/conditions/0', detail: expect.any(String) };
  expect(created.warnings).toEqual([warning]);
  const at = `/v1/promotions/${created.id}`;
  const patched = (await as.patch(at).send({ note: 'Soon' }).expect(200)).body;
  expect(patched.warnings).toEqual([warning]);
  // An answer may be sent back as it is.
  const replaced = (await as.put(at).send(patched).expect(200)).body;
  expect(replaced.warnings).toEqual([warning]);
  const copied = (await as.post(`${at}/copy`).send({ name: 'Copy' }).expect(201)).body;
  expect(copied.warnings).toEqual([warning]);
  const [stored] = (await as.get('/v1/promotions').expect(200)).body.items;
  expect(stored).not.toHaveProperty('warnings');
  expect(stored.conditions[0]).not.toHaveProperty('warnings');
  const log = (await as.get('/v1/audit-log').expect(200)).body;
  expect(JSON.stringify(log)).not.toContain('warnings');
});

test('a condition is answered with the warnings that are about it, with pointers in it', async () => {
  const promotion = (
    await as
      .post('/v1/promotions')
      .send({ name: 'Spring', conditions: [byCode] })
      .expect(201)
  ).body;
  const at = `/v1/promotions/${promotion.id}/conditions`;
  const many = { type: 'cart_quantity', comparison: 'gte', count: 5 };
  const first = (await as.post(at).send(many).expect(201)).body;
  expect(first).not.toHaveProperty('warnings');
  const few = (
    await as
      .post(at)
      .send({ ...many, comparison: 'lt' })
      .expect(201)
  ).body;
  expect(few.warnings).toMatchObject([{ code: 'conditions_exclude_each_other', pointer: '' }]);
  // The other one of the two has it as well.
  const changed = (await as.patch(`${at}/${first.id}`).send({ count: 7 }).expect(200)).body;
  expect(changed.warnings).toMatchObject([{ code: 'conditions_exclude_each_other', pointer: '' }]);
  const mended = (await as.patch(`${at}/${first.id}`).send({ count: 2 }).expect(200)).body;
  expect(mended).not.toHaveProperty('warnings');
});

test('a discount of a promotion is looked at with its promotion, and answered with pointers in the discount', async () => {
  const promotion = { name: 'Spring', endsAt: '2030-01-01T00:00:00Z', discounts: [ten], conditions: [byCode] };
  const { id: promotionId } = (await as.post('/v1/promotions').send(promotion).expect(201)).body;
  const late = { ...ten, name: 'Late', promotionId, startsAt: '2031-01-01T00:00:00Z' };
  const created = (await as.post('/v1/discounts').send(late).expect(201)).body;
  expect(created.warnings).toMatchObject([{ code: 'outside_promotion_window', pointer: '/startsAt' }]);
  const condition = (await as.post(`/v1/discounts/${created.id}/conditions`).send(byCode).expect(201)).body;
  expect(condition.warnings).toMatchObject([{ code: 'code_condition_without_codes', pointer: '' }]);
  const early = (await as.patch(`/v1/discounts/${created.id}`).send({ startsAt: null, conditions: [] }).expect(200))
    .body;
  expect(early).not.toHaveProperty('warnings');
});

test('codes, related products and upgrade paths are looked at, too', async () => {
  const promotion = { name: 'Spring', conditions: [byCode], startsAt: '2030-01-01T00:00:00Z' };
  const { id } = (await as.post('/v1/promotions').send(promotion).expect(201)).body;
  const code = { code: 'A', maxRedemptions: 1, maxRedemptionsPerCustomer: 2, endsAt: '2030-01-01T00:00:00Z' };
  const created = (await as.post(`/v1/promotions/${id}/promo-codes`).send(code).expect(201)).body;
  expect(created.warnings.map(({ code: name, pointer }: { code: string; pointer: string }) => [name, pointer])).toEqual(
    [
      ['outside_promotion_window', '/endsAt'],
      ['per_customer_above_total', '/maxRedemptionsPerCustomer'],
    ],
  );
  const product = { name: 'Backup', action: { function: 'order' }, conditions: [byCode] };
  const offered = (await as.post('/v1/related-products').send(product).expect(201)).body;
  expect(offered.warnings).toMatchObject([{ code: 'code_condition_without_codes', pointer: '/conditions/0' }]);
  await as.post('/v1/tags').send({ name: 'm' }).expect(201);
  await as.post('/v1/tags').send({ name: 'y' }).expect(201);
  const path = {
    name: 'Up',
    texts: { en: { title: 'Up' } },
    sources: ['m'],
    targets: ['y'],
    transition: 'next_booking',
  };
  const { id: pathId } = (await as.post('/v1/upgrade-paths').send(path).expect(201)).body;
  expect((await listed()).map(({ resource, id: one, code: name }) => [resource, one, name])).toEqual([
    ['related_product', offered.id, 'code_condition_without_codes'],
    ['upgrade_path', pathId, 'tag_without_plan'],
    ['upgrade_path', pathId, 'tag_without_plan'],
    ['promo_code', created.id, 'outside_promotion_window'],
    ['promo_code', created.id, 'per_customer_above_total'],
  ]);
});

test('the list comes in parts of any size, each warning once', async () => {
  const impossible = { type: 'order_count', comparison: 'lt', count: 0 };
  for (const name of ['A', 'B', 'C']) {
    const { id } = (
      await as
        .post('/v1/promotions')
        .send({ name, conditions: [byCode, impossible, impossible] })
        .expect(201)
    ).body;
    if (name !== 'C') continue;
    for (const code of ['X', 'Y']) {
      const wrong = { code, maxRedemptions: 1, maxRedemptionsPerCustomer: 2 };
      await as.post(`/v1/promotions/${id}/promo-codes`).send(wrong).expect(201);
    }
  }
  const all = await listed();
  expect(all).toHaveLength(3 + 3 + 2 + 2);
  for (const limit of [1, 2, 3, 7]) {
    const parts: object[] = [];
    for (let cursor: string | undefined; ; ) {
      const { body } = await as
        .get('/v1/lint')
        .query({ limit, ...(cursor !== undefined && { cursor }) })
        .expect(200);
      parts.push(...body.items);
      cursor = body.nextCursor;
      if (cursor === undefined) break;
      expect(body.items).toHaveLength(limit);
    }
    expect(parts).toEqual(all);
  }
});

test('what is archived is not looked at, and an archived code is none', async () => {
  const { id } = (
    await as
      .post('/v1/promotions')
      .send({ name: 'Spring', conditions: [byCode] })
      .expect(201)
  ).body;
  const { id: codeId } = (await as.post(`/v1/promotions/${id}/promo-codes`).send({ code: 'A' }).expect(201)).body;
  expect(await listed()).toEqual([]);
  await as.patch(`/v1/promotions/${id}/promo-codes/${codeId}`).send({ status: 'archived' }).expect(200);
  expect(await listed()).toHaveLength(1);
  const archived = (await as.patch(`/v1/promotions/${id}`).send({ status: 'archived' }).expect(200)).body;
  expect(archived).not.toHaveProperty('warnings');
  expect(await listed()).toEqual([]);
});

test('a repeated write answers the warnings of the first one', async () => {
  const send = () =>
    as
      .post('/v1/promotions')
      .set('Idempotency-Key', 'once')
      .send({ name: 'Spring', conditions: [byCode] });
  const first = await send().expect(201);
  const { id } = first.body;
  await as.post(`/v1/promotions/${id}/promo-codes`).send({ code: 'A' }).expect(201);
  expect((await send().expect(201)).text).toBe(first.text);
  expect(first.body.warnings).toHaveLength(1);
});

test('a write and the list find the same rivals among many', async () => {
  for (let priority = 0; priority < 60; priority++) {
    const order = {
      ...ten,
      name: `Order ${priority}`,
      scope: 'order',
      selector: { serviceTypes: [`s${priority}`] },
      priority,
    };
    await as.post('/v1/discounts').send(order).expect(201);
  }
  const first = (
    await as
      .post('/v1/discounts')
      .send({ ...ten, scope: 'order', priority: 100 })
      .expect(201)
  ).body;
  expect(first).not.toHaveProperty('warnings');
  const last = (
    await as
      .post('/v1/discounts')
      .send({ ...ten, name: 'Last', scope: 'order' })
      .expect(201)
  ).body;
  expect(last.warnings).toMatchObject([{ code: 'order_discount_always_loses' }]);
  const losing = (await listed({ limit: 200 })).filter(({ code }) => code === 'order_discount_always_loses');
  expect(losing).toHaveLength(61);
  expect(losing.map(({ id }) => id)).not.toContain(first.id);
});
