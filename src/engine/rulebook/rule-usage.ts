import type { Amounts } from '../money/money';

/** How much of a rule is used, as counted when it was read; no part of its version. */
export interface RuleUsage {
  /**
   * Confirmed redemptions.
   * @isLong
   */
  redemptions: number;
  /**
   * Redemptions that are held.
   * @isLong
   */
  held: number;
  /** What confirmed redemptions took off, in the currencies of the budget. */
  budgetSpent?: Amounts;
  /**
   * What its total limit leaves beside redemptions and holds.
   * @isLong
   */
  left?: number;
  /** What its budget leaves beside redemptions and holds. */
  budgetLeft?: Amounts;
}
