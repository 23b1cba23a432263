import type { Knex } from 'knex';
import type { Instant } from '../../engine/time/instant';
import type { Id } from '../../engine/vocabulary/resource';
import { newId } from '../database/id';
import { insertRows, toInstant, withoutNulls } from '../database/rows';
import type { EventId, EventType } from '../events/event';
import { wakeWebhook } from './queue';

/** Where a delivery stands: `failed` ones were given up, and can be tried again by hand. */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** What a test is told as; it is no event. */
export type TestType = 'webhook.test';

/** How the receiver answered the last attempt. */
export interface DeliveryAnswer {
  /**
   * The HTTP status; absent: there was no answer.
   * @isInt
   */
  status?: number;
  /**
   * The first kilobyte of the answer.
   * @maxLength 1024
   */
  body?: string;
  /**
   * Why the attempt failed.
   * @maxLength 500
   */
  error?: string;
  /** When it was made. */
  at: Instant;
}

/** An event on its way to a webhook. */
export interface Delivery {
  /** The delivery's id. */
  id: Id;
  /** The webhook. */
  webhookId: Id;
  /** The event's id, sent as `webhook-id`; of a test one of its own. */
  eventId: EventId;
  /** The event's type. */
  type: EventType | TestType;
  /** Where it stands. */
  status: DeliveryStatus;
  /**
   * How often it was tried.
   * @isInt
   */
  attempts: number;
  /** When it is tried next, at the earliest. */
  nextAttemptAt?: Instant;
  /** What came of the last attempt. */
  answer?: DeliveryAnswer;
  /** When it was made. */
  createdAt: Instant;
}

/** A row of `webhook_deliveries`. */
export interface DeliveryRow {
  provider_id: string;
  id: string;
  webhook_id: string;
  event_id: string;
  event_type: EventType | TestType;
  written: number | string | null;
  status: DeliveryStatus;
  attempts: number;
  next_at: Date | null;
  give_up_at: Date;
  attempted_at: Date | null;
  answer_status: number | null;
  answer_body: string | null;
  error: string | null;
  created_at: Date;
}

/** Which deliveries a list shows. */
export interface DeliveryFilter {
  webhookId: string;
  status?: DeliveryStatus | undefined;
}

/** How long a delivery is tried. */
export const TRIED_FOR_MS = 3 * 86_400_000;

/** Reads a part of a webhook's deliveries, the newest first. */
export async function listDeliveries(
  db: Knex,
  providerId: string,
  { webhookId, status }: DeliveryFilter,
  { limit, after }: { limit: number; after?: string },
): Promise<Delivery[]> {
  const query = db<DeliveryRow>('webhook_deliveries')
    .where({ provider_id: providerId, webhook_id: webhookId })
    .orderBy('id', 'desc')
    .limit(limit);
  if (after !== undefined) query.where('id', '<', after);
  if (status !== undefined) query.where('status', status);
  return (await query.select<DeliveryRow[]>('*')).map(toDelivery);
}

/** Reads one delivery. */
export async function getDelivery(
  db: Knex,
  providerId: string,
  webhookId: string,
  id: string,
): Promise<Delivery | undefined> {
  const row = await db<DeliveryRow>('webhook_deliveries')
    .where({ provider_id: providerId, webhook_id: webhookId, id })
    .first<DeliveryRow | undefined>();
  return row && toDelivery(row);
}

/** An event that a webhook is to be told. */
export interface EventToDeliver {
  id: EventId;
  type: EventType | TestType;
  /** Its row; absent: a test. */
  written?: number | string;
}

/** Writes deliveries of a locked webhook that are due at once, and wakes whoever makes them. */
export async function createDeliveries(
  trx: Knex.Transaction,
  providerId: string,
  webhookId: string,
  events: readonly EventToDeliver[],
  at: Date,
): Promise<DeliveryRow[]> {
  const rows = events.map(
    ({ id, type, written }): DeliveryRow => ({
      provider_id: providerId,
      id: newId(),
      webhook_id: webhookId,
      event_id: id,
      event_type: type,
      written: written ?? null,
      status: 'pending',
      attempts: 0,
      next_at: at,
      give_up_at: new Date(at.getTime() + TRIED_FOR_MS),
      attempted_at: null,
      answer_status: null,
      answer_body: null,
      error: null,
      created_at: at,
    }),
  );
  await insertRows(trx, 'webhook_deliveries', rows);
  if (rows.length > 0) await wakeWebhook(trx, { providerId, webhookId });
  return rows;
}

/** Makes a delivery of a locked webhook due again, whatever became of it, for as long as a new one is tried; at once. */
export async function retryDelivery(
  trx: Knex.Transaction,
  providerId: string,
  webhookId: string,
  id: string,
  at: Date,
): Promise<Delivery | undefined> {
  const [row] = await trx<DeliveryRow>('webhook_deliveries')
    .where({ provider_id: providerId, webhook_id: webhookId, id })
    .update({ status: 'pending', next_at: at, give_up_at: new Date(at.getTime() + TRIED_FOR_MS) }, '*');
  if (row === undefined) return undefined;
  await endPause(trx, providerId, webhookId);
  await wakeWebhook(trx, { providerId, webhookId });
  return toDelivery(row);
}

/** Lets a locked webhook that fails be tried again at once. */
export async function endPause(trx: Knex.Transaction, providerId: string, webhookId: string): Promise<void> {
  await trx('webhooks').where({ provider_id: providerId, id: webhookId }).update({ retry_at: null });
}

/** Returns the delivery of a row. */
export function toDelivery(row: DeliveryRow): Delivery {
  const { attempted_at, answer_status, answer_body, error } = row;
  return {
    id: row.id,
    webhookId: row.webhook_id,
    eventId: row.event_id,
    type: row.event_type,
    status: row.status,
    attempts: row.attempts,
    ...withoutNulls({ nextAttemptAt: toInstant(row.next_at) }),
    ...(attempted_at !== null && {
      answer: {
        ...withoutNulls({ status: answer_status, body: answer_body, error }),
        at: toInstant(attempted_at) as Instant,
      },
    }),
    createdAt: toInstant(row.created_at) as Instant,
  };
}
