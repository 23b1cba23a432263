import type { Knex } from 'knex';
import { mostRuleBytes } from '../../services/caller';
import { VERSION_HEADER } from '../../services/headers';
import { retryContention } from '../../store/database/contention';
import { nameStatements } from '../../store/database/prepared-statement';
import { publishRules } from '../../store/whole-catalog/publish';
import { rulesWrittenBy } from '../../store/whole-catalog/whole-resources';
import type { Context } from '../context';

/** Runs a write in one transaction; again where PostgreSQL ended it in favour of another one. */
export async function inTransaction<T>(context: Context, effect: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  return retryContention(() => context.db.transaction(effect));
}

/** Runs a write that changes the provider's rules: no process quotes by an old copy afterwards. */
export async function inCatalogTransaction<T>(
  context: Context,
  effect: (trx: Knex.Transaction) => Promise<T>,
): Promise<T> {
  const { providerId, response, services } = context;
  const [result, published] = await inTransaction(context, async (trx) => {
    context.changes.length = 0;
    if (!context.db.isTransaction) nameStatements(trx);
    const made = await effect(trx);
    return [
      made,
      await publishRules(trx, providerId, rulesWrittenBy(context.changes), mostRuleBytes(services)),
    ] as const;
  });
  response.set(VERSION_HEADER, String(published.version));
  await services.rulebooks.afterWrite(context.db, providerId, published);
  return result;
}
