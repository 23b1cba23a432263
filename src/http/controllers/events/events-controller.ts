import { Get, Query, Route, Security, Tags } from '@tsoa/runtime';
import { readFeed } from '../../../services/events/feed';
import type { EventId, EventType, FeedEvent } from '../../../store/events/event';
import { cursorOf, type PageLimit, page } from '../../answers/page';
import type { Context } from '../../context';

/** A part of the feed. */
export interface EventList {
  /**
   * The events, in the order of the feed.
   * @maxItems 200
   */
  items: FeedEvent[];
  /** Send it as `after` for the next part; absent: there is nothing more yet. */
  nextAfter?: EventId;
}

/** What happened, in one order. */
@Route('v1/events')
@Tags('Events and webhooks')
@Security('bearer', ['admin', 'secret'])
export class EventsController {
  constructor(private readonly context: Context) {}

  /**
   * What happened in the last 30 days, each once, in an order that never changes: whoever reads on after the last event that he
   * has seen misses none, whatever is being written meanwhile. A reader without `after` begins with the oldest event.
   * @summary Read the event feed
   */
  @Get()
  async getEvents(@Query() after?: EventId, @Query() type?: EventType, @Query() limit?: PageLimit): Promise<EventList> {
    const { db, providerId } = this.context;
    const cursor = after === undefined ? undefined : cursorOf(after);
    const { items, nextCursor } = await page(limit, cursor, (slice) =>
      readFeed(db, providerId, { after: slice.after, type, limit: slice.limit }),
    );
    const last = items.at(-1);
    return { items, ...(nextCursor !== undefined && last !== undefined && { nextAfter: last.id }) };
  }
}
