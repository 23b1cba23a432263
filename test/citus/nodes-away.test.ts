import { execFileSync } from 'node:child_process';
import { nodeOf } from '../../src/store/database/nodes';
import { CITUS_URL, type ClusterDatabase, createClusterDatabase } from '../support/citus';
import { clientOf, createProvider } from '../support/client';
import { expectReconciled } from '../support/processes/expect-reconciled';
import { type Service, startServices } from '../support/processes/processes';
import { cartOf } from '../support/redeem';
import { until } from '../support/until';

/** A program that is given `kill` or `start`, and the port of a node: it ends the node at once, or starts it again. */
const NODE_COMMAND = process.env.CITUS_NODE_COMMAND?.trim() || undefined;

/** Redemptions of one provider, and what they were answered. */
interface Sale {
  provider: string;
  /** The orders that were answered 201. */
  sold: Set<string>;
  /** How many were answered 503. */
  refused: number;
  /** What else was answered, and should not have been. */
  odd: string[];
  stop(): void;
  ended: Promise<unknown>;
}

/** Of the provider whose node is killed. */
const LIMIT = 400;

if (CITUS_URL === undefined || NODE_COMMAND === undefined) {
  test('no node of a cluster can be ended', () => {
    process.stderr.write(
      '\nNOT RUN: nodes of a Citus cluster that are away, because CITUS_DATABASE_URL and CITUS_NODE_COMMAND are not set.\n',
    );
    expect([CITUS_URL, NODE_COMMAND]).toContain(undefined);
  });
} else {
  describe('a node of a cluster that is away', () => {
    let database: ClusterDatabase;
    let services: Service[] = [];
    let providers: string[];
    let orders = 0;
    beforeAll(async () => {
      database = await createClusterDatabase(CITUS_URL as string);
      const entries = [database.connectionString, ...database.nodes].map((url) => new URL(url));
      const [first] = entries as [URL, ...URL[]];
      // All of them, so that what enters by a node that is away finds another.
      const hosts = entries.map(({ host }) => host).join(',');
      const DATABASE_URL = `postgresql://${first.username}@${hosts}${first.pathname}`;
      services = await startServices(2, { DATABASE_URL, DATABASE_DISTRIBUTION: 'citus' });
      providers = onDifferentNodes();
      for (const provider of providers) {
        await createProvider(services[0] as Service, provider);
        const client = clientOf(services, provider);
        const { body } = await client.persist('/v1/promotions', {
          name: 'Ten',
          conditions: [{ type: 'promo_code' }],
          discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }],
          limits: { total: provider === providers[0] ? LIMIT : 1_000_000 },
        });
        await client.persist(`/v1/promotions/${body.id}/promo-codes`, { code: 'SUN' });
      }
    });
    afterAll(async () => {
      for (const service of services) await service.kill();
      await database?.drop();
    });

    /** A provider for each node that has shards. */
    function onDifferentNodes(): string[] {
      const found = new Map<string, string>();
      for (let number = 0; found.size < database.nodes.length; number++) {
        const node = portOf(`shop-${number}`);
        if (!found.has(node)) found.set(node, `shop-${number}`);
      }
      return [...found.values()];
    }
    function portOf(provider: string): string {
      return new URL(database.cluster.addressOf(provider)).port;
    }

    /** Redeems for a provider without a pause, until it is sold out or told to stop. */
    function sell(provider: string): Sale {
      const client = clientOf(services, provider);
      let running = true;
      const sale: Sale = {
        provider,
        sold: new Set(),
        refused: 0,
        odd: [],
        stop: () => {
          running = false;
        },
        ended: Promise.resolve([]),
      };
      const redeem = async (customer: number) => {
        while (running) {
          const order = { orderId: `${provider}/${++orders}`, expectedTotal: '90.00' };
          const quote = cartOf(`customer ${customer}`, { promoCodes: ['SUN'] });
          const { status, text, retryAfter } = await client.send('/v1/redemptions', { ...order, quote });
          if (status === 201) sale.sold.add(order.orderId);
          else if (status === 409) running = false;
          else {
            if (status !== 503 || !(Number(retryAfter) > 0)) sale.odd.push(`${status} ${text}`);
            sale.refused += 1;
            await new Promise((done) => setTimeout(done, 100));
          }
        }
      };
      sale.ended = Promise.all([0, 1, 2, 3, 4, 5].map(redeem));
      return sale;
    }

    /** What was answered is there. */
    async function storedOf({ provider, sold, odd }: Sale): Promise<number> {
      expect(odd).toEqual([]);
      const rows: { order_id: string }[] = await nodeOf(
        database.db,
        provider,
      )('redemptions')
        .where('provider_id', provider)
        .select('order_id');
      const stored = new Set(rows.map(({ order_id }) => order_id));
      expect([...sold].filter((order) => !stored.has(order))).toEqual([]);
      return stored.size;
    }

    test('a node that is killed under load loses no answer and no count; its providers go on once it is back', async () => {
      const [away, ...others] = providers.map(sell) as [Sale, ...Sale[]];
      const node = portOf(away.provider);
      for (let kill = 0; kill < 2; kill++) {
        const before = away.sold.size;
        await until(async () => away.sold.size > before + 30);
        const beside = others.map(({ sold }) => sold.size);
        const refused = away.refused;
        end(node);
        await until(async () => away.refused > refused + 30);
        // Those of other nodes do not notice.
        for (const [index, { sold }] of others.entries()) expect(sold.size).toBeGreaterThan(beside[index] as number);
        start(node);
        const after = away.sold.size;
        await until(async () => away.sold.size > after + 30);
      }
      // Until it is sold out.
      await away.ended;
      for (const other of others) other.stop();
      for (const other of others) await other.ended;

      expect(await storedOf(away)).toBe(LIMIT);
      for (const other of others) {
        await storedOf(other);
        expect(other.refused).toBe(0);
      }
      await expectReconciled(database.db);
    });

    test('while the coordinator is away redemptions go on, and none is refused', async () => {
      const [, other] = providers as [string, string];
      const sale = sell(other);
      const node = new URL(database.connectionString).port;
      end(node);
      try {
        const before = sale.sold.size;
        await until(async () => sale.sold.size > before + 100);
      } finally {
        start(node);
      }
      sale.stop();
      await sale.ended;
      expect(sale.refused).toBe(0);
      await storedOf(sale);
    });

    function end(node: string): void {
      execFileSync(NODE_COMMAND as string, ['kill', node]);
    }
    function start(node: string): void {
      execFileSync(NODE_COMMAND as string, ['start', node]);
    }
  });
}
