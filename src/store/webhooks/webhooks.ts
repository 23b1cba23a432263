import type { Knex } from 'knex';
import type { Instant } from '../../engine/time/instant';
import type { Note, ServerMade, Stored } from '../../engine/vocabulary/resource';
import { type PageRequest, pageOf } from '../database/requests';
import { newRow, type StoredRow, serverFields, toInstant, withoutNulls } from '../database/rows';
import type { EventType } from '../events/event';

/** Whether events are sent: `disabled` by hand, or after five days in which every attempt failed. */
export type WebhookStatus = 'active' | 'disabled';

/** The client-supplied fields of a webhook. */
interface WebhookFields {
  /**
   * Where events are sent: https or http, without a user and a fragment. Addresses inside a network are refused when
   * something is sent.
   * @minLength 1
   * @maxLength 2000
   */
  url: string;
  /**
   * The types that are sent.
   * @minItems 1
   * @maxItems 100
   * @uniqueItems
   */
  events: EventType[];
  /** Whether events are sent. */
  status?: WebhookStatus;
  /** A note for the back office. */
  note?: Note;
}

/** A webhook to save. */
export interface WebhookInput extends WebhookFields, ServerMade {
  /** Since when every attempt has failed; ignored in a write. */
  failingSince?: Instant;
}

/** Where a provider's events are sent. */
export interface Webhook extends WebhookFields, Stored {
  /** Whether events are sent. */
  status: WebhookStatus;
  /** Since when every attempt has failed; absent: the last one did not. */
  failingSince?: Instant;
}

/** A webhook with what its requests are signed with. */
export interface WebhookWithSecret extends Webhook {
  /**
   * Verifies the signatures; shown only here.
   * @maxLength 100
   */
  secret: string;
}

/** A row of `webhooks`. */
export interface WebhookRow extends StoredRow {
  url: string;
  events: EventType[];
  status: WebhookStatus;
  note: string | null;
  sealed_secret: string;
  retired_secret: string | null;
  retired_until: Date | null;
  position: number;
  written_after: number;
  failures: number;
  failing_since: Date | null;
  retry_at: Date | null;
  busy_until: Date | null;
}

/** Reads a part of the provider's webhooks, oldest first. */
export async function listWebhooks(db: Knex, providerId: string, slice: PageRequest): Promise<Webhook[]> {
  const rows: WebhookRow[] = await pageOf(db, 'webhooks', providerId, {}, slice);
  return rows.map(toWebhook);
}

/** Reads one webhook. */
export async function getWebhook(db: Knex, providerId: string, id: string): Promise<Webhook | undefined> {
  const row = await db<WebhookRow>('webhooks').where({ provider_id: providerId, id }).first<WebhookRow | undefined>();
  return row && toWebhook(row);
}

/** Reads one webhook and keeps others from writing it until the transaction ends. */
export async function lockWebhook(trx: Knex.Transaction, providerId: string, id: string): Promise<Webhook | undefined> {
  const row = await trx<WebhookRow>('webhooks')
    .where({ provider_id: providerId, id })
    .forUpdate()
    .first<WebhookRow | undefined>();
  return row && toWebhook(row);
}

/** Saves a new webhook; it gets the events that are written from now on. */
export async function createWebhook(
  trx: Knex.Transaction,
  providerId: string,
  input: WebhookInput,
  sealedSecret: string,
  at: Date,
): Promise<Webhook> {
  const row = {
    ...newRow(providerId, at),
    ...toColumns(input),
    sealed_secret: sealedSecret,
    ...(await fromNowOn(trx, providerId)),
  };
  const [written] = await trx<WebhookRow>('webhooks').insert(row, '*');
  return toWebhook(written as WebhookRow);
}

/**
 * Writes a locked webhook. One that is made active again gets the events that are written from now on, and one that is
 * written in any way is tried at once.
 */
export async function replaceWebhook(
  trx: Knex.Transaction,
  providerId: string,
  stored: Webhook,
  input: WebhookInput,
  at: Date,
): Promise<Webhook> {
  const columns = toColumns(input);
  const isBack = columns.status === 'active' && stored.status !== 'active';
  const [written] = await trx<WebhookRow>('webhooks')
    .where({ provider_id: providerId, id: stored.id })
    .update(
      {
        version: stored.version + 1,
        updated_at: at,
        ...columns,
        retry_at: null,
        ...(isBack && { failures: 0, failing_since: null, ...(await fromNowOn(trx, providerId)) }),
      },
      '*',
    );
  return toWebhook(written as WebhookRow);
}

/** Gives a locked webhook a new secret; the old one signs as well until `retiredUntil`. */
export async function rotateSecret(
  trx: Knex.Transaction,
  providerId: string,
  id: string,
  sealedSecret: string,
  { at, retiredUntil }: { at: Date; retiredUntil: Date },
): Promise<Webhook> {
  const [written] = await trx<WebhookRow>('webhooks')
    .where({ provider_id: providerId, id })
    .update(
      {
        retired_secret: trx.ref('sealed_secret'),
        retired_until: retiredUntil,
        sealed_secret: sealedSecret,
        updated_at: at,
        version: trx.raw('version + 1'),
      },
      '*',
    );
  return toWebhook(written as WebhookRow);
}

/** Removes a webhook with its deliveries. */
export async function removeWebhook(trx: Knex.Transaction, providerId: string, id: string): Promise<void> {
  await trx('webhooks').where({ provider_id: providerId, id }).delete();
}

/** Returns the end of the feed; what is written already and has no place yet is told by the number of its row. */
async function fromNowOn(
  trx: Knex.Transaction,
  providerId: string,
): Promise<Pick<WebhookRow, 'position' | 'written_after'>> {
  const { rows } = await trx.raw<{ rows: Pick<WebhookRow, 'position' | 'written_after'>[] }>(
    `select coalesce((select last_position from event_feeds where provider_id = ?), 0) as position,
       event_number() as written_after`,
    [providerId],
  );
  return rows[0] as Pick<WebhookRow, 'position' | 'written_after'>;
}

function toColumns({ url, events, status, note }: WebhookInput) {
  return { url, events, status: status ?? 'active', note: note ?? null };
}

function toWebhook(row: WebhookRow): Webhook {
  return withoutNulls({
    ...serverFields(row),
    url: row.url,
    events: row.events,
    status: row.status,
    note: row.note,
    failingSince: toInstant(row.failing_since),
  });
}
