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
    `select *
     from (
       select count(*) filter (where expires_at > now()) as holds,
         count(*) filter (where expires_at <= now()) as "expiredHolds"
       from redemptions where status = 'held'
     ) redemptions,
     (select count(*) as erasures from customer_erasures) erasures,
     (
       select count(*) as deliveries,
         count(*) filter (where next_at < now() - interval '1 minute') as "overdueDeliveries"
       from webhook_deliveries where status = 'pending'
     ) deliveries,
     (select count(*) as "failingWebhooks" from webhooks where failing_since is not null) webhooks`,
  );
  return rows[0];
}
