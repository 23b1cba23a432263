import { areNamesLost } from './prepared-statement';

const ATTEMPTS = 5;

/**
 * Returns whether PostgreSQL ended a transaction in favour of another one (serialization failure, deadlock); the same
 * again may succeed.
 */
export function isContention(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01');
}

/** Runs a whole transaction, again where PostgreSQL ended it in favour of another one, or a statement's name was lost. */
export async function retryContention<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !(isContention(error) || areNamesLost(error))) throw error;
    }
  }
}

/** Returns whether a statement failed for one of the values that it was given, so that without that value it may succeed. */
export function isForItsValues(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  // Data exceptions, integrity violations and limits of the server; our own errors do not count.
  return 'code' in error
    ? /^(22|23|54)/.test(String(error.code))
    : error instanceof TypeError || error instanceof RangeError;
}
