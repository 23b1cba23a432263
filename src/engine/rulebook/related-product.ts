import type { Condition } from '../conditions';
import type { Amounts } from '../money/money';
import type { Period } from '../time/instant';
import type { Metadata } from '../vocabulary/attributes';
import type { Language, LocalizedText } from '../vocabulary/localized-text';
import type { Key, Name, ServerMade, Status, Stored, Term } from '../vocabulary/resource';
import type { Warned } from '../vocabulary/warning';

/** What the storefront starts when the offer is accepted. */
export interface OfferAction {
  /** The platform's function, such as `service.order`. */
  function: Term;
  /** Its parameters, passed through as they are. */
  parameters?: { [name: string]: unknown };
}

/** The line that an offer adds to the cart. */
export interface OfferedLine {
  /** The type of service. */
  serviceType: Term;
  /** The plan. */
  plan?: Term;
  /**
   * The plan's groups; those of the registered plan are added.
   * @maxItems 50
   */
  planGroups?: Term[];
  /**
   * The line's tags; those of the registered plan are added.
   * @maxItems 50
   */
  tags?: Term[];
  /** The title for customers, of at most 500 characters; absent: the registered plan's. */
  title?: LocalizedText;
  /** The period that is ordered. */
  period?: Period;
  /**
   * How many units.
   * @isLong
   * @minimum 1
   * @maximum 1000000000
   * @default 1
   */
  quantity?: number;
  /** The price of one unit for the period; in another currency the offer has no price. */
  unitPrices: Amounts;
  /** The setup fee, once. */
  setupFees?: Amounts;
}

/** The client-supplied fields of a related product ("customers also buy"). */
export interface RelatedProductFields {
  /** The name for the back office. */
  name: Name;
  /** The client's key. */
  key?: Key;
  /** The title for customers. */
  title?: LocalizedText;
  /** Shown only to customers of this language (primary subtag); absent: to all. */
  language?: Language;
  /** What to start when the offer is accepted. */
  action: OfferAction;
  /** A description for customers; HTML, sanitised when saved. */
  descriptionHtml?: LocalizedText;
  /**
   * A picture.
   * @format uri
   * @pattern ^https?://
   * @maxLength 2000
   */
  imageUrl?: string;
  /** What accepting the offer adds to the cart, so that a quote can tell what it would cost there. */
  line?: OfferedLine;
  /**
   * Whether the platform should add the line by itself: a gift.
   * @default false
   */
  autoAdd?: boolean;
  /**
   * The place in the list, ascending.
   * @isInt
   * @default 0
   */
  sort?: number;
  /**
   * Only an active related product is offered.
   * @default "active"
   */
  status?: Status;
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
  /**
   * When it is offered: every group, and every condition without a group, must hold.
   * @maxItems 200
   */
  conditions?: Condition[];
}

/** A related product to save. */
export interface RelatedProductInput extends RelatedProductFields, ServerMade, Warned {}

/** A stored related product. */
export interface RelatedProduct extends RelatedProductFields, Stored, Warned {}
