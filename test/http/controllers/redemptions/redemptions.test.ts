import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { cart, cartOf, createCodePromotion, createPromotion, redeem, totalOf } from '../../../support/redeem';
import { until } from '../../../support/until';

const PATH = '/v1/redemptions';

describe('redemptions', () => {
  let api: Api;
  let as: Agent;
  let provider: string;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.drop());
  beforeEach(async () => {
    provider = await api.createProvider();
    as = api.with(await api.createKey(provider, 'secret'));
  });
  const statusOf = async (id: string) => (await as.get(`${PATH}/${id}`).expect(200)).body.status;
  const act = (id: string, action: 'confirm' | 'cancel') => as.post(`${PATH}/${id}/${action}`);

  test('redemptions evaluates the cart again, counts it and answers the quote as it was redeemed', async () => {
    await createPromotion(as);
    const answer = await redeem(as, cart(), { orderId: 'order 7', expectedTotal: '90.0' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      orderId: 'order 7',
      status: 'confirmed',
      quote: expect.objectContaining({
        totals: { subtotal: '100.00', discount: '10.00', total: '90.00', dueNow: '90.00' },
      }),
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: answer.body.createdAt,
    });
    expect(answer.headers.location).toBe(`${PATH}/${answer.body.id}`);
    expect(answer.headers.etag).toBe('"1"');
    expect((await as.get(answer.headers.location as string).expect(200)).body).toEqual(answer.body);
  });

  test('redemptions is found by its order as well, to be read, confirmed and cancelled', async () => {
    const { body } = await redeem(as, cart(), { orderId: 'order 8', holdSeconds: 600 });
    expect((await as.get(`${PATH}/key:order%208`).expect(200)).body).toEqual(body);
    expect((await act('key:order%208', 'confirm').expect(200)).body.status).toBe('confirmed');
    expect((await act('key:order%208', 'cancel').expect(200)).body.id).toBe(body.id);
    expectProblem(await as.get(`${PATH}/key:order%209`), 404, 'not_found');
  });

  test('an order without any discount is a redemption as well', async () => {
    const answer = await redeem(as, cart());
    expect(answer.status).toBe(201);
    expect(answer.body.quote.totals.total).toBe('100.00');
  });

  test('another total than expected is a conflict that carries the new quote, and nothing is counted', async () => {
    await createPromotion(as, { limits: { total: 1 } });
    const refusal = expectProblem(await redeem(as, cart(), { expectedTotal: '80.00' }), 409, 'price_changed');
    expect(refusal.quote).toMatchObject({ totals: { total: '90.00' }, digest: expect.any(String) });
    expect((await redeem(as, cart(), { expectedTotal: '90.00' })).status).toBe(201);
    const next = expectProblem(
      await redeem(as, cart({ explain: 'candidates' }), { expectedTotal: '90.00' }),
      409,
      'price_changed',
    );
    expect(next.quote).toMatchObject({ totals: { total: '100.00' }, declined: [{ reason: 'limit_reached' }] });
  });

  test('a refused price can be redeemed afterwards under the same order', async () => {
    await createPromotion(as);
    const order = { orderId: 'order 7' };
    expectProblem(await redeem(as, cart(), { ...order, expectedTotal: '100.00' }), 409, 'price_changed');
    expect((await redeem(as, cart(), { ...order, expectedTotal: '90.00' })).status).toBe(201);
  });

  test('there is one redemption per order: the same request again answers the first, byte for byte', async () => {
    const promotion = await createPromotion(as, { limits: { total: 1 } });
    const request = { orderId: 'order 7', expectedTotal: '90.00', holdSeconds: 3600 };
    const first = await redeem(as, cart(), request);
    expect(first.status).toBe(201);
    // Neither the limit that it took up itself, nor what happened to it or to the rules since, matters.
    await act(first.body.id, 'confirm').expect(200);
    await as.patch(`/v1/promotions/${promotion}`).send({ status: 'paused' }).expect(200);
    const second = await redeem(as, cart(), request);
    expect(second.status).toBe(201);
    expect(second.text).toBe(first.text);
    expect(second.headers.location).toBe(first.headers.location);
    expectProblem(await redeem(as, cart(), { ...request, holdSeconds: 60 }), 409, 'order_redeemed');
    expectProblem(await redeem(as, cart({ language: 'de' }), request), 409, 'order_redeemed');
    expect((await as.get(PATH).expect(200)).body.items).toHaveLength(1);
  });

  test('the same request answers the first even where its cart would be refused today', async () => {
    const subscription = { id: 's', plan: 'monthly', serviceType: 'hosting', price: '10.00', currency: 'EUR' };
    const times = { interval: { unit: 'month', length: 1 }, startedAt: '2026-01-01T00:00:00Z' };
    const request = cart({
      lines: [{ id: 'line', serviceType: 'hosting', plan: 'yearly', tags: ['year'], unitPrice: '100.00' }],
      subscriptions: [{ ...subscription, ...times, tags: ['month'], nextBookingAt: '2027-01-01T00:00:00Z' }],
      transitions: [{ lineId: 'line', choice: 'keep' }],
    });
    const first = await redeem(as, request, { orderId: 'order 7' });
    expect(first.status).toBe(201);
    for (const name of ['month', 'year']) await as.post('/v1/tags').send({ name }).expect(201);
    const path = { name: 'Go yearly', texts: { en: { title: 'Go yearly' } }, sources: ['month'], targets: ['year'] };
    await as
      .post('/v1/upgrade-paths')
      .send({ ...path, transition: 'next_booking' })
      .expect(201);
    expectProblem(await redeem(as, request), 422, 'transition_mandatory');
    expect((await redeem(as, request, { orderId: 'order 7' })).text).toBe(first.text);
  });

  test('a hold counts until it is confirmed, cancelled or its time is over', async () => {
    await createPromotion(as, { limits: { total: 1 } });
    const before = Date.now();
    const hold = (await redeem(as, cart(), { holdSeconds: 3600 })).body;
    expect(hold.status).toBe('held');
    expect(Math.abs(Date.parse(hold.expiresAt) - before - 3600_000)).toBeLessThan(10_000);
    expect(await totalOf(as, cart())).toBe('100.00');
    const confirmed = await act(hold.id, 'confirm').expect(200);
    expect(confirmed.body).toMatchObject({ id: hold.id, status: 'confirmed', version: 2, quote: hold.quote });
    expect(confirmed.body.expiresAt).toBeUndefined();
    expect(confirmed.headers.etag).toBe('"2"');
    expect((await act(hold.id, 'confirm').expect(200)).text).toBe(confirmed.text);
    expect(await totalOf(as, cart())).toBe('100.00');
  });

  test('cancelling a held or a confirmed redemption gives its uses back exactly once', async () => {
    await createPromotion(as, { limits: { total: 2, budget: { EUR: '20.00' } } });
    const held = (await redeem(as, cart(), { holdSeconds: 3600 })).body;
    const confirmed = (await redeem(as, cart())).body;
    expect(await totalOf(as, cart())).toBe('100.00');
    for (const { id } of [held, confirmed]) {
      const cancelled = await act(id, 'cancel').expect(200);
      expect(cancelled.body).toMatchObject({ id, status: 'cancelled', version: 2 });
      expect((await act(id, 'cancel').expect(200)).text).toBe(cancelled.text);
      expectProblem(await act(id, 'confirm'), 409, 'redemption_cancelled');
    }
    for (let use = 1; use <= 2; use++) expect((await redeem(as, cart(), { expectedTotal: '90.00' })).status).toBe(201);
    expectProblem(await redeem(as, cart(), { expectedTotal: '90.00' }), 409, 'price_changed');
  });

  test('an expired hold is free to others at once, without any timer', async () => {
    await createCodePromotion(as, [{ code: 'ONCE', maxRedemptions: 1 }], { limits: { budget: { EUR: '10.00' } } });
    const quote = cart({ promoCodes: ['ONCE'] });
    const hold = (await redeem(as, quote, { holdSeconds: 3600 })).body;
    expect(hold.status).toBe('held');
    expect(await totalOf(as, quote)).toBe('100.00');
    const expiresAt = new Date().toISOString();
    await api.db('redemptions').where({ id: hold.id }).update({ expires_at: expiresAt });
    expect(await totalOf(as, quote)).toBe('90.00');
    const expired = await as.get(`${PATH}/${hold.id}`).expect(200);
    expect(expired.body).toMatchObject({ status: 'expired', version: 2, updatedAt: expiresAt });
    expectProblem(await act(hold.id, 'confirm'), 409, 'redemption_expired');
    expect((await act(hold.id, 'cancel').expect(200)).text).toBe(expired.text);

    expect((await redeem(as, quote, { expectedTotal: '90.00' })).status).toBe(201);
    // Now that it is marked as expired it reads the same, and cancelling it still gives nothing back.
    expect((await as.get(`${PATH}/${hold.id}`).expect(200)).text).toBe(expired.text);
    expect((await act(hold.id, 'cancel').expect(200)).text).toBe(expired.text);
    expectProblem(await redeem(as, quote, { expectedTotal: '90.00' }), 409, 'price_changed');
  });

  test('an expired hold frees its order, whether it has been marked or not', async () => {
    await createPromotion(as, { limits: { total: 1 } });
    const request = { orderId: 'order 7', holdSeconds: 1 };
    const first = await redeem(as, cart(), request);
    await until(async () => (await statusOf(first.body.id)) === 'expired');
    const second = await redeem(as, cart(), request);
    expect([second.status, second.body.id === first.body.id]).toEqual([201, false]);
    expect(second.body.quote.totals.total).toBe('90.00');
    await until(async () => (await statusOf(second.body.id)) === 'expired');
    // The next redemption tidies up.
    await redeem(as, cart());
    expect(await api.db('redemptions').where({ id: second.body.id }).first('status')).toEqual({ status: 'expired' });
    expect((await redeem(as, cart(), { orderId: 'order 7' })).status).toBe(201);
  });

  test('a cancelled redemption frees its order for the same request and for another', async () => {
    await createPromotion(as, { limits: { total: 1 } });
    const order = { orderId: 'order 8' };
    const first = await redeem(as, cart(), order);
    await act(first.body.id, 'cancel').expect(200);
    const second = await redeem(as, cart(), order);
    expect([second.status, second.body.quote.totals.total]).toEqual([201, '90.00']);
    expect(second.body.id).not.toBe(first.body.id);
    // While it stands, the same request is answered with it, and another one is refused.
    expect((await redeem(as, cart(), order)).text).toBe(second.text);
    expectProblem(await redeem(as, cart({ language: 'de' }), order), 409, 'order_redeemed');
    expect((await as.get(`${PATH}/key:order 8`).expect(200)).body.id).toBe(second.body.id);

    await as.post(`${PATH}/key:order 8/cancel`).expect(200);
    expect(await statusOf(second.body.id)).toBe('cancelled');
    expect((await redeem(as, cart({ language: 'de' }), order)).status).toBe(201);
    const { items } = (await as.get(`${PATH}?orderId=order 8`).expect(200)).body;
    expect(items.map(({ status }: { status: string }) => status)).toEqual(['cancelled', 'cancelled', 'confirmed']);
  });

  test('redemptions of many requests for a freed order one is redeemed, and the others are answered with it', async () => {
    const order = { orderId: 'order 9' };
    const first = await redeem(as, cart(), order);
    await act(first.body.id, 'cancel').expect(200);
    const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(as, cart(), order)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  test('If-Match makes confirming and cancelling conditional', async () => {
    const { id } = (await redeem(as, cart(), { holdSeconds: 3600 })).body;
    expectProblem(await act(id, 'confirm').set('If-Match', '"2"'), 412, 'version_mismatch');
    await act(id, 'confirm').set('If-Match', '"1"').expect(200);
    expectProblem(await act(id, 'cancel').set('If-Match', '"1"'), 412, 'version_mismatch');
    await act(id, 'cancel').set('If-Match', '"2"').expect(200);
  });

  test('an Idempotency-Key repeats the first answer, also of a refusal, and counts once', async () => {
    await createPromotion(as, { limits: { total: 2 } });
    const once = (key: string, body: object) => as.post(PATH).set('Idempotency-Key', key).send(body);
    const body = { orderId: 'order 7', quote: cart(), expectedTotal: '90.00' };
    const first = await once('a', body);
    expect(first.status).toBe(201);
    const again = await once('a', body);
    expect([again.status, again.text, again.headers.location]).toEqual([201, first.text, first.headers.location]);
    expectProblem(await once('a', { ...body, orderId: 'order 8' }), 422, 'idempotency_key_reused');
    const refused = await once('b', { ...body, orderId: 'order 8', expectedTotal: '80.00' });
    expectProblem(refused, 409, 'price_changed');
    expect((await once('b', { ...body, orderId: 'order 8', expectedTotal: '80.00' })).text).toBe(refused.text);
    expect((await redeem(as, cart(), { expectedTotal: '90.00' })).status).toBe(201);
    expectProblem(await redeem(as, cart(), { expectedTotal: '90.00' }), 409, 'price_changed');

    const cancel = () => as.post(`${PATH}/${first.body.id}/cancel`).set('Idempotency-Key', 'c');
    const cancelled = await cancel().expect(200);
    expect((await cancel().expect(200)).text).toBe(cancelled.text);
    expect(await totalOf(as, cart())).toBe('90.00');
  });

  test('an idempotent redemption gets what an expired hold leaves', async () => {
    await createPromotion(as, { limits: { total: 1 } });
    const { id } = (await redeem(as, cart(), { holdSeconds: 1 })).body;
    await until(async () => (await statusOf(id)) === 'expired');
    const answer = await as
      .post(PATH)
      .set('Idempotency-Key', 'k')
      .send({ orderId: 'another', quote: cart(), expectedTotal: '90.00' });
    expect(answer.status).toBe(201);
    expect(await totalOf(as, cart())).toBe('100.00');
  });

  test('redemptions lists by promotion, code, customer, order and status, in parts', async () => {
    const promotion = await createCodePromotion(as, [{ code: 'SUN' }]);
    const ids: string[] = [];
    for (const customer of ['anna', 'ben', 'anna']) {
      ids.push(
        (await redeem(as, cartOf(customer, { promoCodes: ['sun'] }), { orderId: `${customer} ${ids.length}` })).body.id,
      );
    }
    ids.push((await redeem(as, cartOf('ben'), { holdSeconds: 3600 })).body.id);
    ids.push((await redeem(as, cart(), { holdSeconds: 1 })).body.id);
    await act(ids[1] as string, 'cancel').expect(200);
    await until(async () => (await statusOf(ids[4] as string)) === 'expired');
    const listed = async (query: string) =>
      (await as.get(`${PATH}?${query}`).expect(200)).body.items.map(({ id }: { id: string }) => ids.indexOf(id));
    expect(await listed('')).toEqual([0, 1, 2, 3, 4]);
    expect(await listed(`promotionId=${promotion}`)).toEqual([0, 1, 2]);
    expect(await listed('promotionId=nobody')).toEqual([]);
    expect(await listed('promoCode=%20SUN%20')).toEqual([0, 1, 2]);
    expect(await listed('promoCode=MOON')).toEqual([]);
    expect(await listed('customerId=anna')).toEqual([0, 2]);
    expect(await listed('orderId=ben%201')).toEqual([1]);
    expect(await listed('status=confirmed')).toEqual([0, 2]);
    expect(await listed('status=cancelled')).toEqual([1]);
    expect(await listed('status=held')).toEqual([3]);
    expect(await listed('status=expired')).toEqual([4]);
    expect(await listed(`promoCode=sun&customerId=anna&status=confirmed&promotionId=${promotion}`)).toEqual([0, 2]);
    expectProblem(await as.get(`${PATH}?status=new`), 422);

    const first = (await as.get(`${PATH}?limit=2`).expect(200)).body;
    expect(first.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    const second = (await as.get(`${PATH}?limit=3&cursor=${first.nextCursor}`).expect(200)).body;
    expect(second.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2));
    expect(second.nextCursor).toBeUndefined();
    expectProblem(await as.get(`${PATH}?cursor=%3F`), 422);
  });

  test("another provider's redemptions do not exist, and its orders, codes and limits are its own", async () => {
    await createCodePromotion(as, [{ code: 'SUN', maxRedemptions: 1 }]);
    const quote = cart({ promoCodes: ['SUN'] });
    const { id } = (await redeem(as, quote, { orderId: 'order 7' })).body;
    const stranger = api.with(await api.createKey(await api.createProvider(), 'secret'));
    expectProblem(await stranger.get(`${PATH}/${id}`), 404, 'not_found');
    expectProblem(await stranger.post(`${PATH}/${id}/confirm`), 404, 'not_found');
    expectProblem(await stranger.post(`${PATH}/${id}/cancel`), 404, 'not_found');
    expect((await stranger.get(PATH).expect(200)).body).toEqual({ items: [] });
    await createCodePromotion(stranger, [{ code: 'SUN', maxRedemptions: 1 }]);
    const theirs = await redeem(stranger, quote, { orderId: 'order 7', expectedTotal: '90.00' });
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(id);
    expect(await statusOf(id)).toBe('confirmed');
  });

  test('a publishable key may not redeem, and nobody without a key', async () => {
    const publishable = api.with(await api.createKey(provider, 'publishable'));
    expectProblem(await redeem(publishable, cart()), 403);
    expectProblem(await publishable.get(PATH), 403);
    expectProblem(await redeem(api.http, cart()), 401);
  });

  test('unsaved rules cannot be redeemed, and a bad body is pointed at', async () => {
    const answer = await redeem(as, cart({ draft: { promotions: [] } }));
    expect(expectProblem(answer, 422).errors).toEqual([expect.objectContaining({ pointer: '/quote/draft' })]);
    const bad = await as
      .post(PATH)
      .send({ orderId: '', quote: { lines: [] }, holdSeconds: 0, expectedTotal: '-1', more: 1 });
    const errors = expectProblem(bad, 422).errors as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(
      ['/expectedTotal', '/holdSeconds', '/more', '/orderId', '/quote/currency'].sort(),
    );
    expectProblem(await redeem(as, cart(), { holdSeconds: 2_592_001 }), 422);
    expectProblem(await redeem(as, cart(), { orderId: 'x'.repeat(201) }), 422);
    expectProblem(await redeem(as, cart(), { orderId: '\0' }), 422);
  });

  test('the longest order of the widest characters is stored and found', async () => {
    const orderId = '💥'.repeat(200);
    const answer = await redeem(as, cart(), { orderId });
    expect(answer.status).toBe(201);
    expect((await as.get(PATH).query({ orderId }).expect(200)).body.items).toEqual([answer.body]);
  });

  test('what has been redeemed can be archived, not deleted, even after it was cancelled', async () => {
    const promotion = await createCodePromotion(as, [{ code: 'SUN' }]);
    const { id } = (await redeem(as, cart({ promoCodes: ['SUN'] }))).body;
    await act(id, 'cancel').expect(200);
    expectProblem(await as.delete(`/v1/promotions/${promotion}`), 409, 'promotion_redeemed');
    expectProblem(await as.delete(`/v1/promotions/${promotion}/promo-codes/key:sun`), 409, 'promo_code_redeemed');
    await as.patch(`/v1/promotions/${promotion}`).send({ status: 'archived' }).expect(200);
  });

  test('a database that is away is a 503 that says when to come again', async () => {
    const away = await startApi();
    try {
      const stranger = away.with(await away.createKey(await away.createProvider(), 'secret'));
      await redeem(stranger, cart());
      await away.disconnect();
      const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(stranger, cart())));
      for (const answer of answers) {
        expectProblem(answer, 503, 'unavailable');
        expect(answer.headers['retry-after']).toMatch(/^\d+$/);
      }
    } finally {
      await away.drop();
    }
  });
});
