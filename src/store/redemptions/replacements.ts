import type { Knex } from 'knex';
import { releaseUses, revokeGrantsOf } from './expired-holds';
import { type Recorded, recordAgain } from './record-statement';
import type { RedemptionEntry, RedemptionRow } from './redemption-rows';

/**
 * Gives back what a locked redemption used and granted, and counts in its place what an entry uses. The counters of both
 * are locked together, then the grants of both, so that replacements of orders that use each other's never wait in a
 * circle. Where something stands in the way the transaction must be rolled back.
 */
export async function recordInPlaceOf(
  trx: Knex.Transaction,
  row: RedemptionRow,
  entry: RedemptionEntry,
): Promise<Recorded> {
  await releaseUses(trx, row.provider_id, [row.id], entry.uses);
  await forgetUses(trx, row);
  await takeGrantsBack(trx, row, entry);
  return recordAgain(trx, entry);
}

/** Keeps the names of promotions and codes, which count as redeemed from now on, used or not. */
async function forgetUses(trx: Knex.Transaction, { provider_id, id }: RedemptionRow): Promise<void> {
  const uses = trx('redemption_uses').where({ provider_id, redemption_id: id });
  await uses.clone().whereIn('kind', ['promotion', 'code']).update({ amount: 0 });
  await uses.clone().whereNotIn('kind', ['promotion', 'code']).delete();
}

/** The grants that the redemption recorded are as if they had never been; what was spent of them stays spent. */
async function takeGrantsBack(
  trx: Knex.Transaction,
  { provider_id, id }: RedemptionRow,
  { spent, at }: RedemptionEntry,
): Promise<void> {
  const held = trx('grants').where((its) => its.where('redemption_id', id).orWhereIn('id', [...spent.keys()]));
  await held.where({ provider_id }).orderBy('id').forUpdate().select('id');
  await revokeGrantsOf(trx, provider_id, [id]);
  const recorded = trx('grants').where({ provider_id, redemption_id: id }).whereNull('replaced_at');
  await recorded.update({ replaced_at: at });
}
