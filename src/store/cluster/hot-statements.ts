import type { Named } from '../database/nodes';
import { preparedStatement } from '../database/prepared-statement';
import { renameTables } from './renaming';
import type { Shard } from './topology';

const CALL = /^\s*select\s+(\w+)\s*\(/i;

/** What a statement has become on each shard, by the shard's number. */
const made = new WeakMap<Named, Map<string, Named>>();

/**
 * Returns a hot statement as it runs on a shard: as one of PostgreSQL's own, on its tables, without the planner of Citus,
 * which would cost as much again. A function is called by the name that it has there; what reads asks whether the shard
 * is still on the node.
 */
export function onShard(statement: Named, shard: Shard): Named {
  const onShards = made.get(statement) ?? new Map<string, Named>();
  made.set(statement, onShards);
  const known = onShards.get(shard.id);
  if (known !== undefined) return known;
  const { sql, name } = statement;
  const called = CALL.exec(sql)?.[1];
  const text =
    called === undefined
      ? `select answer.* from (${renameTables(sql, shard.tables)}) answer where shard_is_here(${shard.id})`
      : sql.replace(called, functionOn(called, shard.id));
  const renamed = preparedStatement(text, name.slice(0, name.lastIndexOf('_')));
  onShards.set(shard.id, renamed);
  return renamed;
}

/** Returns the name of a function on a shard. */
export function functionOn(name: string, shardId: string): string {
  return `${name}_${shardId}`;
}
