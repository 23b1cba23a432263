import type { Knex } from 'knex';
import { execute, preparedStatement } from '../database/prepared-statement';
import type { FeedEvent } from './event';

/** An event before the database gives it an id and a time. */
export type NewEvent = { [E in FeedEvent as E['type']]: Pick<E, 'type' | 'data'> }[FeedEvent['type']];

const RECORD = preparedStatement(`
  insert into events (provider_id, type, data)
  select $1, type, data from unnest($2::text[], $3::jsonb[]) with ordinality as event (type, data, place) order by place`);

/** Writes events, in their order, in the transaction of what caused them: without it they did not happen. */
export async function recordEvents(
  trx: Knex.Transaction,
  providerId: string,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const types = events.map(({ type }) => type);
  await execute(trx, RECORD, [providerId, types, events.map(({ data }) => JSON.stringify(data))]);
}
