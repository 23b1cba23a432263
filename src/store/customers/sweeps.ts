import type { Knex } from 'knex';
import { mayChangeAuditLog } from './erased-rows';

/** The id of the lock under which one process at a time sweeps; any number that nobody else takes. */
const SWEEP_LOCK = 7_214_630_855;

/**
 * Runs one step of a sweep in a transaction, unless another process is at one: the lock ends with the transaction, so that
 * a crash, or a pooler that lends connections, leaves none behind.
 */
export async function alone<T>(db: Knex, step: (trx: Knex.Transaction) => Promise<T>): Promise<T | undefined> {
  return db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: [{ mine: boolean }] }>('select pg_try_advisory_xact_lock(?) as mine', [
      SWEEP_LOCK,
    ]);
    return rows[0].mine ? step(trx) : undefined;
  });
}

const REMOVED_AT_ONCE = 500;

/** Removes entries of the audit log older than so many days; returns whether there may be more. */
export async function removeOldAuditEntries(trx: Knex.Transaction, providerId: string, days: number): Promise<boolean> {
  await mayChangeAuditLog(trx);
  const { rowCount } = await trx.raw(
    `delete from audit_log where provider_id = :providerId and ctid = any (array(
       select ctid from audit_log where provider_id = :providerId and at < now() - make_interval(days => :days)
       order by at limit ${REMOVED_AT_ONCE}))`,
    { providerId, days },
  );
  return rowCount === REMOVED_AT_ONCE;
}

/** Returns the ids of all providers that left something behind, removed ones included. */
export async function allProviders(db: Knex): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    'select id from providers union select provider_id from removed_providers order by id',
  );
  return rows.map(({ id }) => id);
}
