import type { MoneySum } from '../money/money';
import type { TransitionKind } from '../rulebook/upgrade-path';
import type { Instant, LocalDate } from '../time/instant';
import type { LocalizedString } from '../vocabulary/localized-text';
import type { Id, Term } from '../vocabulary/resource';

/** One step of a transition. */
export interface Step {
  /** What happens. */
  type: 'end_subscription' | 'start_subscription' | 'credit' | 'cancel_invoice' | 'issue_invoice';
  /** When. */
  at: Instant;
  /** How much, always positive. */
  amount?: MoneySum;
  /** The first local day that the amount is for. */
  from?: LocalDate;
  /** The last local day that the amount is for. */
  to?: LocalDate;
}

/** What a choice of the customer would do. */
export interface Alternative {
  /** The choice. */
  choice: 'convert' | 'keep';
  /** The subscription that would change over. */
  subscriptionId?: Term;
  /** Whether the target would replace the source or be bought in addition. */
  outcome: 'replace' | 'in_addition';
  /** When that would take effect. */
  effectiveAt: Instant;
  /**
   * What would happen, in order.
   * @maxItems 5
   */
  steps: Step[];
  /** The path's description of the change in the answer's language, its variables filled in. */
  description?: LocalizedString;
}

/** What an upgrade path does with a line that is bought. */
export interface QuotedTransition {
  /** The line that is bought. */
  lineId: Term;
  /** The path. */
  upgradePathId: Id;
  /** Whether the customer may keep the source. */
  optional: boolean;
  /** When the subscription changes over and how it is invoiced. */
  transition: TransitionKind;
  /** Whether the target replaces the source, is bought in addition, or a subscription must be chosen first. */
  outcome: 'replace' | 'in_addition' | 'choice_required';
  /** The subscription concerned. */
  subscriptionId?: Term;
  /**
   * The subscriptions to choose from, the first twenty. A quote lists four hundred in all.
   * @maxItems 20
   */
  candidates?: Term[];
  /**
   * How many more there are to choose from.
   * @isInt
   * @minimum 1
   */
  furtherCandidates?: number;
  /** The path's title in the answer's language. */
  title?: LocalizedString;
  /** The path's description of the change in the answer's language, its variables filled in. */
  description?: LocalizedString;
  /** When the change takes effect. */
  effectiveAt?: Instant;
  /**
   * What happens, in order.
   * @maxItems 10
   */
  steps?: Step[];
  /**
   * On an optional path what each open choice would do: to convert one of the first twenty subscriptions that are free, or to
   * keep them. A quote works out a hundred conversions in all.
   * @maxItems 21
   */
  alternatives?: Alternative[];
}
