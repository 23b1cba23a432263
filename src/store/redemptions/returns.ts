import type { Knex } from 'knex';
import type { CartLine } from '../../engine/cart/cart';
import type { Return } from '../../engine/returns/returns';
import { redemptionFacts } from '../events/facts';
import { recordEvents } from '../events/record-events';
import { KEY, LOCKING_ORDER } from './counters';
import { releaseUses, revokeGrantsOf } from './expired-holds';
import type { RedemptionRow } from './redemption-rows';

/** Returns the lines of a redemption's order, with their quantities. */
export async function orderedLines(
  db: Knex,
  { provider_id, id }: RedemptionRow,
): Promise<Pick<CartLine, 'id' | 'quantity'>[]> {
  const found: { lines: Pick<CartLine, 'id' | 'quantity'>[] } | undefined = await db('redemptions')
    .where({ provider_id, id })
    .first(db.raw(`request -> 'lines' as lines`));
  return found?.lines ?? [];
}

/**
 * Writes what came back of a locked redemption: budgets get their part back, and where nothing is left all that it used
 * and granted is given back.
 */
export async function saveReturn(
  trx: Knex.Transaction,
  row: RedemptionRow,
  { refund, returned, isWhole, budgets }: Return,
  at: Date,
): Promise<RedemptionRow> {
  if (isWhole) await releaseUses(trx, row.provider_id, [row.id]);
  else await releaseBudgets(trx, row, budgets);
  const status = isWhole ? 'returned' : row.status;
  const version = row.version + 1;
  await trx('redemptions')
    .where({ provider_id: row.provider_id, id: row.id })
    .update({ status, returned: JSON.stringify(returned), version, updated_at: at });
  const data = { ...redemptionFacts(row), refund: refund.total, lines: refund.lines };
  await recordEvents(trx, row.provider_id, [{ type: 'redemption.returned', data }]);
  if (isWhole) await revokeGrantsOf(trx, row.provider_id, [row.id]);
  return { ...row, status, returned, version, updated_at: at.toISOString() };
}

/** Takes money out of the budgets that a redemption has counted to, from its uses as from their counters, and never more than it counted. */
async function releaseBudgets(
  trx: Knex.Transaction,
  { provider_id: providerId, id }: RedemptionRow,
  budgets: Return['budgets'],
): Promise<void> {
  if (budgets.size === 0) return;
  await trx.raw(
    `with given as materialized (
       select ${KEY}, least(amount, back) as back from redemption_uses
       join unnest(:promotions::text[], :amounts::numeric[]) as part (promotion, back) on promotion = subject
       where provider_id = :providerId and redemption_id = :id and kind = 'budget'
     ), lessened as (
       update redemption_uses u set amount = u.amount - given.back from given
       where u.provider_id = :providerId and u.redemption_id = :id and u.kind = given.kind
         and u.subject = given.subject and u.currency = given.currency
     )
     insert into usage_counters as stored (${KEY}, used)
     select ${KEY}, back from given
     order by ${LOCKING_ORDER}
     on conflict (${KEY}) do update set used = stored.used - excluded.used`,
    { providerId, id, promotions: [...budgets.keys()], amounts: [...budgets.values()] },
  );
}
