import type { Agent } from 'supertest';
import { type Api, startApi } from '../../../support/api';
import { eventTypes, feed, laterEvents, makeEventsDue, told } from '../../../support/feed';
import { expectProblem } from '../../../support/problem';
import { cart, createPromotion, redeem } from '../../../support/redeem';

let api: Api;
let provider: string;
let as: Agent;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.drop());
beforeEach(async () => {
  provider = await api.createProvider();
  as = api.with(await api.createKey(provider, 'secret'));
});

describe('promotions', () => {
  test('created, updated by whatever is written of them, archived and removed', async () => {
    const { body } = await as
      .post('/v1/promotions')
      .send({ name: 'Spring', key: 'spring', startsAt: '2026-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00+01:00' })
      .expect(201);
    const at = `/v1/promotions/${body.id}`;
    await as.patch(at).send({ priority: 1 }).expect(200);
    await as.post(`${at}/conditions`).send({ type: 'new_customer' }).expect(201);
    const off = { promotionId: body.id, name: 'Off', value: { type: 'percent', percent: '10' } };
    const discount = (await as.post('/v1/discounts').send(off).expect(201)).body;
    await as.delete(`/v1/discounts/${discount.id}`).expect(204);
    await as.patch(at).send({ status: 'archived' }).expect(200);
    await as.patch(at).send({ note: 'Over' }).expect(200);
    await as.delete(at).expect(204);
    const facts = {
      promotionId: body.id,
      key: 'spring',
      name: 'Spring',
      status: 'active',
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2098-12-31T23:00:00Z',
    };
    const archived = { ...facts, status: 'archived' };
    expect(await feed(as)).toEqual([
      told('promotion.created', { ...facts, version: 1 }),
      ...[2, 3, 4, 5].map((version) => told('promotion.updated', { ...facts, version })),
      told('promotion.archived', { ...archived, version: 6 }),
      told('promotion.updated', { ...archived, version: 7 }),
      told('promotion.archived', { ...archived, version: 7, removed: true }),
    ]);
  });

  const [startsAt, endsAt] = ['2090-01-01T00:00:00Z', '2091-01-01T00:00:00Z'];

  test('the window of an active one begins and ends, each once, though several look at the same time', async () => {
    const promotionId = await createPromotion(as, { startsAt, endsAt });
    await createPromotion(as, { startsAt, endsAt, status: 'paused' });
    const events = await laterEvents(as);
    expect(await events()).toEqual([]);
    await makeEventsDue(api, provider);
    await Promise.all(Array.from({ length: 5 }, events));
    const facts = expect.objectContaining({ promotionId, startsAt, endsAt });
    expect(await events()).toEqual([told('promotion.started', facts), told('promotion.ended', facts)]);
    expect(await api.db('due_events').where('provider_id', provider)).toEqual([]);
  });

  test('a window that was moved counts as it is now, and one that was open when it was written tells nothing', async () => {
    const moved = await createPromotion(as, { startsAt, endsAt });
    await as.patch(`/v1/promotions/${moved}`).send({ startsAt: '2092-01-01T00:00:00Z', endsAt: null }).expect(200);
    await createPromotion(as, { startsAt: '2020-01-01T00:00:00Z', endsAt: '2021-01-01T00:00:00Z' });
    const due = await api.db('due_events').where('provider_id', provider).select('type', 'subject', 'due_at');
    expect(due).toEqual([{ type: 'promotion.started', subject: moved, due_at: new Date('2092-01-01T00:00:00Z') }]);
  });

  test('an import tells of each promotion that it writes, and of itself', async () => {
    const promotion = (key: string, fields = {}) => ({ key, name: key, ...fields });
    const document = (...promotions: object[]) => ({
      tags: [],
      plans: [],
      promotions,
      discounts: [],
      relatedProducts: [],
      upgradePaths: [],
    });
    const put = (body: object) => as.put('/v1/catalog').send(body).expect(200);
    const startsAt = '2090-01-01T00:00:00Z';
    await put(document(promotion('a', { startsAt }), promotion('b')));
    const events = await laterEvents(as);
    const { headers } = await put(document(promotion('a', { startsAt }), promotion('c', { priority: 1 })));
    await put(document(promotion('a', { startsAt }), promotion('c', { priority: 1 })));
    await as.put('/v1/catalog?dryRun=true').send(document()).expect(200);
    const of = (key: string, fields = {}) => expect.objectContaining({ key, name: key, ...fields });
    const seen = await events();
    expect(seen).toHaveLength(3);
    expect(seen).toEqual(
      expect.arrayContaining([
        told('promotion.archived', of('b', { status: 'archived', version: 2 })),
        told('promotion.created', of('c', { version: 1 })),
      ]),
    );
    const catalogVersion = Number(headers['offerbook-catalog-version']);
    expect(seen.at(-1)).toEqual(told('catalog.imported', { catalogVersion, created: 1, changed: 0, archived: 1 }));
    expect(await api.db('due_events').where('provider_id', provider)).toHaveLength(1);
  });
});

