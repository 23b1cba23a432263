import type { Knex } from 'knex';
import { bringAbout } from '../../store/events/due-events';
import type { EventId, EventType, FeedEvent } from '../../store/events/event';
import { listEvents, outstandingEvents, placeEvents, positionOf } from '../../store/events/feed';
import { releaseExpiredHolds } from '../../store/redemptions/expired-holds';

/** Which part of a feed to read. */
export interface FeedRequest {
  after: EventId | undefined;
  type: EventType | undefined;
  limit: number;
}

/** So many thousands at most of a feed that nobody has read so far are placed for one request. */
const MOST_ROUNDS = 20;

/**
 * Reads a part of a provider's feed, with everything that was committed before, and everything that the clock has brought
 * about.
 */
export async function readFeed(
  db: Knex,
  providerId: string,
  { after, type, limit }: FeedRequest,
): Promise<FeedEvent[]> {
  const { holds, due, unplaced } = await outstandingEvents(db, providerId);
  if (holds) await releaseExpiredHolds(db, providerId);
  if (due) await bringAbout(db, providerId);
  const slice = { after: after === undefined ? 0 : positionOf(after), type, limit };
  for (let round = 1, isBehind = holds || due || unplaced; ; round++) {
    const events = await listEvents(db, providerId, slice);
    if (!isBehind || events.length === limit || round > MOST_ROUNDS) return events;
    await placeEvents(db, providerId);
    isBehind = (await outstandingEvents(db, providerId)).unplaced;
    if (!isBehind) return listEvents(db, providerId, slice);
  }
}
