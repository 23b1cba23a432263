import type { Condition } from '../conditions';
import type { Metadata } from '../vocabulary/attributes';
import type { Language, LocalizedText } from '../vocabulary/localized-text';
import type { Key, Name, ServerMade, Status, Stored, Term } from '../vocabulary/resource';

/** What the storefront starts when the offer is accepted. */
export interface OfferAction {
  /** The platform's function, such as `service.order`. */
  function: Term;
  /** Its parameters, passed through as they are. */
  parameters?: { [name: string]: unknown };
}

/** What a client says of a related product ("customers also buy"). */
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
  /** What the platform notes for itself; no rule reads it. */
  metadata?: Metadata;
  /**
   * When it is offered: every group, and every condition without a group, must hold.
   * @maxItems 200
   */
  conditions?: Condition[];
}

/** A related product to save. */
export interface RelatedProductInput extends RelatedProductFields, ServerMade {}

/** A stored related product. */
export interface RelatedProduct extends RelatedProductFields, Stored {}
