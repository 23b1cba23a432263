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

/** What the driver tells of an error of the server. */
export interface Violation extends Error {
  code?: string | undefined;
  constraint?: string | undefined;
}

const UNIQUE = '23505';
const INTERNAL = 'XX000';

/** Behind the name of a table or a constraint of a shard stands the shard's number. */
const SHARD = /_\d{5,}$/;

/**
 * Gives a violated constraint the name that the migrations gave it: Citus tells it in the words of the message alone, as
 * the one of a shard, and calls some violations an error of its own.
 */
export function nameViolated(error: Violation): void {
  const [, named] = /^duplicate key value violates unique constraint "(.+)"$/m.exec(error.message) ?? [];
  if (error.code === INTERNAL && named !== undefined) error.code = UNIQUE;
  const constraint = error.constraint ?? named ?? /violates foreign key constraint "(.+?)"/.exec(error.message)?.[1];
  if (constraint !== undefined) error.constraint = constraint.replace(SHARD, '');
}
