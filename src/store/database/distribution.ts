import type { Knex } from 'knex';

/** Over which servers the tables lie: those of a Citus cluster; without one there is one server. */
export type Distribution = 'citus';

/** The server, or the schema that lies on it, is not what `DATABASE_DISTRIBUTION` says. */
export class DistributionRefused extends Error {
  constructor(what: string) {
    super(`DATABASE_DISTRIBUTION ${what}`);
  }
}

/** Whose tables these are, and what stands in the way, as the server says. */
interface Standing {
  hasCitus: boolean;
  isDistributed: boolean;
  allowsTriggers: boolean;
}

/** Refuses a server that is not what the configuration says, before anything is written. */
export async function requireDistribution(db: Knex, distribution: Distribution | undefined): Promise<void> {
  const { hasCitus, isDistributed, allowsTriggers } = await standing(db);
  if (distribution === undefined) {
    if (isDistributed) throw new DistributionRefused('must be citus: the tables of DATABASE_URL are distributed');
  } else if (!hasCitus) {
    throw new DistributionRefused('citus needs the extension: run "create extension citus" on every node');
  } else if (!allowsTriggers) {
    throw new DistributionRefused('citus needs citus.enable_unsafe_triggers = on, on every node');
  }
}

async function standing(db: Knex): Promise<Standing> {
  const { rows } = await db.raw<{ rows: [{ citus: boolean; triggers: string | null }] }>(
    `select exists (select from pg_extension where extname = 'citus') as citus,
       current_setting('citus.enable_unsafe_triggers', true) as triggers`,
  );
  const [{ citus, triggers }] = rows;
  if (!citus) return { hasCitus: false, isDistributed: false, allowsTriggers: false };
  const distributed = await db.raw<{ rows: object[] }>(
    `select 1 from pg_dist_partition where logicalrelid = to_regclass('public.providers')`,
  );
  return { hasCitus: true, isDistributed: distributed.rows.length > 0, allowsTriggers: triggers === 'on' };
}

/** Each table that lies on the coordinator alone, after those that it refers to; the migrations' own stay there. */
const NOT_YET = `
  with recursive own as (
    select oid, relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'knex\\_%'
  ), depth as (
    select oid, name, 0 as depth from own
    union
    select own.oid, own.name, depth + 1 from depth
    join pg_constraint f on f.contype = 'f' and f.confrelid = depth.oid and f.conrelid <> f.confrelid
    join own on own.oid = f.conrelid
  )
  select name from depth where oid not in (select logicalrelid from pg_dist_partition)
  group by name order by name <> 'providers', max(depth), name`;

/** Puts every table that does not lie there yet on the nodes by its provider, the rows of a provider together. */
export async function distributeTables(db: Knex): Promise<void> {
  await db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { name: string }[] }>(NOT_YET);
    if (rows.length === 0) return;
    // A notification cannot be part of a transaction of several nodes; processes look for changes anyway.
    await trx.raw('drop trigger if exists notify_provider_changed on providers');
    // One connection to each node sees the keys that refer to tables of the same transaction.
    await trx.raw(`set local citus.multi_shard_modify_mode = 'sequential'`);
    for (const { name } of rows) {
      const column = name === 'providers' ? 'id' : 'provider_id';
      const beside = name === 'providers' ? 'none' : 'providers';
      await trx.raw('select create_distributed_table(?, ?, colocate_with => ?)', [name, column, beside]);
    }
  });
}
