import type { Knex } from 'knex';
import { hashText } from './hash';
import { DistributionRefused } from './refused';
import type { ShardTables } from './renaming';

/** Where a node listens. */
export interface NodeAddress {
  host: string;
  port: number;
}

/** The tables of the providers whose hashes lie in one range, all of them on one node. */
export interface Shard {
  /** The lowest hash. */
  from: number;
  /** The number that Citus has given to the part of `providers`, which the others lie beside. */
  id: string;
  node: NodeAddress;
  tables: ShardTables;
}

/** Where every provider's rows are. */
export interface Topology {
  /** The node with the tables that belong to no provider. */
  coordinator: NodeAddress;
  /** By hash, ascending. */
  shards: readonly Shard[];
  /** Equal for what is equal. */
  print: string;
}

/** Returns the shard that has, or would have, a provider's rows. */
export function shardOf({ shards }: Topology, providerId: string): Shard | undefined {
  const hash = hashText(providerId);
  let [low, high] = [0, shards.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((shards[middle] as Shard).from <= hash) low = middle;
    else high = middle - 1;
  }
  return shards[low];
}

const HOMES = `
  select s.shardid::text as id, s.shardminvalue::int as "from", n.nodename as host, n.nodeport as port
  from pg_dist_shard s
  join pg_dist_placement p using (shardid)
  join pg_dist_node n on n.groupid = p.groupid and n.noderole = 'primary'
  where s.logicalrelid = 'public.providers'::regclass and p.shardstate = 1
  order by s.shardminvalue::int`;

const TABLES = `
  select s.logicalrelid::regclass::text as name, s.shardid::text as id, s.shardminvalue::int as "from"
  from pg_dist_shard s
  join pg_dist_partition t using (logicalrelid)
  join pg_dist_partition p on p.logicalrelid = 'public.providers'::regclass and p.colocationid = t.colocationid`;

const COORDINATOR = `select nodename as host, nodeport as port from pg_dist_node where groupid = 0 and noderole = 'primary'`;

interface Home extends NodeAddress {
  id: string;
  from: number;
}

/** Reads where everything is, from any node; returns the same object where nothing has changed. */
export async function readTopology(db: Knex, before?: Topology): Promise<Topology> {
  const { rows: homes } = await db.raw<{ rows: Home[] }>(HOMES);
  const coordinator = await readCoordinator(db);
  const print = JSON.stringify([coordinator, homes]);
  if (before?.print === print) return before;
  const { rows: tables } = await db.raw<{ rows: { name: string; id: string; from: number }[] }>(TABLES);
  const shards = homes.map(({ id, from, host, port }) => {
    const beside = tables.filter((table) => table.from === from);
    return { from, id, node: { host, port }, tables: new Map(beside.map((of) => [of.name, `${of.name}_${of.id}`])) };
  });
  return { coordinator, shards, print };
}

/** Reads where the coordinator is, from any node. */
export async function readCoordinator(db: Knex): Promise<NodeAddress> {
  const { rows } = await db.raw<{ rows: NodeAddress[] }>(COORDINATOR);
  if (rows[0] === undefined)
    throw new DistributionRefused('citus needs a coordinator: call citus_set_coordinator_host()');
  return rows[0];
}
