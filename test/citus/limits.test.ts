import { hashText } from '../../src/store/cluster/hash';
import { nodeOf } from '../../src/store/database/nodes';
import { changesOrders } from '../processes/changes-orders';
import { keepsLimits } from '../processes/keeps-limits';
import { survivesKills } from '../processes/survives-kills';
import { CITUS_URL, type ClusterDatabase, createClusterDatabase } from '../support/citus';
import { clientOf, createProvider } from '../support/client';
import { runOn } from '../support/database';
import { type Service, startServices } from '../support/processes/processes';
import { cart, cartOf } from '../support/redeem';

test.each([
  ['', -1477818771],
  ['demo', -1580112830],
  ['a longer name, of more than twelve bytes', -837627212],
])('the hash of %p is that of PostgreSQL', (text, hash) => {
  expect(hashText(text)).toBe(hash);
});

if (CITUS_URL === undefined) {
  process.stderr.write('CITUS_DATABASE_URL is not set: nothing is tried on Citus.\n');
} else {
  describe('several processes on a cluster', () => {
    let database: ClusterDatabase;
    let services: Service[] = [];
    beforeAll(async () => {
      database = await createClusterDatabase(CITUS_URL as string);
      // They enter by different nodes.
      const entries = [database.connectionString, ...database.nodes, database.connectionString];
      services = (
        await Promise.all(
          entries.map((DATABASE_URL) => startServices(1, { DATABASE_URL, DATABASE_DISTRIBUTION: 'citus' })),
        )
      ).flat();
    });
    afterAll(async () => {
      for (const service of services) await service.kill();
      await database?.drop();
    });

    keepsLimits(() => ({ db: database.db, services }));
    changesOrders(() => ({ db: database.db, services }));
    survivesKills(() => ({ db: database.db, services }));

    test('400 of 400 simultaneous redemptions of an unlimited code succeed, whose counters nobody has used before', async () => {
      for (const provider of ['first', 'second', 'third']) {
        await createProvider(services[0] as Service, provider);
        const client = clientOf(services, provider);
        const discounts = [{ name: 'Ten', value: { type: 'percent', percent: '10' } }];
        const { body } = await client.persist('/v1/promotions', {
          name: 'Ten',
          conditions: [{ type: 'promo_code' }],
          discounts,
          limits: { perCustomer: 1_000 },
        });
        await client.persist(`/v1/promotions/${body.id}/promo-codes`, { code: 'SUN' });
        const redeem = (number: number) =>
          client.send('/v1/redemptions', {
            orderId: `order ${number}`,
            quote: cartOf(`customer ${number % 40}`, { promoCodes: ['SUN'] }),
            expectedTotal: '90.00',
          });
        const answers = await Promise.all(Array.from({ length: 400 }, (_, number) => redeem(number)));
        expect(answers.filter(({ status }) => status !== 201).map(({ text }) => text)).toEqual([]);
      }
    });

    test('no table is forgotten: all lie by provider, beside each other, and no row is on the coordinator', async () => {
      const { rows } = await database.db.raw(
        `select c.relname as name, p.colocationid as beside, p.partmethod as method
         from pg_class c left join pg_dist_partition p on p.logicalrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'knex\\_%'`,
      );
      expect(rows.length).toBeGreaterThan(30);
      expect(new Set(rows.map(({ method }: { method: string }) => method))).toEqual(new Set(['h']));
      expect(new Set(rows.map(({ beside }: { beside: number }) => beside)).size).toBe(1);
    });

    test('a redemption costs the coordinator nothing', async () => {
      await createProvider(services[0] as Service, 'apart');
      const client = clientOf(services, 'apart');
      await client.persist('/v1/redemptions', { orderId: 'first', quote: cart({}) });
      const calls = () =>
        runOn(
          database.connectionString,
          'select xact_commit::int as count from pg_stat_database where datname = current_database()',
        );
      const [before] = await calls();
      for (let order = 0; order < 50; order++)
        expect((await client.persist('/v1/redemptions', { orderId: `order ${order}`, quote: cart({}) })).status).toBe(
          201,
        );
      const [after] = await calls();
      expect(Number(after?.count) - Number(before?.count)).toBeLessThan(50);
    });

    test('while a provider moves to another node its redemptions go on, and none is lost', async () => {
      const provider = 'moving';
      await createProvider(services[0] as Service, provider);
      const client = clientOf(services, provider);
      const answers: { order: string; status: number }[] = [];
      let isMoving = true;
      const redeem = async (worker: number) => {
        for (let number = 0; isMoving || number < 5; number++) {
          const order = `${worker}/${number}`;
          const { status } = await client.send('/v1/redemptions', { orderId: order, quote: cart({}) });
          answers.push({ order, status });
        }
      };
      const redeeming = [0, 1, 2].map(redeem);
      const home = () => new URL(database.cluster.addressOf(provider)).port;
      const from = home();
      const to = database.nodes.map((node) => new URL(node).port).find((port) => port !== from) as string;
      const host = new URL(database.nodes[0] as string).hostname;
      await runOn(
        database.connectionString,
        `select citus_move_shard_placement(get_shard_id_for_distribution_column('providers', $1::text), $2, $3, $2, $4, 'block_writes')`,
        [provider, host, Number(from), Number(to)],
      );
      isMoving = false;
      await Promise.all(redeeming);
      await database.cluster.read();

      expect(home()).toBe(to);
      expect(answers.filter(({ status }) => status !== 201 && status !== 503)).toEqual([]);
      const stored = await nodeOf(
        database.db,
        provider,
      )('redemptions')
        .where('provider_id', provider)
        .select('order_id');
      const kept = new Set(stored.map(({ order_id }) => order_id));
      expect(answers.filter(({ order, status }) => status === 201 && !kept.has(order))).toEqual([]);
    });
  });
}