describe('the feed', () => {
  test('the feed is read in parts, each event once, of all types or one', async () => {
    for (let order = 0; order < 5; order++) await redeem(as, cart());
    await createPromotion(as);
    const whole = await feed(as);
    expect(whole).toHaveLength(6);
    const first = (await as.get('/v1/events').query({ limit: 4 }).expect(200)).body;
    expect(first).toEqual({ items: whole.slice(0, 4), nextAfter: whole[3]?.id });
    const second = (await as.get('/v1/events').query({ limit: 4, after: first.nextAfter }).expect(200)).body;
    expect(second).toEqual({ items: whole.slice(4) });
    expect(await feed(as, { type: 'promotion.created' })).toEqual(whole.slice(5));
    expect(await feed(as, { type: 'redemption.confirmed', after: whole[3]?.id })).toEqual([whole[4]]);
    expect(whole.map(({ id }) => id)).toEqual(whole.map(({ id }) => id).toSorted());
  });

  test('the feed is each provider’s own, and its ids are unique among all', async () => {
    const other = api.with(await api.createKey(await api.createProvider(), 'secret'));
    await redeem(as, cart());
    await redeem(other, cart());
    const [ours, theirs] = [await feed(as), await feed(other)];
    expect([ours.length, theirs.length]).toEqual([1, 1]);
    expect(ours[0]?.id.slice(0, 16)).toBe(theirs[0]?.id.slice(0, 16));
    expect(ours[0]?.id).not.toBe(theirs[0]?.id);
  });

  test('the feed goes on after an event that it no longer has, and forgets after 30 days', async () => {
    await redeem(as, cart());
    const [old] = await feed(as);
    await api
      .db('events')
      .where('provider_id', provider)
      .update({ at: api.db.raw(`(at at time zone 'UTC' - interval '31 days') at time zone 'UTC'`) });
    expect(await feed(as)).toEqual([]);
    await redeem(as, cart());
    expect(await eventTypes(as, { after: old?.id })).toEqual(['redemption.confirmed']);
    await api.db('events').where('provider_id', provider).delete();
    await redeem(as, cart());
    const [next] = await feed(as);
    expect(next?.id.localeCompare(old?.id ?? '')).toBe(1);
  });

  test('the feed of a removed provider is not that of a new one with the same id', async () => {
    await createPromotion(as);
    const [old] = await feed(as);
    await api.db('promotions').where('provider_id', provider).delete();
    await api.admin.delete(`/v1/providers/${provider}`).expect(204);
    await api.createProvider(provider);
    expect(await feed(api.as(provider))).toEqual([]);
    await redeem(api.as(provider), cart());
    expect(await feed(api.as(provider), { after: old?.id })).toHaveLength(1);
  });

  test('the feed refuses what is no id and no type, publishable keys and keys without the scope', async () => {
    expectProblem(await as.get('/v1/events').query({ type: 'redemption.eaten' }), 422);
    expectProblem(await as.get('/v1/events').query({ after: 'x' }), 422);
    expectProblem(await as.get('/v1/events').query({ limit: 201 }), 422);
    expectProblem(await api.with(await api.createKey(provider, 'publishable')).get('/v1/events'), 403, 'forbidden');
    const key = { name: 'narrow', kind: 'secret', scopes: ['redemptions'] };
    const { token } = (await api.admin.post(`/v1/providers/${provider}/api-keys`).send(key).expect(201)).body;
    expectProblem(await api.with(token).get('/v1/events'), 403, 'out_of_scope');
  });
});
