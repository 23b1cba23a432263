import type { Metadata } from '../vocabulary/attributes';
import type { LocalizedString } from '../vocabulary/localized-text';
import type { Key, Name, Note, ServerMade, Status, Stored, Term } from '../vocabulary/resource';
import type { Warned } from '../vocabulary/warning';

/** When a subscription changes over and how it is invoiced (plenigo's five ways, and one that prorates). */
export type TransitionKind =
  | 'immediately_with_invoice'
  | 'immediately_prorated'
  | 'immediately_invoice_next_booking'
  | 'last_booking'
  | 'next_booking'
  | 'end_of_interval';

/** The words of an upgrade path in one language. */
export interface UpgradePathText {
  /** The title for customers. */
  title: LocalizedString;
  /** May use `{offerTitle} {nextPayment} {subscriptionId} {subscriptionTitle} {subscriptionPrice}`. */
  description?: LocalizedString;
}

/** The client-supplied fields of an upgrade path: subscriptions with a source tag change over when an offer with a target tag is bought. */
export interface UpgradePathFields {
  /** The name for the back office. */
  name: Name;
  /** The client's key. */
  key?: Key;
  /** A note for the back office. */
  internalDescription?: Note;
  /** The words for customers, by language; at least one. */
  texts: { [language: string]: UpgradePathText };
  /**
   * Names of existing tags, none of them a target.
   * @minItems 1
   * @uniqueItems true
   * @maxItems 100
   */
  sources: Term[];
  /**
   * Names of existing tags, none of them a source.
   * @minItems 1
   * @uniqueItems true
   * @maxItems 100
   */
  targets: Term[];
  /**
   * Whether the customer may keep the source and buy the target in addition.
   * @default false
   */
  optional?: boolean;
  /** When the subscription changes over and how it is invoiced. */
  transition: TransitionKind;
  /**
   * Paths with higher values come first.
   * @isInt
   * @default 0
   */
  priority?: number;
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
  /**
   * Only an active path takes part.
   * @default "active"
   */
  status?: Status;
}

/** An upgrade path to save. */
export interface UpgradePathInput extends UpgradePathFields, ServerMade, Warned {}

/** A stored upgrade path. */
export interface UpgradePath extends UpgradePathFields, Stored, Warned {}
