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
