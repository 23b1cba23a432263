import type { Knex } from 'knex';
import type { FactsNeeded } from '../../engine/judging/facts';
import { onNode } from '../../store/database/nodes';
import { loadFactsOfMany } from '../../store/redemptions/facts';
import type { StoredFacts } from '../../store/redemptions/found-facts';
import { Batcher } from './batcher';

/** What a request needs to know. */
export interface FactsAsked {
  readonly providerId: string;
  readonly needed: FactsNeeded;
}

/** Reads what simultaneous requests to one provider need by one statement. */
export type SharedFacts = Batcher<FactsAsked, StoredFacts>;

/** Returns the reader of a pool, which all of its requests share. */
export function sharedFacts(pool: Knex): SharedFacts {
  const run = (asked: readonly FactsAsked[]) => {
    const providerId = asked[0]?.providerId ?? '';
    const needed = asked.map((each) => each.needed);
    return onNode(pool, providerId, (db) => loadFactsOfMany(db, providerId, needed));
  };
  return new Batcher(run, { laneOf: ({ providerId }) => providerId });
}
