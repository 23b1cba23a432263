import type { Attributes, Metadata } from './attributes';
import type { LocalizedText } from './localized-text';
import type { ServerMade, Stored, Term } from './resource';

/** The client-supplied fields of a plan; it mirrors the platform's catalog. */
export interface PlanFields {
  /** The type of service that the plan is of. */
  serviceType: Term;
  /**
   * The plan's groups; added to those in a request.
   * @maxItems 100
   */
  planGroups?: Term[];
  /**
   * The plan's tags, by name; added to those in a request.
   * @maxItems 100
   */
  tags?: Term[];
  /** The plan's title, where a request gives none. */
  title?: LocalizedText;
  /**
   * The plan's add-ons.
   * @maxItems 1000
   */
  addons?: Term[];
  /** The plan's attributes, for lines and services of it; a line's own win. */
  attributes?: Attributes;
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
}

/** A plan to save; its `id` is the client's. */
export interface PlanInput extends PlanFields, ServerMade {
  /** The platform's own id of the plan: its key and its path. */
  id: Term;
}

/** A stored plan; its `id` is the client's. */
export interface Plan extends PlanFields, Stored {
  /** The platform's own id of the plan: its key and its path. */
  id: Term;
}
