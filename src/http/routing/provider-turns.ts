import type { Context } from '../context';
import { idempotencyKey } from '../writes/idempotency';

/** What reads or writes as much as a provider has: one at a time each, over connections of its own. */
const LARGE = new Set(['generatePromoCodes', 'getCatalog', 'replaceCatalog', 'getUpgradeGraph']);

/** What shares a connection with others of the provider, or has none while its client reads. */
const SHARED = new Set(['quote', 'createRedemption', 'exportPromoCodes']);

/** Runs a request when it is its provider's turn; what cannot keep a connection from others runs at once. */
export async function inTurn<T>(context: Context, methodName: string, run: () => Promise<T>): Promise<T> {
  const { scope, services } = context;
  if (scope === '') return run();
  if (LARGE.has(methodName)) {
    context.db = services.largeWork.db;
    return services.largeWork.turns.take(scope, run);
  }
  // With an Idempotency-Key it has a transaction, and so a connection, to itself.
  if (SHARED.has(methodName) && idempotencyKey(context) === undefined) return run();
  return services.turns.take(scope, run);
}
