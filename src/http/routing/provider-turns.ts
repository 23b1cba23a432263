import type { Knex } from 'knex';
import { nodeOf } from '../../store/database/nodes';
import { isUnreachable } from '../../store/database/unreachable';
import type { Context } from '../context';
import { idempotencyKey } from '../writes/idempotency';

/** What reads or writes as much as a provider has: one at a time each, over connections of its own. */
const LARGE = new Set([
  'generatePromoCodes',
  'importPromoCodes',
  'getCatalog',
  'replaceCatalog',
  'getUpgradeGraph',
  'reportRedemptions',
]);

/** What shares a connection with others of the provider, or has none while its client reads. */
const SHARED = new Set([
  'quote',
  'quoteMany',
  'forecast',
  'createRedemption',
  'exportPromoCodes',
  'exportRedemptions',
  'eraseCustomer',
]);

/** What may be read from a replica: nothing is decided by it. */
const READS = new Set(['getCatalog', 'exportPromoCodes', 'exportRedemptions', 'reportRedemptions']);

/** Runs a request when it is its provider's turn; what cannot keep a connection from others runs at once. */
export async function inTurn<T>(context: Context, methodName: string, run: () => Promise<T>): Promise<T> {
  const { services } = context;
  if (services.readDb !== undefined && (READS.has(methodName) || methodName.startsWith('list'))) {
    return fromReplica(context, services.readDb, () => inOwnTurn(context, methodName, run));
  }
  return inOwnTurn(context, methodName, run);
}

/** Reads from the replica, and where that is away from where everything else is read. */
async function fromReplica<T>(context: Context, readDb: Knex, run: () => Promise<T>): Promise<T> {
  context.db = readDb;
  try {
    return await run();
  } catch (error) {
    if (!isUnreachable(error) || context.response.headersSent) throw error;
    context.db = nodeOf(context.services.db, context.scope);
    return await run();
  }
}

async function inOwnTurn<T>(context: Context, methodName: string, run: () => Promise<T>): Promise<T> {
  const { scope, services } = context;
  if (scope === '') return run();
  if (LARGE.has(methodName)) {
    if (context.db === nodeOf(services.db, scope)) context.db = nodeOf(services.largeWork.db, scope);
    return services.largeWork.turns.take(scope, run);
  }
  // With an Idempotency-Key it has a transaction, and so a connection, to itself.
  if (SHARED.has(methodName) && idempotencyKey(context) === undefined) return run();
  return services.turns.take(scope, run);
}
