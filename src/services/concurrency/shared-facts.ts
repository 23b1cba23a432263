import type { Knex } from 'knex';
import type { FactsNeeded } from '../../engine/judging/facts';
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
  const run = (asked: readonly FactsAsked[]) =>
    loadFactsOfMany(
      pool,
      asked[0]?.providerId ?? '',
      asked.map(({ needed }) => needed),
    );
  return new Batcher(run, { laneOf: ({ providerId }) => providerId });
}
