import type { Knex } from 'knex';
import type { FeedEvent } from '../events/event';
import { type EventRow, toEvent } from '../events/feed';
import { type DeliveryRow, TRIED_FOR_MS } from './deliveries';
import { type SendJob, wakeWebhook } from './queue';
import type { WebhookRow } from './webhooks';

/** A process that has a webhook to itself and dies keeps it for so long. */
const LEASE_MS = 20_000;
/** So many are read at a time. */
const MOST_DUE = 20;
/** A webhook of which every attempt fails for so long is disabled. */
const DISABLED_AFTER_MS = 5 * 86_400_000;

/** The retries of one delivery: 5 s, 20 s, 80 s and so on, at most 8 hours apart. */
const FIRST_DELAY_MS = 5_000;
const DELAY_GROWS_BY = 4;
const MOST_DELAY_MS = 8 * 3_600_000;
/** A webhook that fails is tried by one delivery at a time, often enough that the others need not wait long once it is back. */
const MOST_PAUSE_MS = 15 * 60_000;

/** What is due of a webhook, which nobody else sends until the round is ended. */
export interface Round extends SendJob {
  webhook: WebhookRow;
  due: DueDelivery[];
}

/** A delivery that is due; without an event it is a test, or its event is gone. */
export interface DueDelivery extends DeliveryRow {
  event: FeedEvent | undefined;
}

/** What came of an attempt. */
export interface Outcome {
  /** Whether the receiver has taken it. */
  isDelivered: boolean;
  /** The HTTP status, where there was an answer. */
  status?: number | undefined;
  /** The beginning of the answer. */
  body?: string | undefined;
  /** Why it failed. */
  error?: string | undefined;
}

/** Takes a webhook to send what is due; undefined where another process has it, or it is to be left in peace for now. */
export async function beginRound(db: Knex, { providerId, webhookId }: SendJob): Promise<Round | undefined> {
  const [webhook] = await db<WebhookRow>('webhooks')
    .where({ provider_id: providerId, id: webhookId })
    .whereRaw('(busy_until is null or busy_until <= statement_timestamp())')
    .whereRaw('(retry_at is null or retry_at <= statement_timestamp())')
    .update({ busy_until: db.raw('statement_timestamp() + make_interval(secs => ?)', [LEASE_MS / 1_000]) }, '*');
  if (webhook === undefined) return undefined;
  const pending = () =>
    db('webhook_deliveries as d').where({ 'd.provider_id': providerId, webhook_id: webhookId, 'd.status': 'pending' });
  await pending().whereRaw('give_up_at <= statement_timestamp()').update({ status: 'failed', next_at: null });
  const due = pending()
    .leftJoin('events as e', (on) => on.on('e.provider_id', 'd.provider_id').andOn('e.written', 'd.written'))
    .whereRaw('next_at <= statement_timestamp()')
    // Whoever tests a webhook that fails does not wait for what failed before.
    .orderByRaw(webhook.failures > 0 ? 'd.written is not null, next_at, d.id' : 'next_at, d.id')
    .limit(webhook.failures > 0 ? 1 : MOST_DUE)
    .select('d.*', 'e.type', 'e.at', 'e.data', 'e.position');
  if (webhook.status !== 'active') due.whereNull('d.written');
  const rows: (DeliveryRow & EventRow)[] = await due;
  return {
    providerId,
    webhookId,
    webhook,
    due: rows.map((row) => ({ ...row, event: row.position === null ? undefined : toEvent(row) })),
  };
}

/** Gives the webhook back, and sees to it that what is left is sent in its time. */
export async function endRound(db: Knex, job: SendJob): Promise<void> {
  await db.transaction(async (trx) => {
    const { providerId, webhookId } = job;
    await trx('webhooks').where({ provider_id: providerId, id: webhookId }).update({ busy_until: null });
    await wakeWebhook(trx, job);
  });
}

/** Asks for a webhook that was left in peace to be looked at again in time. */
export async function postpone(db: Knex, job: SendJob): Promise<void> {
  await db.transaction(async (trx) => {
    const { providerId, webhookId } = job;
    const [row] = await trx<WebhookRow>('webhooks')
      .where({ provider_id: providerId, id: webhookId })
      .whereRaw('(busy_until is null or busy_until <= statement_timestamp())')
      .forUpdate()
      .select('id');
    if (row !== undefined) await wakeWebhook(trx, job);
  });
}

/** Notes what came of an attempt, and when delivery and webhook are tried again, if at all; returns whether the webhook was disabled. */
export async function recordAttempt(db: Knex, delivery: DeliveryRow, outcome: Outcome): Promise<boolean> {
  const { isDelivered, status, body, error } = outcome;
  const isTest = delivery.written === null;
  return db.transaction(async (trx) => {
    const ofWebhook = { provider_id: delivery.provider_id, id: delivery.webhook_id };
    const webhook = await trx<WebhookRow>('webhooks').where(ofWebhook).forUpdate().first<WebhookRow | undefined>();
    if (webhook === undefined) return false;
    const now = new Date();
    const attempts = delivery.attempts + 1;
    const next = new Date(now.getTime() + delay(attempts, MOST_DELAY_MS));
    const isOver = isDelivered || isTest || next > delivery.give_up_at;
    await trx<DeliveryRow>('webhook_deliveries')
      .where({ provider_id: delivery.provider_id, id: delivery.id })
      .update({
        status: isDelivered ? 'delivered' : isOver ? 'failed' : 'pending',
        next_at: isOver ? null : next,
        attempts,
        attempted_at: now,
        answer_status: status ?? null,
        answer_body: body ?? null,
        error: error ?? null,
      });
    if (isDelivered) {
      const isBack = webhook.failures > 0;
      if (isBack) await trx('webhooks').where(ofWebhook).update({ failures: 0, failing_since: null, retry_at: null });
      return false;
    }
    if (isTest) return false;
    const failures = webhook.failures + 1;
    const failing_since = webhook.failing_since ?? now;
    const retry_at = new Date(now.getTime() + delay(failures, MOST_PAUSE_MS));
    await trx('webhooks').where(ofWebhook).update({ failures, failing_since, retry_at });
    if (webhook.status !== 'active' || now.getTime() - failing_since.getTime() < DISABLED_AFTER_MS) return false;
    await disable(trx, webhook, now);
    return true;
  });
}

/** Gives up what waits; it can be tried again by hand, and the feed has it. */
async function disable(trx: Knex.Transaction, { provider_id, id, version }: WebhookRow, at: Date): Promise<void> {
  await trx('webhooks')
    .where({ provider_id, id })
    .update({ status: 'disabled', version: version + 1, updated_at: at });
  await trx('webhook_deliveries')
    .where({ provider_id, webhook_id: id, status: 'pending' })
    .update({ status: 'failed', next_at: null });
}

/** Grows with every failure; by chance a little more or less, so that what failed together does not come back together. */
function delay(failures: number, most: number): number {
  const steps = Math.min(failures - 1, Math.log(TRIED_FOR_MS) / Math.log(DELAY_GROWS_BY));
  return Math.min(most, FIRST_DELAY_MS * DELAY_GROWS_BY ** steps) * (0.8 + Math.random() * 0.4);
}
