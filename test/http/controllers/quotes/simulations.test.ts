import { pino } from 'pino';
import type { Agent } from 'supertest';
import { RulebookCache } from '../../../../src/services/caching/rulebook-cache';
import { Simulator } from '../../../../src/services/simulating/simulator';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';

let api: Api;
let as: Agent;
let provider: string;
let orders = 0;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  await api.db('simulations').delete();
  provider = await api.createProvider();
  as = api.as(provider);
});

const percent = (percentage: string) => ({ name: `${percentage} %`, value: { type: 'percent', percent: percentage } });
const SPAN = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

function simulator(): Simulator {
  return new Simulator({ db: api.db, log: pino({ level: 'silent' }), rulebooks: new RulebookCache({ bytes: 1e8 }) });
}

async function redeem(unitPrice: string, more: object = {}): Promise<string> {
  const quote = { currency: 'EUR', lines: [{ id: 'a', serviceType: 'hosting', unitPrice }], ...more };
  const { body } = await as
    .post('/v1/redemptions')
    .send({ orderId: `order-${++orders}`, quote })
    .expect(201);
  return body.id;
}

async function simulate(draft: object, more: object = {}) {
  const created = await as
    .post('/v1/simulations')
    .send({ draft, ...SPAN, ...more })
    .expect(202);
  expect(created.body).toMatchObject({ status: 'queued', progress: { done: 0 } });
  await simulator().round();
  return (await as.get(created.headers.location as string).expect(200)).body;
}

test('orders are priced by the stored rules and with the draft', async () => {
  const promotion = { key: 'sale', name: 'Sale', discounts: [percent('10')] };
  const { id } = (await as.post('/v1/promotions').send(promotion).expect(201)).body;
  const [first, second] = [await redeem('100.00'), await redeem('50.00', { currency: 'USD' })];
  const simulation = await simulate({ promotions: [{ ...promotion, discounts: [percent('25')] }] });
  expect(simulation).toMatchObject({
    status: 'done',
    ...SPAN,
    progress: { done: 2, of: 2 },
    result: {
      orders: 2,
      changed: 2,
      refused: 0,
      discountBefore: { EUR: '10.00', USD: '5.00' },
      discountAfter: { EUR: '25.00', USD: '12.50' },
      byPromotion: [
        {
          promotionId: id,
          name: 'Sale',
          ordersBefore: 2,
          ordersAfter: 2,
          discountBefore: { EUR: '10.00', USD: '5.00' },
          discountAfter: { EUR: '25.00', USD: '12.50' },
        },
      ],
      examples: [
        {
          redemptionId: first,
          currency: 'EUR',
          before: { discount: '10.00', total: '90.00' },
          after: { discount: '25.00', total: '75.00' },
        },
        { redemptionId: second, currency: 'USD' },
      ],
    },
  });
  expect((await as.get('/v1/promotions/key:sale').expect(200)).body.discounts[0].value.percent).toBe('10');
});

test('an order is replayed at its own instant, and as if nobody had used the limits', async () => {
  const limits = { total: 1 };
  const sale = { key: 'sale', name: 'Sale', limits, conditions: [{ type: 'promo_code' }], discounts: [percent('10')] };
  const { id } = (await as.post('/v1/promotions').send(sale).expect(201)).body;
  await as.post(`/v1/promotions/${id}/promo-codes`).send({ code: 'A', maxRedemptions: 1 }).expect(201);
  await redeem('100.00', { promoCodes: ['a'], at: '2026-01-10T00:00:00Z' });
  await redeem('100.00', { promoCodes: ['a'], at: '2026-02-10T00:00:00Z' });
  const { result } = await simulate({ promotions: [{ ...sale, endsAt: '2026-02-01T00:00:00Z' }] });
  expect(result).toMatchObject({
    changed: 1,
    discountBefore: { EUR: '20.00' },
    discountAfter: { EUR: '10.00' },
  });
});

