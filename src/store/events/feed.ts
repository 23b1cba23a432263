import type { Knex } from 'knex';
import { formatInstant } from '../../engine/time/instant';
import { execute, preparedStatement } from '../database/prepared-statement';
import type { EventId, EventType, FeedEvent } from './event';

/** How long the feed keeps an event. */
export const KEPT_DAYS = 30;

/** A row of `events` that has its place. */
export interface EventRow {
  written: number | string;
  type: EventType;
  at: Date;
  data: object;
  position: number | string;
}

/** Which events to read. */
export interface FeedSlice {
  /** Only those after this place. */
  after: number;
  type?: EventType | undefined;
  limit: number;
}

/** As many as one statement gives a place. */
const MOST_PLACED = 1_000;

/**
 * Gives committed events their places. The feed's row is locked until they are written, so that places become visible in
 * their order: a reader who has seen one will never find an event before it. What another process places meanwhile has a
 * place by the time that its row is looked at, and is left alone. Which events these are is a list, not a table to join:
 * for a provider that the statistics don't know, the join looked at all that had no place for each of them.
 */
const PLACE = preparedStatement(`
  with fresh as materialized (
    select array_agg(written order by written) as list from (
      select written from events where provider_id = $1 and position is null order by written limit ${MOST_PLACED}
    ) oldest
  ),
  feed as (
    insert into event_feeds as stored (provider_id, last_position)
    select $1, cardinality(list) from fresh where list is not null
    on conflict (provider_id) do update set last_position = stored.last_position + excluded.last_position
    returning last_position
  )
  update events e
  set position = feed.last_position - (select cardinality(list) - array_position(list, e.written) from fresh)
  from feed
  where e.provider_id = $1 and e.written = any((select list from fresh)::bigint[]) and e.position is null`);

/** Gives the provider's oldest events without a place theirs; the others have to wait for the next call. */
export async function placeEvents(db: Knex, providerId: string): Promise<void> {
  await execute(db, PLACE, [providerId]);
}

/** Reads events that have their places. */
export async function listEvents(
  db: Knex,
  providerId: string,
  { after, type, limit }: FeedSlice,
): Promise<FeedEvent[]> {
  const query = db('events')
    .where('provider_id', providerId)
    .where('position', '>', after)
    .whereRaw(`at > clock_timestamp() - make_interval(days => ${KEPT_DAYS})`)
    .orderBy('position')
    .limit(limit);
  if (type !== undefined) query.where('type', type);
  return (await query.select<EventRow[]>('written', 'type', 'at', 'data', 'position')).map(toEvent);
}

/** What a reader has to wait for before the feed is up to date. */
export interface Outstanding {
  /** Holds have expired, and nobody has marked them yet. */
  holds: boolean;
  /** The clock has brought something about. */
  due: boolean;
  /** Events have no place yet. */
  unplaced: boolean;
}

const OUTSTANDING = preparedStatement(`
  select
    exists (select from redemptions where provider_id = $1 and status = 'held' and expires_at <= now()) as holds,
    exists (select from due_events where provider_id = $1 and due_at <= now()) as due,
    exists (select from events where provider_id = $1 and position is null) as unplaced`);

/** Reports what the provider's feed lacks. */
export async function outstandingEvents(db: Knex, providerId: string): Promise<Outstanding> {
  const [found] = await execute<Outstanding>(db, OUTSTANDING, [providerId]);
  return found as Outstanding;
}

/** Returns the place that an id names; ids are made of it, so that one whose event is long gone still says where to go on. */
export function positionOf(id: EventId): number {
  return Number(id.slice(0, PLACES));
}

const PLACES = 16;

/** Returns an id for what is no event and has no place; it sorts before all events. */
export async function testEventId(db: Knex): Promise<EventId> {
  const { rows } = await db.raw<{ rows: { written: number }[] }>(`select event_number() as written`);
  return idOf(0, rows[0]?.written ?? 0);
}

/** Returns the event of a row. Its id is unique among all providers by its second part, for those who receive the events of several. */
export function toEvent({ written, type, at, data, position }: EventRow): FeedEvent {
  return { id: idOf(position, written), type, at: formatInstant(at.getTime()), data } as FeedEvent;
}

function idOf(position: number | string, written: number | string): EventId {
  return `${String(position).padStart(PLACES, '0')}-${BigInt(written).toString(36)}`;
}
