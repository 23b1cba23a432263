import type { ServerMade, Term } from '../resource';

/** What every condition has beside its type's own parameters. */
export interface ConditionBase extends ServerMade {
  /** Inside a group one condition is enough; every group, and every condition without one, must hold. */
  group?: Term;
  /**
   * Whether the condition must not hold; a missing fact fails either way.
   * @default false
   */
  negate?: boolean;
}