test('only orders that stand, of the time and of the promotions, are replayed', async () => {
  const sale = { name: 'Sale', conditions: [{ type: 'cart_total', comparison: 'gte', amounts: { EUR: '100.00' } }] };
  const { id } = (
    await as
      .post('/v1/promotions')
      .send({ ...sale, discounts: [percent('10')] })
      .expect(201)
  ).body;
  await redeem('100.00');
  await redeem('20.00');
  const cancelled = await redeem('300.00');
  await as.post(`/v1/redemptions/${cancelled}/cancel`).expect(200);
  expect((await simulate({})).result.orders).toBe(2);
  expect((await simulate({}, { promotionIds: [id] })).result).toMatchObject({ orders: 1, changed: 0 });
  expect((await simulate({}, { to: '2020-01-02T00:00:00Z' })).result.orders).toBe(0);
});

test('what the rules refuse today is counted apart', async () => {
  const subscription = {
    id: 's',
    tags: ['monthly'],
    price: '10.00',
    currency: 'EUR',
    interval: { unit: 'month', length: 1 },
    startedAt: '2025-01-01T00:00:00Z',
    nextBookingAt: '2030-01-01T00:00:00Z',
  };
  for (const name of ['monthly', 'yearly']) await as.post('/v1/tags').send({ name }).expect(201);
  const path = {
    name: 'Up',
    texts: { en: { title: 'Up' } },
    sources: ['monthly'],
    targets: ['yearly'],
    transition: 'next_booking',
  };
  await as
    .post('/v1/upgrade-paths')
    .send({ key: 'up', ...path })
    .expect(201);
  const lines = [{ id: 'a', serviceType: 'news', unitPrice: '100.00', tags: ['yearly'] }];
  await redeem('1.00', {
    lines,
    subscriptions: [subscription],
    transitions: [{ lineId: 'a', subscriptionId: 's', choice: 'convert' }],
  });
  const { result } = await simulate({ upgradePaths: [{ key: 'up', ...path, status: 'paused' }] });
  expect(result).toMatchObject({ orders: 0, refused: 1 });
});

test('a simulation goes on from what was saved when its process has died, and counts nothing twice', async () => {
  const { id } = (
    await as
      .post('/v1/promotions')
      .send({ key: 'sale', name: 'Sale', discounts: [percent('10')] })
      .expect(201)
  ).body;
  for (let n = 0; n < 3; n++) await redeem('100.00');
  const created = (
    await as
      .post('/v1/simulations')
      .send({ draft: { promotions: [{ id, name: 'Sale', discounts: [percent('20')] }] }, ...SPAN })
      .expect(202)
  ).body;
  await simulator().round();
  const whole = (await as.get(`/v1/simulations/${created.id}`).expect(200)).body.result;
  // As a process leaves it that ended after the first order.
  const again = (
    await as
      .post('/v1/simulations')
      .send({
        draft: { promotions: [{ id, name: 'Sale', discounts: [percent('20')] }] },
        ...SPAN,
        to: '2099-01-01T00:00:00Z',
      })
      .expect(202)
  ).body;
  const [first] = (await as.get('/v1/redemptions').expect(200)).body.items;
  const { catalog_version } = await api.db('providers').where({ id: provider }).first('catalog_version');
  const [{ redemptionId }] = whole.examples;
  expect(redemptionId).toBe(first.id);
  const one = {
    ...whole,
    orders: 1,
    changed: 1,
    discountBefore: { EUR: '10.00' },
    discountAfter: { EUR: '20.00' },
    byPromotion: [
      {
        ...whole.byPromotion[0],
        ordersBefore: 1,
        ordersAfter: 1,
        discountBefore: { EUR: '10.00' },
        discountAfter: { EUR: '20.00' },
      },
    ],
    examples: [whole.examples[0]],
  };
  await api
    .db('simulations')
    .where({ id: again.id })
    .update({
      status: 'running',
      done: 1,
      after_id: first.id,
      catalog_version,
      tally: JSON.stringify(one),
      lease_owner: 'somebody who is gone',
      lease_until: new Date(Date.now() - 1000),
    });
  await simulator().round();
  expect((await as.get(`/v1/simulations/${again.id}`).expect(200)).body).toMatchObject({
    status: 'done',
    progress: { done: 3 },
    result: whole,
  });
});

