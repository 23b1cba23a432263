import type { Metadata } from './attributes';
import type { Key, Note, ServerMade, Stored, Term } from './resource';

/** What a client says of a tag. */
export interface TagFields {
  /** The name, unique per provider; rules use it. */
  name: Term;
  /** The client's key. */
  key?: Key;
  /** A note for the back office. */
  description?: Note;
  /** What the platform notes for itself; no rule reads it. */
  metadata?: Metadata;
}

/** A tag to save. */
export interface TagInput extends TagFields, ServerMade {}

/** A stored tag. */
export interface Tag extends TagFields, Stored {}
