import { randomBytes } from 'node:crypto';
import { Cluster } from '../../src/store/cluster/cluster';
import { placingOf } from '../../src/store/cluster/distribution';
import { connect, migrateToLatest } from '../../src/store/database/connection';
import { databaseUrl, runOn, type TestDatabase } from './database';

/** Where an empty Citus cluster is, of whose databases the tests make some: the address of its coordinator. */
export const CITUS_URL = process.env.CITUS_DATABASE_URL?.trim() || undefined;

/** Few, so that a database is made quickly. */
const SHARDS = 4;

/** A database that lies on all nodes of a cluster. */
export interface ClusterDatabase extends TestDatabase {
  cluster: Cluster;
  /** The addresses of the database on the nodes that have shards. */
  nodes: string[];
}

/** Makes a migrated, empty database on every node of the cluster. */
export async function createClusterDatabase(url: string): Promise<ClusterDatabase> {
  const name = `offerbook_test_${randomBytes(6).toString('hex')}`;
  const members = (await runOn(url, 'select nodename, nodeport, groupid from pg_dist_node order by groupid')) as {
    nodename: string;
    nodeport: number;
    groupid: number;
  }[];
  const servers = members.map(({ nodename, nodeport }) => {
    const server = new URL(url);
    server.hostname = nodename;
    server.port = String(nodeport);
    return server.href;
  });
  for (const server of servers) {
    await runOn(server, `create database ${name}`);
    await runOn(databaseUrl(server, name), 'create extension citus');
  }
  const connectionString = databaseUrl(url, name);
  const [coordinator, ...workers] = members;
  await runOn(connectionString, 'select citus_set_coordinator_host($1, $2)', [
    coordinator?.nodename,
    coordinator?.nodeport,
  ]);
  for (const { nodename, nodeport } of workers)
    await runOn(connectionString, 'select citus_add_node($1, $2)', [nodename, nodeport]);
  await runOn(connectionString, `alter database ${name} set citus.shard_count = ${SHARDS}`);
  const migrating = connect(connectionString, { pool: 2 });
  await migrateToLatest(migrating, { placing: placingOf('citus') });
  await migrating.destroy();
  const cluster = await Cluster.open(connectionString);
  const db = cluster.pool({ pool: 10 });
  return {
    db,
    cluster,
    connectionString,
    nodes: servers.slice(1).map((server) => databaseUrl(server, name)),
    open: () => cluster.pool({ pool: 10 }),
    drop: async () => {
      await db.destroy();
      await cluster.close();
      for (const server of servers.toReversed()) await runOn(server, `drop database if exists ${name} with (force)`);
    },
  };
}
