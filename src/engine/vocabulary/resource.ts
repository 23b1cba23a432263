import type { Instant } from '../time/instant';

/**
 * Made by the server, opaque, sortable by creation.
 * @minLength 1
 * @maxLength 100
 */
export type Id = string;

/**
 * Chosen by the client, unique per provider and type; `key:<key>` addresses the resource in a path.
 * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$
 */
export type Key = string;

/**
 * A name for people, 1–200 characters.
 * @minLength 1
 * @maxLength 200
 */
export type Name = string;

/**
 * A note for the back office, never shown to a customer.
 * @maxLength 2000
 */
export type Note = string;

/**
 * A name in the platform's own vocabulary: a service type, plan, plan group, add-on, tag or customer group.
 * @minLength 1
 * @maxLength 200
 */
export type Term = string;

/**
 * The name of a type that a provider defines: lower-case letters, digits, hyphens and underscores.
 * @pattern ^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$
 */
export type TypeName = string;

/** Whether a rule takes part: only `active` ones do; `archived` ones are kept for their history. */
export type Status = 'draft' | 'active' | 'paused' | 'archived';

/** The server-made part of every resource; accepted in a write so that what was read can be sent back, and ignored there. */
export interface ServerMade {
  /** The server-made id. */
  id?: Id;
  /**
   * Counts the writes of this resource; the `ETag` is this number in quotes.
   * @isInt
   */
  version?: number;
  /** When the resource was created. */
  createdAt?: Instant;
  /** When the resource was last written. */
  updatedAt?: Instant;
}

/** The server-made part of a stored resource. */
export interface Stored {
  /** The server-made id. */
  id: Id;
  /**
   * Counts the writes of this resource; the `ETag` is this number in quotes.
   * @isInt
   */
  version: number;
  /** When the resource was created. */
  createdAt: Instant;
  /** When the resource was last written. */
  updatedAt: Instant;
}

/** Returns the same entries, older ids first, so that answers do not depend on the order of rows. */
export function inOrder<T extends { readonly id?: Id }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : (a.id ?? '') > (b.id ?? '') ? 1 : 0));
}

/** Returns whether a rule takes part. */
export function isActive({ status }: { status?: Status }): boolean {
  return status === undefined || status === 'active';
}

/** Returns whether a rule is out of use for good. */
export function isArchived({ status }: { status?: Status }): boolean {
  return status === 'archived';
}
