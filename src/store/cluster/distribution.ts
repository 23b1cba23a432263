import type { Knex } from 'knex';
import type { Placing } from '../database/connection';
import { MOVED } from '../database/nodes';
import { functionOn } from './hot-statements';
import { DistributionRefused } from './refused';
import { renameTables } from './renaming';
import { readTopology, type Shard } from './topology';

/** Over which servers the tables lie: those of a Citus cluster; without one there is one server. */
export type Distribution = 'citus';

/** Whose tables these are, and what stands in the way, as the server says. */
interface Standing {
  hasCitus: boolean;
  isDistributed: boolean;
  allowsTriggers: boolean;
}

/** Returns what the migrations see to, beside the schema. */
export function placingOf(distribution: Distribution | undefined): Placing {
  return {
    check: (db) => requireDistribution(db, distribution),
    place: async (db) => {
      if (distribution === undefined) return;
      await distributeTables(db);
      await makeFunctions(db);
    },
  };
}

/** Refuses a server that is not what the configuration says, before anything is written. */
async function requireDistribution(db: Knex, distribution: Distribution | undefined): Promise<void> {
  if (distribution !== undefined) return requireCitus(db);
  if ((await standing(db)).isDistributed) {
    throw new DistributionRefused('must be citus: the tables of DATABASE_URL are distributed');
  }
}

/** Refuses a server without Citus, or where triggers would be refused later. */
export async function requireCitus(db: Knex): Promise<void> {
  const { hasCitus, allowsTriggers } = await standing(db);
  if (!hasCitus) throw new DistributionRefused('citus needs the extension: run "create extension citus" on every node');
  if (!allowsTriggers) throw new DistributionRefused('citus needs citus.enable_unsafe_triggers = on, on every node');
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
async function distributeTables(db: Knex): Promise<void> {
  await db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { name: string }[] }>(NOT_YET);
    if (rows.length === 0) return;
    // A notification cannot be part of a transaction of several nodes; processes look for changes anyway.
    await trx.raw('drop trigger if exists notify_provider_changed on providers');
    if (rows.some(({ name }) => name === 'events')) await trx.raw(EVENT_NUMBERS);
    // One connection to each node sees the keys that refer to tables of the same transaction.
    await trx.raw(`set local citus.multi_shard_modify_mode = 'sequential'`);
    for (const { name } of rows) {
      const column = name === 'providers' ? 'id' : 'provider_id';
      const beside = name === 'providers' ? 'none' : 'providers';
      await trx.raw('select create_distributed_table(?, ?, colocate_with => ?)', [name, column, beside]);
    }
  });
}

/**
 * Numbers of events that grow with time on every node, as rows move between them: a microsecond, and which process it was.
 * A sequence would begin somewhere else on each.
 */
const EVENT_NUMBERS = `
  create or replace function event_number() returns bigint language sql volatile as $$
    select ((extract(epoch from clock_timestamp()) * 1000000)::bigint << 12) | (pg_backend_pid() & 4095)
  $$;
  alter table events alter column written drop identity if exists;
  alter table events alter column written set default event_number()`;

/** What a statement on a shard asks first: whether the shard is here; one that writes keeps it here until it has ended. */
const GUARDS = `
  create or replace function shard_is_here(shard bigint) returns boolean language plpgsql stable as $$
  begin
    if exists (
      select from pg_dist_placement p join pg_dist_local_group l on l.groupid = p.groupid where p.shardid = shard
    ) then
      return true;
    end if;
    raise exception 'Shard % is on another node.', shard using errcode = '${MOVED}';
  end $$;
  create or replace function hold_shard(shard bigint) returns void language plpgsql as $$
  begin
    perform lock_shard_metadata(5, array[shard]);
    perform shard_is_here(shard);
  end $$`;

interface NumberedFunction {
  name: string;
  text: string;
  writes: boolean;
}

/** The functions that requests call by a name with a number: those of this release and of the one before. */
const NUMBERED = `
  select proname::text as name, pg_get_functiondef(oid) as text, provolatile = 'v' as writes from pg_proc
  where pronamespace = 'public'::regnamespace and proname ~ '_\\d{1,3}$'`;

/** Makes each function that requests call once more for every shard, on whose tables it works. */
async function makeFunctions(db: Knex): Promise<void> {
  await db.raw(GUARDS);
  const { rows: functions } = await db.raw<{ rows: NumberedFunction[] }>(NUMBERED);
  const { rows: made } = await db.raw<{ rows: { name: string }[] }>(
    `select proname::text as name from pg_proc where pronamespace = 'public'::regnamespace`,
  );
  const known = new Set(made.map(({ name }) => name));
  for (const shard of (await readTopology(db)).shards) {
    for (const each of functions) {
      if (!known.has(functionOn(each.name, shard.id))) await db.raw(onShard(each, shard).replaceAll('?', '\\?'));
    }
  }
}

function onShard({ name, text, writes }: NumberedFunction, shard: Shard): string {
  return renameTables(text, shard.tables)
    .replace(new RegExp(`\\b${name}\\b`), functionOn(name, shard.id))
    .replaceAll("nextval('events_written_seq')", 'event_number()')
    .replace(/\bbegin\b/i, `begin perform ${writes ? 'hold_shard' : 'shard_is_here'}(${shard.id});`);
}
