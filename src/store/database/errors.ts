import type { ProblemCode } from '../../engine/vocabulary/problem-code';

/** A write contradicts what is stored; answered as 409. */
export class Conflict extends Error {
  constructor(
    readonly code: ProblemCode,
    detail: string,
    /** Further members of the answer. */
    readonly members: object = {},
  ) {
    super(detail);
  }
}

/** What the request names does not exist, or belongs to another provider; answered as 404. */
export class NotFound extends Error {
  constructor(detail = 'The resource does not exist.') {
    super(detail);
  }
}

/** The resource has another version than the request expects; answered as 412. */
export class VersionMismatch extends Error {
  constructor() {
    super('The resource has been written since; read it again.');
  }
}

/** Returns the code of an error of Node or PostgreSQL, such as `ENOENT` or `23505`; empty where it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
