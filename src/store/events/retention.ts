import type { Knex } from 'knex';
import { KEPT_DAYS } from './feed';

/** So much is removed at a time; the rest is next. */
const MOST_REMOVED = 5_000;
const MOST_PROVIDERS = 50;
const AGE = `now() - interval '${KEPT_DAYS} days'`;

/** Where something is kept in the order of its writing, which is nearly that of time. */
interface Written {
  table: string;
  key: string;
  time: string;
}

const EVENTS: Written = { table: 'events', key: 'written', time: 'at' };
const DELIVERIES: Written = { table: 'webhook_deliveries', key: 'id', time: 'created_at' };

/** Removes events, and deliveries that are over, that are older than the feed goes back; a part of them, where there are many. */
export async function removeWhatIsPassed(db: Knex): Promise<void> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select id from providers p
     where (select at from events e where e.provider_id = p.id order by written limit 1) < ${AGE}
        or (select created_at from webhook_deliveries d where d.provider_id = p.id order by id limit 1) < ${AGE}
     limit ${MOST_PROVIDERS}`,
  );
  for (const { id } of rows) for (const what of [EVENTS, DELIVERIES]) await removeOldest(db, id, what, KEPT_DAYS);
}

/** Removes a provider's events that are older than so many days, the oldest first; returns whether there may be more. */
export function removeOldEvents(trx: Knex.Transaction, providerId: string, days: number): Promise<boolean> {
  return removeOldest(trx, providerId, EVENTS, days);
}

/** Looks at nothing but what may be removed now. */
async function removeOldest(
  db: Knex,
  providerId: string,
  { table, key, time }: Written,
  days: number,
): Promise<boolean> {
  const { rowCount } = await db.raw(
    `delete from :table: where provider_id = :providerId and :key: in (
       select :key: from :table: where provider_id = :providerId order by :key: limit ${MOST_REMOVED}
     ) and :time: < now() - make_interval(days => :days)`,
    { table, key, time, providerId, days },
  );
  return rowCount === MOST_REMOVED;
}
