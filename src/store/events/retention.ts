import type { Knex } from 'knex';
import { KEPT_DAYS } from './feed';

/** So much is removed of each provider at a time; the rest is next. */
const MOST_REMOVED = 5_000;
const MOST_PROVIDERS = 50;
const AGE = `now() - interval '${KEPT_DAYS} days'`;

/** Removes events, and deliveries that are over, that are older than the feed goes back; a part of them, where there are many. */
export async function removeOldEvents(db: Knex): Promise<void> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select id from providers p
     where (select at from events e where e.provider_id = p.id order by written limit 1) < ${AGE}
        or (select created_at from webhook_deliveries d where d.provider_id = p.id order by id limit 1) < ${AGE}
     limit ${MOST_PROVIDERS}`,
  );
  for (const { id } of rows) {
    await removeOldest(db, id, { table: 'events', key: 'written', time: 'at' });
    await removeOldest(db, id, { table: 'webhook_deliveries', key: 'id', time: 'created_at' });
  }
}

/** By the order of writing, which is nearly that of time, so that only what is removed is looked at. */
async function removeOldest(
  db: Knex,
  providerId: string,
  { table, key, time }: { table: string; key: string; time: string },
): Promise<void> {
  await db.raw(
    `delete from ?? where provider_id = ? and ?? in (
       select ?? from ?? where provider_id = ? order by ?? limit ${MOST_REMOVED}
     ) and ?? < ${AGE}`,
    [table, providerId, key, key, table, providerId, key, time],
  );
}
