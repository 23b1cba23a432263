import type { Knex } from 'knex';
import { connect, connectWhenUp, type PoolOptions, type ReportWaiting } from '../database/connection';
import { codeOf } from '../database/errors';
import { joinNodes, MOVED, type Named, type Nodes } from '../database/nodes';
import { serversOf } from '../database/servers';
import { requireCitus } from './distribution';
import { onShard } from './hot-statements';
import { type NodeAddress, readCoordinator, readTopology, shardOf, type Topology } from './topology';

/** So often the cluster is asked whether something has moved. */
const LOOK_EVERY_MS = 1_000;
/** After a shard has moved its new node may be told a moment later. */
const TOLD_WITHIN_MS = 2_000;
const ASKED_EVERY_MS = 50;

/** What a process knows of a Citus cluster; it is read again when it changes, from whatever node is the entry. */
export class Cluster {
  #topology: Topology = { coordinator: { host: '', port: 0 }, shards: [], print: '' };
  #reading: Promise<void> | undefined;
  readonly #entry: Knex;
  readonly #kinds: NodePools[] = [];
  readonly #addresses = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;

  private constructor(readonly connectionString: string) {
    this.#entry = connect(connectionString, { pool: 1, silentMs: TOLD_WITHIN_MS });
    // Where nobody answers what was known last may still hold; a node that has lost its shard says so.
    this.#timer = setInterval(() => void this.read().catch(() => undefined), LOOK_EVERY_MS);
  }

  /** Reads where everything is, and goes on looking. */
  static async open(connectionString: string): Promise<Cluster> {
    const cluster = new Cluster(connectionString);
    try {
      await cluster.read();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** Where everything is. */
  get topology(): Topology {
    return this.#topology;
  }

  /** Returns the address of the node that has a provider's rows. */
  addressOf(providerId: string): string {
    const shard = shardOf(this.#topology, providerId);
    return shard === undefined ? this.connectionString : this.addressOfNode(shard.node);
  }

  /** Returns the address of a node: as that of the entry, on another host and port. */
  addressOfNode({ host, port }: NodeAddress): string {
    const name = `${host}:${port}`;
    const address = this.#addresses.get(name) ?? nodeAddress(this.connectionString, { host, port });
    this.#addresses.set(name, address);
    return address;
  }

  /** The address of the node with the tables that belong to no provider. */
  get coordinator(): string {
    return this.addressOfNode(this.#topology.coordinator);
  }

  /** Opens a pool to the entry that leads to pools of the same kind on the nodes. */
  pool(options: PoolOptions): Knex {
    const entry = connect(this.connectionString, options);
    const nodes = new NodePools(this, options);
    this.#kinds.push(nodes);
    joinNodes(entry, nodes);
    return entry;
  }

  /** Reads the topology, or joins who does. */
  read(): Promise<void> {
    this.#reading ??= readTopology(this.#entry, this.#topology)
      .then((topology) => {
        this.#topology = topology;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  /** Stops looking, and closes the pools of the nodes. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading?.catch(() => undefined);
    await Promise.all([this.#entry.destroy(), ...this.#kinds.map((nodes) => nodes.destroy())]);
  }
}

/** One kind of pool on every node. */
class NodePools implements Nodes {
  readonly #pools = new Map<string, Knex>();

  constructor(
    private readonly cluster: Cluster,
    private readonly options: PoolOptions,
  ) {}

  of(providerId: string): Knex | undefined {
    const shard = shardOf(this.cluster.topology, providerId);
    return shard && this.#poolOf(shard.node);
  }

  async run<T>(providerId: string, work: (db: Knex) => Promise<T>): Promise<T> {
    let until: number | undefined;
    for (;;) {
      const db = this.of(providerId);
      if (db === undefined) throw new Error('The cluster has no shard for a provider');
      try {
        return await work(db);
      } catch (error) {
        if (codeOf(error) !== MOVED) throw error;
        // From when it is known on: until a shard was handed over the work has waited for its lock.
        until ??= performance.now() + TOLD_WITHIN_MS;
        if (performance.now() > until) throw error;
        await this.cluster.read();
        if (this.of(providerId) === db) await new Promise((again) => setTimeout(again, ASKED_EVERY_MS));
      }
    }
  }

  onShard(statement: Named, providerId: string): Named {
    const shard = shardOf(this.cluster.topology, providerId);
    return shard === undefined ? statement : onShard(statement, shard);
  }

  get coordinator(): Knex {
    return this.#poolOf(this.cluster.topology.coordinator);
  }

  /** Closes the pools of the nodes. */
  async destroy(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #poolOf(node: NodeAddress): Knex {
    const address = this.cluster.addressOfNode(node);
    const known = this.#pools.get(address);
    if (known !== undefined) return known;
    const pool = connect(address, this.options);
    joinNodes(pool, this);
    this.#pools.set(address, pool);
    return pool;
  }
}

/** Returns where the schema is migrated: the coordinator of the cluster that an address is an entry to. */
export async function coordinatorOf(connectionString: string, report?: ReportWaiting): Promise<string> {
  const client = await connectWhenUp(connectionString, report);
  await client.end();
  const db = connect(connectionString, { pool: 1 });
  try {
    await requireCitus(db);
    return nodeAddress(connectionString, await readCoordinator(db));
  } finally {
    await db.destroy();
  }
}

function nodeAddress(connectionString: string, { host, port }: NodeAddress): string {
  const url = new URL(serversOf(connectionString).addresses[0] as string);
  for (const name of ['host', 'port']) url.searchParams.delete(name);
  url.hostname = host.includes(':') ? `[${host}]` : host;
  url.port = String(port);
  return url.href;
}
