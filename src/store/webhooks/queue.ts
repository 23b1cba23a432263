import type { Knex } from 'knex';
import { QUEUE_SCHEMA } from '../database/job-queue';
import { nodesOf } from '../database/nodes';

/** The task that sends what is due of one webhook. */
export const SEND_TASK = 'send_webhook';

/** What a job of the task is about. */
export interface SendJob {
  providerId: string;
  webhookId: string;
}

/**
 * Asks for what is pending of a webhook to be sent when the first of it is due; it holds once the transaction is committed.
 * One job of a webhook waits at most, in the place that its oldest delivery has. Whoever asks holds the webhook's row, so that nobody
 * puts off what another one has just asked for.
 */
export async function wakeWebhook(trx: Knex.Transaction, { providerId, webhookId }: SendJob): Promise<void> {
  const { rows } = await trx.raw<{ rows: { at: Date }[] }>(
    `select greatest(d.next_at, w.retry_at) as at
     from webhooks w join webhook_deliveries d on d.provider_id = w.provider_id and d.webhook_id = w.id
     where w.provider_id = :providerId and w.id = :webhookId and d.status = 'pending'
       and (w.status = 'active' or d.written is null)
     order by d.next_at limit 1`,
    { providerId, webhookId },
  );
  const [due] = rows;
  if (due === undefined) return;
  // The queue is no provider's. A job that comes before its deliveries are committed waits for the webhook's row.
  const queue = nodesOf(trx)?.coordinator ?? trx;
  await queue.raw(
    `select ${QUEUE_SCHEMA}.add_job(
       :task, payload => cast(:payload as json), run_at => :at, max_attempts => 1, job_key => :key
     )`,
    {
      task: SEND_TASK,
      payload: JSON.stringify({ providerId, webhookId }),
      at: due.at,
      key: `${providerId}/${webhookId}`,
    },
  );
}
