import type { Knex } from 'knex';
import type { FeedEvent } from './event';

/** An event before the database gives it an id and a time. */
export type NewEvent = { [E in FeedEvent as E['type']]: Pick<E, 'type' | 'data'> }[FeedEvent['type']];

/** Writes events, in their order, in the transaction of what caused them: without it they did not happen. */
export async function recordEvents(
  trx: Knex.Transaction,
  providerId: string,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await trx.raw(
    `insert into events (provider_id, type, data)
     select ?, type, data from unnest(?::text[], ?::jsonb[]) with ordinality as event (type, data, place) order by place`,
    [providerId, events.map(({ type }) => type), events.map(({ data }) => JSON.stringify(data))],
  );
}
