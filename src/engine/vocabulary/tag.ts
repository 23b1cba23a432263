import type { Metadata } from './attributes';
import type { Key, Note, ServerMade, Stored, Term } from './resource';

/** The client-supplied fields of a tag. */
export interface TagFields {
  /** The name, unique per provider; rules use it. */
  name: Term;
  /** The client's key. */
  key?: Key;
  /** A note for the back office. */
  description?: Note;
  /** The platform's own notes; no rule reads them. */
  metadata?: Metadata;
}

/** A tag to save. */
export interface TagInput extends TagFields, ServerMade {}

/** A stored tag. */
export interface Tag extends TagFields, Stored {}
