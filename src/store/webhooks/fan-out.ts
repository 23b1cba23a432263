import type { Knex } from 'knex';
import { nodeOf } from '../database/nodes';
import { type EventRow, toEvent } from '../events/feed';
import { createDeliveries } from './deliveries';
import { type SendJob, wakeWebhook } from './queue';
import type { WebhookRow } from './webhooks';

/** So many events of a feed are looked at by one transaction. */
const MOST_EVENTS = 1_000;

/** Reads the providers with active webhooks whose feeds have events without a place. */
export async function providersWithUnplaced(db: Knex): Promise<string[]> {
  return names(
    db,
    `select provider_id from (select distinct provider_id from webhooks where status = 'active') w
     where exists (select from events e where e.provider_id = w.provider_id and e.position is null)`,
  );
}

/** Reads the providers with active webhooks of which holds have expired. */
export async function providersWithExpiredHolds(db: Knex): Promise<string[]> {
  return names(
    db,
    `select provider_id from (select distinct provider_id from webhooks where status = 'active') w
     where exists (
       select from redemptions r where r.provider_id = w.provider_id and r.status = 'held' and r.expires_at <= now()
     )`,
  );
}

async function names(db: Knex, sql: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { provider_id: string }[] }>(sql);
  return rows.map(({ provider_id }) => provider_id);
}

/** Returns whether any provider has a webhook. */
export async function hasWebhooks(db: Knex): Promise<boolean> {
  return (await db('webhooks').first('id')) !== undefined;
}

/** Reads the active webhooks whose feeds have gone on. */
export async function webhooksBehind(db: Knex): Promise<SendJob[]> {
  const { rows } = await db.raw<{ rows: SendJob[] }>(
    `select w.provider_id as "providerId", w.id as "webhookId" from webhooks w join event_feeds f using (provider_id)
     where w.status = 'active' and w.position < f.last_position`,
  );
  return rows;
}

/** Makes the deliveries of the next events of a feed that a webhook listens to; what another process is at is left to it. */
export async function fanOut(db: Knex, { providerId, webhookId }: SendJob): Promise<void> {
  await db.transaction(async (trx) => {
    const webhook = await trx<WebhookRow>('webhooks')
      .where({ provider_id: providerId, id: webhookId, status: 'active' })
      .forUpdate()
      .skipLocked()
      .first<WebhookRow | undefined>();
    if (webhook === undefined) return;
    const rows: EventRow[] = await trx('events')
      .where('provider_id', providerId)
      .where('position', '>', webhook.position)
      .orderBy('position')
      .limit(MOST_EVENTS)
      .select('written', 'type', 'at', 'position');
    const last = rows.at(-1);
    if (last === undefined) return;
    await trx('webhooks').where({ provider_id: providerId, id: webhookId }).update({ position: last.position });
    const wanted = rows.filter(
      ({ type, written }) => webhook.events.includes(type) && Number(written) > Number(webhook.written_after),
    );
    const events = wanted.map((row) => ({ id: toEvent(row).id, type: row.type, written: row.written }));
    await createDeliveries(trx, providerId, webhookId, events, new Date());
  });
}

/** What should have been sent for so long has been forgotten, such as by a process that died. */
const FORGOTTEN_AFTER = '5 seconds';

/** Wakes the webhooks of which something is due that nobody seems to be at. */
export async function wakeForgotten(db: Knex): Promise<void> {
  const { rows } = await db.raw<{ rows: SendJob[] }>(
    `select w.provider_id as "providerId", w.id as "webhookId" from webhooks w
     where w.status = 'active' and (w.busy_until is null or w.busy_until <= now())
       and (w.retry_at is null or w.retry_at <= now() - interval '${FORGOTTEN_AFTER}')
       and exists (
         select from webhook_deliveries d
         where d.provider_id = w.provider_id and d.webhook_id = w.id and d.status = 'pending'
           and d.next_at <= now() - interval '${FORGOTTEN_AFTER}'
       )`,
  );
  for (const job of rows) {
    await nodeOf(db, job.providerId).transaction(async (trx) => {
      const [held] = await trx('webhooks')
        .where({ provider_id: job.providerId, id: job.webhookId })
        .forUpdate()
        .skipLocked()
        .select('id');
      if (held !== undefined) await wakeWebhook(trx, job);
    });
  }
}
