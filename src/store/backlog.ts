import type { Knex } from 'knex';

/** What the database has to be looked at for: so many wait for something. */
export interface Backlog {
  /** Redemptions that are held. */
  holds: number;
  /** Holds that have expired and whose uses nobody has given back. */
  expiredHolds: number;
  /** Customers whose erasure was asked for and is not finished. */
  erasures: number;
  /** Deliveries of webhooks that have not arrived. */
  deliveries: number;
  /** Those of them that should have been tried a minute ago. */
  overdueDeliveries: number;
  /** Webhooks whose last attempt failed. */
  failingWebhooks: number;
}

/** Counts what waits in the database, of all providers. */
export async function countBacklog(db: Knex): Promise<Backlog> {
  const { rows } = await db.raw<{ rows: [Backlog] }>(
    `select count(*) filter (where expires_at > now()) as holds,
       count(*) filter (where expires_at <= now()) as "expiredHolds",
       (select count(*) from customer_erasures) as erasures,
       (select count(*) from webhook_deliveries where status = 'pending') as deliveries,
       (select count(*) from webhook_deliveries where status = 'pending' and next_at < now() - interval '1 minute')
         as "overdueDeliveries",
       (select count(*) from webhooks where failing_since is not null) as "failingWebhooks"
     from redemptions where status = 'held'`,
  );
  return rows[0];
}
