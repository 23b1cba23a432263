import type { Knex } from 'knex';
import { type Client, clientOf, createProvider } from '../support/client';
import { createTestDatabase, databaseUrl, runOn, type TestDatabase } from '../support/database';
import { isPgBouncerInstalled, type PgBouncer, startPgBouncer } from '../support/processes/pgbouncer';
import {
  type RestartablePostgres,
  type Service,
  startRestartablePostgres,
  startServices,
} from '../support/processes/processes';
import { type Receiver, startReceiver } from '../support/processes/receiver';
import { cart, cartOf } from '../support/redeem';
import { until } from '../support/until';

const LONG = 120_000;
const ALLOW = { WEBHOOK_ALLOW_PRIVATE: 'true' };
const HELD_AND_CONFIRMED = ['redemption.held', 'redemption.confirmed', 'redemption.cancelled', 'redemption.expired'];

interface Told {
  id: string;
  type: string;
  data: { redemptionId?: string; promotionId?: string; promoCodeId?: string };
}

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());
const idsReceived = () => receiver.received.map(({ headers }) => String(headers['webhook-id']));

async function listen(client: Client, events: string[]): Promise<string> {
  const { status, body } = await client.persist('/v1/webhooks', { url: receiver.url, events });
  expect(status).toBe(201);
  return body.id;
}

/** Reads the feed to its end. */
async function readAll(client: Client, after?: string): Promise<Told[]> {
  const seen: Told[] = [];
  for (let last = after; ; last = seen.at(-1)?.id ?? last) {
    const { body } = await client.send(`/v1/events?limit=50${last === undefined ? '' : `&after=${last}`}`);
    seen.push(...body.items);
    if (body.nextAfter === undefined) return seen;
  }
}

/** The tests of three processes that reach one database, one way or another. */
function tellsEverythingOnce(connectionString: () => Promise<string>): void {
  let database: TestDatabase;
  let services: Service[] = [];
  let db: Knex;
  beforeAll(async () => {
    database = await createTestDatabase();
    ({ db } = database);
    const url = new URL(await connectionString());
    url.pathname = new URL(database.connectionString).pathname;
    services = await startServices(3, { ...ALLOW, DATABASE_URL: url.href });
  }, LONG);
  afterAll(async () => {
    for (const service of services) await service.kill();
    await database?.drop();
  });

  test(
    'every cause is one event, and one delivery, in a rush on the last uses, while a reader pages all the time',
    async () => {
      await createProvider(services[0] as Service, 'rush', { combination: 'sum', maxPromoCodes: 2 });
      const client = clientOf(services, 'rush');
      const promotion = await client.persist('/v1/promotions', {
        name: 'Ten',
        conditions: [{ type: 'promo_code' }],
        discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }],
        limits: { total: 20 },
      });
      await client.persist(`/v1/promotions/${promotion.body.id}/promo-codes`, { code: 'RUSH', maxRedemptions: 20 });
      await listen(client, [...HELD_AND_CONFIRMED, 'promotion.limit_reached', 'promo_code.used_up']);
      let isOver = false;
      const paging = (async () => {
        const seen = await readAll(client);
        while (!isOver) seen.push(...(await readAll(client, seen.at(-1)?.id)));
        return [...seen, ...(await readAll(client, seen.at(-1)?.id))];
      })();
      const made = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          client.persist('/v1/redemptions', {
            orderId: `order ${index}`,
            quote: cartOf(`customer ${index}`, { promoCodes: ['RUSH'] }),
            ...(index % 3 === 0 && { holdSeconds: 600 }),
          }),
        ),
      );
      const held = made.map(({ body }) => body).filter(({ status }) => status === 'held');
      // At the same moment from several processes: one of them does it.
      await Promise.all(
        held.flatMap(({ id }, index) =>
          Array.from({ length: 2 }, () => client.persist(`/v1/redemptions/${id}/${index % 2 ? 'cancel' : 'confirm'}`)),
        ),
      );
      isOver = true;
      const seen = await paging;
      expect(seen).toEqual(await readAll(client));
      const redemptions = await db('redemptions').where('provider_id', 'rush').select('id', 'status', 'expires_at');
      expect(redemptions).toHaveLength(60);
      const expected = redemptions.flatMap(({ id, status, expires_at }) => [
        ...(expires_at === null ? [] : [`redemption.held ${id}`]),
        `redemption.${status} ${id}`,
      ]);
      const told = seen.filter(({ type }) => type.startsWith('redemption.'));
      expect(told.map(({ type, data }) => `${type} ${data.redemptionId}`).toSorted()).toEqual(expected.toSorted());
      // Held comes before what became of it.
      for (const { id } of held) {
        expect(told.filter(({ data }) => data.redemptionId === id)[0]?.type).toBe('redemption.held');
      }
      expect(seen.filter(({ type }) => type === 'promotion.limit_reached')).toHaveLength(1);
      expect(seen.filter(({ type }) => type === 'promo_code.used_up')).toHaveLength(1);
      const ours = seen.filter(({ type }) => type !== 'promotion.created').map(({ id }) => id);
      await until(async () => new Set(idsReceived()).size >= ours.length);
      expect(idsReceived().toSorted()).toEqual(ours.toSorted());
    },
    LONG,
  );

  test(
    'what the clock brings about is told once, though three processes look',
    async () => {
      await createProvider(services[0] as Service, 'clock');
      const client = clientOf(services, 'clock');
      await listen(client, ['promotion.started', 'redemption.expired']);
      for (let n = 0; n < 20; n++) {
        await client.persist('/v1/promotions', { name: `P${n}`, startsAt: '2090-01-01T00:00:00Z' });
        await client.persist('/v1/redemptions', { orderId: `order ${n}`, quote: cart(), holdSeconds: 600 });
      }
      await db('due_events').where('provider_id', 'clock').update({ due_at: new Date() });
      await db('redemptions').where('provider_id', 'clock').update({ expires_at: new Date() });
      await until(async () => receiver.received.length >= 40);
      const types = (await readAll(client)).map(({ type }) => type);
      for (const type of ['promotion.started', 'redemption.expired']) {
        expect(types.filter((told) => told === type)).toHaveLength(20);
      }
      expect(new Set(idsReceived()).size).toBe(40);
    },
    LONG,
  );
}

