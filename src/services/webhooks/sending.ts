import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { formatInstant } from '../../engine/time/instant';
import { nodeOf } from '../../store/database/nodes';
import type { FeedEvent } from '../../store/events/event';
import {
  beginRound,
  type DueDelivery,
  endRound,
  type Outcome,
  postpone,
  recordAttempt,
} from '../../store/webhooks/attempts';
import type { SendJob } from '../../store/webhooks/queue';
import type { WebhookRow } from '../../store/webhooks/webhooks';
import type { Sealer } from '../encryption';
import { type PostOptions, post } from './post';
import { signedHeaders } from './signing';

/** What sends events to webhooks. */
export interface Sending extends PostOptions {
  db: Knex;
  log: Logger;
  /** Opens the secrets. */
  sealer: Sealer;
  /** Ends all attempts. */
  signal: AbortSignal;
}

/** So many requests are made to one webhook at a time. */
const AT_A_TIME = 4;
/** After this time no further one is begun, so that other webhooks have their turn. */
const BEGUN_WITHIN_MS = 5_000;

/** Sends what is due of a webhook, a few at a time, until one fails. */
export async function sendDue(sending: Sending, job: SendJob): Promise<void> {
  const { signal } = sending;
  const db = nodeOf(sending.db, job.providerId);
  const round = await beginRound(db, job);
  if (round === undefined) return postpone(db, job);
  try {
    const waiting = round.due.values();
    const until = performance.now() + BEGUN_WITHIN_MS;
    let hasFailed = false;
    const sendOneAfterTheOther = async (): Promise<void> => {
      for (const delivery of waiting) {
        if (hasFailed || signal.aborted || performance.now() > until) return;
        const outcome = await attempt(sending, round.webhook, delivery);
        // What we broke off ourselves says nothing about the receiver.
        if (!outcome.isDelivered && signal.aborted) return;
        hasFailed ||= !outcome.isDelivered;
        await note(sending, delivery, outcome);
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, sendOneAfterTheOther));
  } finally {
    await endRound(db, job);
  }
}

async function attempt(sending: Sending, webhook: WebhookRow, delivery: DueDelivery): Promise<Outcome> {
  const event = delivery.event ?? (delivery.written === null ? testOf(delivery) : undefined);
  if (event === undefined) return { isDelivered: false, error: 'The event is no longer kept' };
  const body = JSON.stringify(event);
  const at = new Date();
  try {
    const headers = signedHeaders(delivery.event_id, at, body, secretsOf(webhook, sending.sealer, at));
    return await post({ url: webhook.url, headers: { ...HEADERS, ...headers }, body }, sending);
  } catch (error) {
    return { isDelivered: false, error: error instanceof Error ? error.message : String(error) };
  }
}

const HEADERS = { 'Content-Type': 'application/json', 'User-Agent': 'Offerbook-Webhooks/1' };

async function note({ db, log }: Sending, delivery: DueDelivery, outcome: Outcome): Promise<void> {
  const isDisabled = await recordAttempt(nodeOf(db, delivery.provider_id), delivery, outcome);
  if (!isDisabled) return;
  const { provider_id: provider, webhook_id: webhook } = delivery;
  log.warn({ provider, webhook, reason: outcome.error }, 'A webhook is disabled after days of failures');
}

/** Returns what a test sends; it looks like an event, and its type says what it is. */
function testOf({
  event_id,
  webhook_id,
  created_at,
}: DueDelivery): Omit<FeedEvent, 'type' | 'data'> & { type: string; data: object } {
  return {
    id: event_id,
    type: 'webhook.test',
    at: formatInstant(created_at.getTime()),
    data: { webhookId: webhook_id },
  };
}

function secretsOf({ sealed_secret, retired_secret, retired_until }: WebhookRow, sealer: Sealer, at: Date): string[] {
  const retired = retired_secret !== null && retired_until !== null && at < retired_until ? [retired_secret] : [];
  try {
    return [sealed_secret, ...retired].map((sealed) => sealer.open(sealed));
  } catch {
    throw new Error("The webhook's secret was encrypted under another admin key; rotate it");
  }
}
