import { codeOf } from './errors';

/**
 * What PostgreSQL and its driver answer while a server cannot be reached, starts, stops, lets nobody in, is overloaded or
 * takes no writes; and what our own functions say where a shard has moved to another one.
 */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOENT|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|08...|25006|28...|3D000|53...|55000|57P0[1-5]|OB010)$/;

/** What the driver says, without a code, of a connection that is gone; knex puts the statement in front of it. */
const LOST = /(Connection (terminated|ended)( unexpectedly)?|is not queryable|timeout expired)$/;

/** What a server that is still starting, not yet in DNS or not yet promoted answers with. */
const NOT_YET = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENOENT|ETIMEDOUT|EHOSTUNREACH|25006|57P03)$/;

/** A server that fell silent, or that takes no writes where some are wanted. */
export class ServerUnfit extends Error {
  constructor(
    readonly code: 'ETIMEDOUT' | '25006',
    message: string,
  ) {
    super(message);
  }
}

/** Returns whether the database is to blame, and the same again may succeed later. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'KnexTimeoutError' || LOST.test(error.message) || UNREACHABLE.test(codeOf(error));
}

/** Returns whether a server may only not be up yet. */
export function isNotYetUp(error: unknown): boolean {
  return NOT_YET.test(codeOf(error));
}
