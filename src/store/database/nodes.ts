import type { Knex } from 'knex';

/** A statement with its name. */
export interface Named {
  readonly sql: string;
  readonly name: string;
}

/** The nodes of a cluster over which the rows of providers lie. */
export interface Nodes {
  /** Returns the pool of the node that has a provider's rows. */
  of(providerId: string): Knex | undefined;
  /** Runs work of a provider on its node; again where its rows have moved to another one meanwhile. */
  run<T>(providerId: string, work: (db: Knex) => Promise<T>): Promise<T>;
  /** Returns a statement as it runs on the provider's shards themselves. */
  onShard(statement: Named, providerId: string): Named;
  /** The pool of the node where the tables lie that belong to no provider. */
  readonly coordinator: Knex;
}

/** The error of a statement that does not find a provider's shard on its node: it has moved. */
export const MOVED = 'OB010';

/** What knex keeps of a pool, for its transactions too; that of a cluster knows the nodes. */
interface Routed {
  config: { nodes?: Nodes };
}

/** Returns the pool of the node that has a provider's rows: of one server that one; a transaction stays where it is. */
export function nodeOf(db: Knex, providerId: string): Knex {
  return (db.isTransaction ? undefined : nodesOf(db)?.of(providerId)) ?? db;
}

/** Runs work of one provider where its rows are. */
export function onNode<T>(db: Knex, providerId: string, work: (db: Knex) => Promise<T>): Promise<T> {
  const nodes = db.isTransaction ? undefined : nodesOf(db);
  return nodes === undefined ? work(db) : nodes.run(providerId, work);
}

/** Returns the nodes that a pool, or a transaction, is one of; absent: there is one server. */
export function nodesOf(db: Knex): Nodes | undefined {
  return (db.client as Routed).config.nodes;
}

/** Makes a pool one of a cluster. */
export function joinNodes(db: Knex, nodes: Nodes): void {
  (db.client as Routed).config.nodes = nodes;
}
