import { pino } from 'pino';
import { Webhook as Verifier } from 'standardwebhooks';
import type { Agent } from 'supertest';
import { Background } from '../../../../src/services/background';
import { ADMIN_KEY, type Api, startApi } from '../../../support/api';
import { expectProblem } from '../../../support/problem';
import { type Receiver, startReceiver } from '../../../support/processes/receiver';
import { cart, createPromotion, redeem } from '../../../support/redeem';
import { until } from '../../../support/until';

let api: Api;
let provider: string;
let as: Agent;
let receiver: Receiver;
let background: Background;
const logged: string[] = [];

beforeAll(async () => {
  api = await startApi({ webhookAllowPrivate: true });
  const config = { adminKey: ADMIN_KEY, webhookAllowPrivate: true };
  background = new Background(
    api.connectionString,
    undefined,
    config,
    pino({ level: 'warn' }, { write: (line) => logged.push(line) }),
  );
  background.start();
});
afterAll(async () => {
  await background.stop();
  await api.drop();
});
beforeEach(async () => {
  provider = await api.createProvider();
  as = api.with(await api.createKey(provider, 'secret'));
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

interface Hook {
  id: string;
  secret: string;
  url: string;
}

async function listen(fields: object = {}): Promise<Hook> {
  const body = { url: receiver.url, events: ['redemption.confirmed'], ...fields };
  return (await as.post('/v1/webhooks').send(body).expect(201)).body;
}
const deliveries = async ({ id }: { id: string }, query: object = {}) =>
  (await as.get(`/v1/webhooks/${id}/deliveries`).query(query).expect(200)).body.items;
const statusOf = async (hook: Hook) => (await deliveries(hook)).map(({ status }: { status: string }) => status);
/** Lets failing webhooks be tried at once, in the place of time; locks as the service does, the webhooks first. */
const passTime = () =>
  api.db.transaction(async (trx) => {
    await trx('webhooks').update({ retry_at: null });
    await trx('webhook_deliveries')
      .where('status', 'pending')
      .update({ next_at: trx.raw(`now() - interval '10 seconds'`) });
  });

describe('a webhook', () => {
  test('a webhook is created, read, listed, changed and removed, and shows its secret once', async () => {
    const created = await as
      .post('/v1/webhooks')
      .send({ url: receiver.url, events: ['grant.created', 'promotion.updated'], note: 'ERP' })
      .expect(201);
    const { secret, ...shown } = created.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(shown).toEqual({
      id: expect.any(String),
      url: receiver.url,
      events: ['grant.created', 'promotion.updated'],
      status: 'active',
      note: 'ERP',
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const at = `/v1/webhooks/${shown.id}`;
    expect(created.headers).toMatchObject({ location: at, etag: '"1"' });
    expect((await as.get(at).expect(200)).body).toEqual(shown);
    expect((await as.get('/v1/webhooks').expect(200)).body).toEqual({ items: [shown] });
    const patched = (await as.patch(at).set('If-Match', '"1"').send({ status: 'disabled', note: null }).expect(200))
      .body;
    expect(patched).toMatchObject({ status: 'disabled', version: 2 });
    expect(patched.note).toBeUndefined();
    const put = { url: 'https://hooks.example/x?y=1', events: ['catalog.imported'] };
    expect(
      (
        await as
          .put(at)
          .send({ ...patched, ...put })
          .expect(200)
      ).body,
    ).toMatchObject({ ...put, version: 3 });
    expectProblem(await as.patch(at).set('If-Match', '"1"').send({}), 412);
    await as.delete(at).expect(204);
    expectProblem(await as.get(at), 404);
    expectProblem(await as.patch(at).send({}), 404);
    expectProblem(await as.delete(at), 404);
    const rows = JSON.stringify([await api.db('audit_log').where('provider_id', provider), await api.db('webhooks')]);
    expect(rows).toContain('"resource_type":"webhook"');
    expect(rows).not.toContain(secret.slice('whsec_'.length));
  });

  test('a webhook is one provider’s own, and for keys with the scope', async () => {
    const hook = await listen();
    const stranger = api.with(await api.createKey(await api.createProvider(), 'secret'));
    for (const path of ['', '/deliveries', '/deliveries/x'])
      expectProblem(await stranger.get(`/v1/webhooks/${hook.id}${path}`), 404);
    for (const path of ['rotate-secret', 'test', 'deliveries/x/retry']) {
      expectProblem(
        await stranger.post(`/v1/webhooks/${hook.id}/${path}`).send(path === 'rotate-secret' ? {} : undefined),
        404,
      );
    }
    expectProblem(await as.post(`/v1/webhooks/${hook.id}/deliveries/x/retry`), 404);
    expectProblem(await api.with(await api.createKey(provider, 'publishable')).get('/v1/webhooks'), 403);
    const key = { name: 'narrow', kind: 'secret', scopes: ['webhooks'] };
    const { token } = (await api.admin.post(`/v1/providers/${provider}/api-keys`).send(key).expect(201)).body;
    await api.with(token).get('/v1/webhooks').expect(200);
    expectProblem(await api.with(token).get('/v1/promotions'), 403, 'out_of_scope');
  });

  test.each([
    ['ftp://hooks.example/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['/relative', 'format'],
    ['https://user:password@hooks.example/', 'credentials'],
    ['https://hooks.example/#part', 'fragment'],
  ])('a webhook is not sent to %s', async (url, code) => {
    const problem = expectProblem(await as.post('/v1/webhooks').send({ url, events: ['grant.created'] }), 422);
    expect(problem.errors).toEqual([expect.objectContaining({ pointer: '/url', code })]);
  });

  test('listens to known types, each once, and to one at least', async () => {
    for (const events of [[], ['redemption.eaten'], ['grant.created', 'grant.created'], ['webhook.test']]) {
      expectProblem(await as.post('/v1/webhooks').send({ url: receiver.url, events }), 422);
    }
  });

  test('a webhook inside the network is refused, unless that is allowed', async () => {
    const strict = await startApi();
    const key = await strict.createKey(await strict.createProvider(), 'secret');
    const problem = expectProblem(
      await strict
        .with(key)
        .post('/v1/webhooks')
        .send({ url: 'http://[::ffff:10.0.0.1]/', events: ['grant.created'] }),
      422,
    );
    expect(problem.errors).toEqual([expect.objectContaining({ pointer: '/url', code: 'private_address' })]);
    await strict.drop();
  });
});

describe('deliveries', () => {
  test('bring the event as the feed has it, signed by Standard Webhooks', async () => {
    const hook = await listen();
    await redeem(as, cart());
    await until(async () => receiver.received.length > 0);
    const [event] = (await as.get('/v1/events?type=redemption.confirmed').expect(200)).body.items;
    const [{ headers, body, path }] = receiver.received as [Receiver['received'][number]];
    expect(path).toBe('/hook');
    expect(new Verifier(hook.secret).verify(body, headers as Record<string, string>)).toEqual(event);
    expect(headers).toMatchObject({ 'webhook-id': event.id, 'content-type': 'application/json' });
    await until(async () => (await statusOf(hook))[0] === 'delivered');
    expect(await deliveries(hook)).toEqual([
      {
        id: expect.any(String),
        webhookId: hook.id,
        eventId: event.id,
        type: 'redemption.confirmed',
        status: 'delivered',
        attempts: 1,
        answer: { status: 200, body: 'thanks', at: expect.any(String) },
        createdAt: expect.any(String),
      },
    ]);
  });

  test('deliveries are made of the types that a webhook listens to, from its creation on, while it is active', async () => {
    await redeem(as, cart());
    const hook = await listen();
    const disabled = await listen({ status: 'disabled' });
    await createPromotion(as, {});
    await redeem(as, cart());
    await until(async () => (await statusOf(hook))[0] === 'delivered');
    expect(await deliveries(hook)).toHaveLength(1);
    expect(await deliveries(disabled)).toEqual([]);
    await as.patch(`/v1/webhooks/${disabled.id}`).send({ status: 'active' }).expect(200);
    await redeem(as, cart());
    await until(async () => (await statusOf(disabled))[0] === 'delivered');
    expect(await deliveries(disabled)).toHaveLength(1);
  });

  test('deliveries carry both signatures while a secret is being changed', async () => {
    const hook = await listen();
    const rotated = (await as.post(`/v1/webhooks/${hook.id}/rotate-secret`).send({ overlapSeconds: 60 }).expect(200))
      .body;
    expect(rotated).toMatchObject({ id: hook.id, version: 2, secret: expect.stringMatching(/^whsec_/) });
    expect(rotated.secret).not.toBe(hook.secret);
    const next = async () => {
      const seen = receiver.received.length;
      await redeem(as, cart());
      await until(async () => receiver.received.length > seen);
      const { headers, body } = receiver.received.at(-1) as Receiver['received'][number];
      return (secret: string) => new Verifier(secret).verify(body, headers as Record<string, string>);
    };
    const verify = await next();
    expect(verify(hook.secret)).toEqual(verify(rotated.secret));
    await api.db('webhooks').update({ retired_until: new Date() });
    const later = await next();
    expect(later(rotated.secret)).toMatchObject({ type: 'redemption.confirmed' });
    expect(() => later(hook.secret)).toThrow();
    const at = (await as.post(`/v1/webhooks/${hook.id}/rotate-secret`).send({ overlapSeconds: 0 }).expect(200)).body;
    expect((await next())(at.secret)).toMatchObject({ type: 'redemption.confirmed' });
  });

  test('deliveries are tried again with growing pauses, each time with the same id, until they arrive', async () => {
    receiver.answer((_request, response) => response.writeHead(503).end('busy'));
    const hook = await listen();
    await redeem(as, cart());
    for (let attempt = 1; attempt <= 3; attempt++) {
      await until(async () => (await deliveries(hook))[0]?.attempts === attempt);
      const [delivery] = await deliveries(hook, { status: 'pending' });
      expect(delivery).toMatchObject({ answer: { status: 503, body: 'busy', error: 'The receiver answered 503' } });
      const pause = Date.parse(delivery.nextAttemptAt) - Date.parse(delivery.answer.at);
      const expected = 5_000 * 4 ** (attempt - 1);
      expect(pause).toBeGreaterThanOrEqual(expected * 0.8);
      expect(pause).toBeLessThanOrEqual(expected * 1.2 + 1_000);
      await passTime();
    }
    expect((await as.get(`/v1/webhooks/${hook.id}`).expect(200)).body.failingSince).toEqual(expect.any(String));
    receiver.answer((_request, response) => response.end());
    await until(async () => {
      await passTime();
      return (await statusOf(hook))[0] === 'delivered';
    });
    expect((await as.get(`/v1/webhooks/${hook.id}`).expect(200)).body.failingSince).toBeUndefined();
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  test('wait while their webhook fails: one of them asks whether it is back, then all arrive', async () => {
    await receiver.stop();
    const hook = await listen();
    for (let order = 0; order < 30; order++) await redeem(as, cart());
    await until(async () => (await deliveries(hook, { limit: 200 })).length === 30);
    await until(async () =>
      (await deliveries(hook, { limit: 200 })).some(({ attempts }: { attempts: number }) => attempts > 0),
    );
    const tried = (await deliveries(hook, { limit: 200 })).reduce(
      (sum: number, { attempts }: { attempts: number }) => sum + attempts,
      0,
    );
    // No more than were under way at a time.
    expect(tried).toBeLessThanOrEqual(4);
    await receiver.start();
    await as.patch(`/v1/webhooks/${hook.id}`).send({ note: 'Up again' }).expect(200);
    await until(async () => {
      await passTime();
      return (await deliveries(hook, { status: 'delivered', limit: 200 })).length === 30;
    });
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(30);
  });

  test('deliveries are given up after three days, stay visible, and are sent again by hand', async () => {
    receiver.answer((_request, response) => response.writeHead(500).end());
    const hook = await listen();
    await redeem(as, cart());
    await until(async () => (await deliveries(hook))[0]?.attempts === 1);
    await api.db('webhook_deliveries').where('webhook_id', hook.id).update({ give_up_at: new Date() });
    await until(async () => {
      await passTime();
      return (await statusOf(hook))[0] === 'failed';
    });
    const [given] = await deliveries(hook, { status: 'failed' });
    expect(given).toMatchObject({ answer: { status: 500 } });
    expect(given.nextAttemptAt).toBeUndefined();
    receiver.answer((_request, response) => response.end('ok'));
    const retried = await as.post(`/v1/webhooks/${hook.id}/deliveries/${given.id}/retry`).expect(202);
    expect(retried.body).toMatchObject({ id: given.id, status: 'pending' });
    await until(async () => (await statusOf(hook))[0] === 'delivered');
    // And once more, though it has arrived.
    const seen = receiver.received.length;
    await as.post(`/v1/webhooks/${hook.id}/deliveries/${given.id}/retry`).expect(202);
    await until(async () => receiver.received.length > seen);
    expect((await as.get(`/v1/webhooks/${hook.id}/deliveries/${given.id}`).expect(200)).body.eventId).toBe(
      given.eventId,
    );
  });

  test('disable their webhook after five days without a success, which is logged', async () => {
    receiver.answer((_request, response) => response.writeHead(500).end());
    const hook = await listen();
    await redeem(as, cart());
    await redeem(as, cart());
    await until(async () => (await deliveries(hook)).some(({ attempts }: { attempts: number }) => attempts > 0));
    const days = (count: number) => api.db.raw(`now() - interval '${count} days'`);
    await api
      .db('webhooks')
      .where('id', hook.id)
      .update({ failing_since: days(4) });
    await passTime();
    await until(async () => (await api.db('webhooks').where('id', hook.id).first()).retry_at !== null);
    expect((await as.get(`/v1/webhooks/${hook.id}`).expect(200)).body.status).toBe('active');
    await api
      .db('webhooks')
      .where('id', hook.id)
      .update({ failing_since: days(5) });
    await until(async () => {
      await passTime();
      return (await as.get(`/v1/webhooks/${hook.id}`).expect(200)).body.status === 'disabled';
    });
    expect(new Set(await statusOf(hook))).toEqual(new Set(['failed']));
    expect(logged.filter((line) => line.includes(hook.id))).toEqual([expect.stringContaining('disabled')]);
  });

  test('deliveries of a test are no events, are tried once, and go to disabled webhooks too', async () => {
    const hook = await listen({ status: 'disabled' });
    const test = (await as.post(`/v1/webhooks/${hook.id}/test`).expect(202)).body;
    expect(test).toMatchObject({ webhookId: hook.id, type: 'webhook.test', status: 'pending', attempts: 0 });
    await until(async () => (await statusOf(hook))[0] === 'delivered');
    const [{ headers, body }] = receiver.received as [Receiver['received'][number]];
    expect(new Verifier(hook.secret).verify(body, headers as Record<string, string>)).toEqual({
      id: test.eventId,
      type: 'webhook.test',
      at: test.createdAt,
      data: { webhookId: hook.id },
    });
    receiver.answer((_request, response) => response.writeHead(500).end('no'));
    await as.post(`/v1/webhooks/${hook.id}/test`).expect(202);
    await until(async () => (await statusOf(hook))[0] === 'failed');
    expect((await deliveries(hook))[0]).toMatchObject({ attempts: 1, answer: { status: 500, body: 'no' } });
    expect((await as.get('/v1/events').expect(200)).body.items).toEqual([]);
  });

  test('a test of a webhook that fails is sent at once, and first', async () => {
    const hook = await listen();
    receiver.answer((_request, response) => response.writeHead(500).end());
    await redeem(as, cart());
    await until(async () => (await deliveries(hook))[0]?.attempts === 1);
    const inHours = (hours: number) => api.db.raw('now() + make_interval(hours => ?)', [hours]);
    await api
      .db('webhooks')
      .where('id', hook.id)
      .update({ retry_at: inHours(1) });
    await api
      .db('webhook_deliveries')
      .where('webhook_id', hook.id)
      .update({ next_at: inHours(-1) });
    receiver.received.length = 0;
    await as.post(`/v1/webhooks/${hook.id}/test`).expect(202);
    await until(async () => receiver.received.length > 0);
    expect(JSON.parse(receiver.received[0]?.body ?? '').type).toBe('webhook.test');
  });

  test('deliveries of a webhook whose secret another admin key has closed fail, and say so', async () => {
    const hook = await listen();
    await api
      .db('webhooks')
      .where('id', hook.id)
      .update({ sealed_secret: Buffer.alloc(64).toString('base64') });
    await redeem(as, cart());
    await until(async () => (await deliveries(hook))[0]?.attempts === 1);
    expect((await deliveries(hook))[0].answer.error).toContain('rotate');
    expect(receiver.received).toEqual([]);
  });

  test('deliveries of what the clock brings about are made without a reader', async () => {
    const hook = await listen({ events: ['promotion.started', 'redemption.expired'] });
    await createPromotion(as, { startsAt: '2090-01-01T00:00:00Z' });
    await api.db('due_events').where('provider_id', provider).update({ due_at: new Date() });
    await redeem(as, cart(), { holdSeconds: 1 });
    await until(async () => (await deliveries(hook, { status: 'delivered' })).length === 2);
    expect(receiver.received.map(({ body }) => JSON.parse(body).type).toSorted()).toEqual([
      'promotion.started',
      'redemption.expired',
    ]);
  });

  test('deliveries to a receiver that keeps everybody waiting hold up no other', async () => {
    const slow = await startReceiver();
    slow.answer(() => undefined);
    const waiting = await Promise.all(Array.from({ length: 3 }, () => listen({ url: slow.url })));
    for (let order = 0; order < 6; order++) await redeem(as, cart());
    await until(async () => slow.received.length > 0);
    const hook = await listen();
    await redeem(as, cart());
    await until(async () => (await statusOf(hook))[0] === 'delivered');
    expect(slow.received.length).toBeLessThanOrEqual(waiting.length * 4);
    await slow.stop();
  });
});
