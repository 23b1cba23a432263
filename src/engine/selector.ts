import type { Term } from './resource';
import type { Period } from './time';

/** What a line does: a new order, the renewal of a service, or a change of one. */
export type Action = 'order' | 'renewal' | 'change';

/** Which services or lines a rule is about: any-of inside a list, all lists must match, an absent list matches everything. */
export interface Selector {
  /** Service types, any of. */
  serviceTypes?: Term[];
  /** Plans, any of. */
  plans?: Term[];
  /** Plan groups, any of. */
  planGroups?: Term[];
  /** Add-ons, any of. */
  addons?: Term[];
  /** Tags, any of; a plan's registered tags count too. */
  tags?: Term[];
  /** Order periods, any of, matched exactly; 12 months and 1 year are the same. */
  periods?: Period[];
  /** Actions, any of. */
  actions?: Action[];
  /**
   * The least quantity of the line itself.
   * @isInt
   * @minimum 1
   */
  minQuantity?: number;
}