test('a process whose lease is another one’s leaves it alone', async () => {
  await redeem('100.00');
  const { id } = (
    await as
      .post('/v1/simulations')
      .send({ draft: {}, ...SPAN })
      .expect(202)
  ).body;
  await api
    .db('simulations')
    .where({ id })
    .update({ status: 'running', lease_owner: 'another one', lease_until: new Date(Date.now() + 60_000) });
  await simulator().round();
  expect((await as.get(`/v1/simulations/${id}`).expect(200)).body).toMatchObject({
    status: 'running',
    progress: { done: 0, of: 1 },
  });
});

test('what was taken up again and again without getting on has failed', async () => {
  const { id } = (
    await as
      .post('/v1/simulations')
      .send({ draft: {}, ...SPAN })
      .expect(202)
  ).body;
  await api.db('simulations').where({ id }).update({ attempts: 5 });
  await simulator().round();
  const { body } = await as.get(`/v1/simulations/${id}`).expect(200);
  expect(body).toMatchObject({ status: 'failed', finishedAt: expect.any(String) });
  expect(body).not.toHaveProperty('result');
});

test('one that waits is cancelled and can be read, one that has ended is removed', async () => {
  const { id } = (
    await as
      .post('/v1/simulations')
      .send({ draft: {}, ...SPAN })
      .expect(202)
  ).body;
  await as.delete(`/v1/simulations/${id}`).expect(204);
  expect((await as.get(`/v1/simulations/${id}`).expect(200)).body.status).toBe('cancelled');
  await simulator().round();
  expect((await as.get('/v1/simulations').expect(200)).body.items).toMatchObject([{ id, status: 'cancelled' }]);
  await as.delete(`/v1/simulations/${id}`).expect(204);
  await as.delete(`/v1/simulations/${id}`).expect(404);
  await as.get(`/v1/simulations/${id}`).expect(404);
});

test('three wait at a time, and a draft that could not be saved is refused', async () => {
  for (let n = 0; n < 3; n++)
    await as
      .post('/v1/simulations')
      .send({ draft: {}, ...SPAN })
      .expect(202);
  expectProblem(await as.post('/v1/simulations').send({ draft: {}, ...SPAN }), 409, 'too_many_simulations');
  const wrong = { promotions: [{ name: 'X', startsAt: '2026-02-01T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' }] };
  const refused = await as.post('/v1/simulations').send({ draft: wrong, ...SPAN });
  expectProblem(refused, 422);
  expect(refused.body.errors).toMatchObject([{ pointer: '/draft/promotions/0/endsAt' }]);
  const unknown = await as.post('/v1/simulations').send({ draft: {}, ...SPAN, promotionIds: ['none'] });
  expect(unknown.body.errors).toMatchObject([{ pointer: '/promotionIds/0', code: 'unknown_promotion' }]);
  const empty = await as.post('/v1/simulations').send({ draft: {}, from: SPAN.to, to: SPAN.from });
  expect(empty.body.errors).toMatchObject([{ pointer: '/to' }]);
});

test('simulations are of one provider, and need the scope of reports', async () => {
  const { id } = (
    await as
      .post('/v1/simulations')
      .send({ draft: {}, ...SPAN })
      .expect(202)
  ).body;
  const other = api.as(await api.createProvider());
  await other.get(`/v1/simulations/${id}`).expect(404);
  await other.delete(`/v1/simulations/${id}`).expect(404);
  const key = await api.admin
    .post(`/v1/providers/${provider}/api-keys`)
    .send({ name: 'K', kind: 'secret', scopes: ['reports'] })
    .expect(201);
  await api.with(key.body.token).get(`/v1/simulations/${id}`).expect(200);
  const quotes = await api.admin
    .post(`/v1/providers/${provider}/api-keys`)
    .send({ name: 'Q', kind: 'secret', scopes: ['quotes'] })
    .expect(201);
  expectProblem(await api.with(quotes.body.token).get('/v1/simulations'), 403, 'out_of_scope');
});