describe('three processes on one database', () => {
  tellsEverythingOnce(async () => process.env.TEST_SERVER_URL ?? '');
});

if (isPgBouncerInstalled()) {
  describe('three processes behind a pooler that lends connections by transaction', () => {
    let pooler: PgBouncer;
    afterAll(() => pooler?.stop());
    tellsEverythingOnce(async () => {
      pooler = await startPgBouncer(process.env.TEST_SERVER_URL ?? '');
      return pooler.connectionString;
    });
  });
} else {
  test('PgBouncer is not installed', () => {
    process.stderr.write(
      "\nNOT RUN: webhooks through PgBouncer, because Debian's package pgbouncer is not installed.\n",
    );
    expect(isPgBouncerInstalled()).toBe(false);
  });
}

describe('a process that is killed, or whose database goes away', () => {
  let postgres: RestartablePostgres;
  let services: Service[] = [];
  let client: Client;
  beforeAll(async () => {
    postgres = await startRestartablePostgres();
    services = await startServices(1, { ...ALLOW, DATABASE_URL: postgres.connectionString });
    await createProvider(services[0] as Service, 'north');
    client = clientOf(services, 'north');
  }, LONG);
  afterAll(async () => {
    for (const service of services) await service.kill();
    await postgres?.remove();
  });

  let orders = 0;
  const redeem = async () => {
    const { status, body } = await client.persist('/v1/redemptions', { orderId: `order ${++orders}`, quote: cart() });
    expect(status).toBe(201);
    return body.id;
  };
  const redemptionsReceived = () => receiver.received.map(({ body }) => JSON.parse(body).data.redemptionId);
  const service = () => services[0] as Service;

  test(
    'between a commit and its delivery: it is delivered after the restart',
    async () => {
      const webhook = await listen(client, ['redemption.confirmed']);
      const ids: string[] = [];
      for (let order = 0; order < 5; order++) ids.push(await redeem());
      await service().kill();
      await service().start();
      await until(async () => ids.every((id) => redemptionsReceived().includes(id)));
      await client.send(`/v1/webhooks/${webhook}`, undefined, {}, 'DELETE');
    },
    LONG,
  );

  test(
    'a process that is killed, or whose database goes away while a receiver takes its time: the event is sent again, with the same id',
    async () => {
      receiver.answer(() => undefined);
      const webhook = await listen(client, ['redemption.confirmed']);
      const id = await redeem();
      await until(async () => receiver.received.length > 0);
      await service().kill();
      receiver.answer((_request, response) => response.end());
      await service().start();
      await until(async () => receiver.received.length > 1);
      expect(new Set(redemptionsReceived())).toEqual(new Set([id]));
      expect(new Set(idsReceived()).size).toBe(1);
      await client.send(`/v1/webhooks/${webhook}`, undefined, {}, 'DELETE');
    },
    LONG,
  );

  test(
    'a process that is killed, or whose database goes away is stopped at once while a receiver keeps it waiting, and sends again afterwards',
    async () => {
      receiver.answer(() => undefined);
      const webhook = await listen(client, ['redemption.confirmed']);
      await redeem();
      await until(async () => receiver.received.length > 0);
      expect(await service().stop()).toBe(0);
      receiver.answer((_request, response) => response.end());
      await service().start();
      await until(async () => receiver.received.length > 1);
      await client.send(`/v1/webhooks/${webhook}`, undefined, {}, 'DELETE');
    },
    LONG,
  );

  test(
    'a process that is killed, or whose database goes away goes on sending once its database is back',
    async () => {
      await listen(client, ['redemption.confirmed']);
      await redeem();
      await until(async () => receiver.received.length === 1);
      await postgres.stop();
      await postgres.start();
      const id = await redeem();
      await until(async () => redemptionsReceived().includes(id));
    },
    LONG,
  );
});

test(
  'a user who may not make the schema of the queue is told what to grant',
  async () => {
    const server = process.env.TEST_SERVER_URL ?? '';
    const [user, name] = [`narrow_${Date.now()}`, `narrow_${Date.now()}`];
    await runOn(server, `create role ${user} login`);
    await runOn(server, `create database ${name}`);
    const narrow = new URL(databaseUrl(server, name));
    await runOn(narrow.href, `grant all on schema public to ${user}`);
    await runOn(server, `revoke create on database ${name} from public`);
    narrow.username = user;
    const started = startServices(1, { DATABASE_URL: narrow.href });
    await expect(started).rejects.toThrow(/DATABASE_URL: .*schema "offerbook_queue".*CREATE.*npm run migrate/);
    await runOn(server, `drop database ${name} with (force)`);
    await runOn(server, `drop role ${user}`);
  },
  LONG,
);
