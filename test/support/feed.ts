import type { Agent } from 'supertest';
import type { Api } from './api';

/** An event as the feed tells it. */
export interface ToldEvent {
  id: string;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

/** Reads the events of the client's provider. */
export async function feed(as: Agent, query: object = {}): Promise<ToldEvent[]> {
  return (await as.get('/v1/events').query(query).expect(200)).body.items;
}

/** The types of the events, in order. */
export async function eventTypes(as: Agent, query: object = {}): Promise<string[]> {
  return (await feed(as, query)).map(({ type }) => type);
}

/** Those after the last event so far; reads them once the test has caused them. */
export async function laterEvents(as: Agent): Promise<() => Promise<ToldEvent[]>> {
  const after = (await feed(as, { limit: 200 })).at(-1)?.id;
  return () => feed(as, after === undefined ? {} : { after });
}

/** Lets pass the time until everything of a provider is due, the earlier first. */
export async function makeEventsDue(api: Api, provider: string): Promise<void> {
  // By UTC: what depends on the session's zone a cluster updates nothing by.
  await api
    .db('due_events')
    .where('provider_id', provider)
    .update({ due_at: api.db.raw(`(due_at at time zone 'UTC' - interval '200 years') at time zone 'UTC'`) });
}

/** An event of the type with exactly this data, at any time. */
export function told(type: string, data: Record<string, unknown>): ToldEvent {
  return { id: expect.stringMatching(/^\d{16}-[0-9a-z]+$/), type, at: expect.any(String), data };
}
