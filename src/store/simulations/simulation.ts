import type { Draft } from '../../engine/rulebook/draft';
import type { Impact } from '../../engine/simulation/impact';
import type { Instant } from '../../engine/time/instant';
import type { Id } from '../../engine/vocabulary/resource';

/** Where a simulation stands. */
export type SimulationStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** Unsaved rules, and the orders that they are tried on. */
export interface SimulationInput {
  /** The unsaved rules; an entry with the key or id of a stored one replaces it. */
  draft: Draft;
  /** Orders created from this instant on. */
  from: Instant;
  /** Orders created before this instant. */
  to: Instant;
  /**
   * Only orders that used one of these promotions; absent: all.
   * @minItems 1
   * @maxItems 100
   */
  promotionIds?: Id[];
}

/** How far a simulation is. */
export interface SimulationProgress {
  /**
   * Orders that have been replayed.
   * @isLong
   */
  done: number;
  /**
   * Orders that there are to replay.
   * @isLong
   */
  of: number;
}

/** What unsaved rules would have done to orders. */
export interface Simulation {
  /** The server-made id. */
  id: Id;
  /** Where it stands. */
  status: SimulationStatus;
  /** Orders created from this instant on. */
  from: Instant;
  /** Orders created before this instant. */
  to: Instant;
  /**
   * Only orders that used one of these promotions.
   * @maxItems 100
   */
  promotionIds?: Id[];
  /** How far it is. */
  progress: SimulationProgress;
  /** What was found, once it is done. */
  result?: Impact;
  /** When it was made. */
  createdAt: Instant;
  /** When it was done, had failed or was cancelled. */
  finishedAt?: Instant;
}
