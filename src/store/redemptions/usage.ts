import type { Knex } from 'knex';
import { countedCustomer } from '../customer-hash';

/**
 * What expired holds still have in the counters, as a query with the parameter `:providerId`. It is free at
 * once, whenever somebody comes to tidy up the counters. Each `offset 0` keeps the planner from the other way round: for
 * a provider that its statistics do not know yet it would compare all redemptions with all uses.
 */
export const EXPIRED_USES = expiredUses(':providerId');

/** Returns the same of a provider whom an expression names: at every table, so that one node of several can answer it. */
export function expiredUses(provider: string): string {
  return `
  select u.kind, u.subject, u.customer_id, u.currency, sum(u.amount) as amount
  from (
    select provider_id, id from redemptions
    where provider_id = ${provider} and status = 'held' and expires_at <= now() offset 0
  ) r
  cross join lateral (
    select u.kind, u.subject, ${countedCustomer('u', provider)} as customer_id, u.currency, u.amount
    from redemption_uses u where u.provider_id = ${provider} and u.redemption_id = r.id offset 0
  ) u
  group by u.kind, u.subject, u.customer_id, u.currency`;
}

/** Those of these discounts that a redemption or a grant, even a cancelled one, ever named. */
export async function redeemedDiscounts(db: Knex, providerId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  // An older release, while it still runs, writes uses and grants alone.
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select discount_id as id from redeemed_discounts where provider_id = :providerId and discount_id = any(:ids)
     union select discount_id from grants where provider_id = :providerId and discount_id = any(:ids)
     union select subject from redemption_uses
     where provider_id = :providerId and kind = 'promotion' and subject = any(:ids)`,
    { providerId, ids: [...ids] },
  );
  return new Set(rows.map(({ id }) => id));
}

/** Returns whether any redemption, even a cancelled one, ever used one of these promotions or codes. */
export async function isRedeemed(db: Knex, providerId: string, subjects: readonly string[]): Promise<boolean> {
  const use = await db('redemption_uses')
    .where('provider_id', providerId)
    // Named, so that the index by kind and subject serves.
    .whereIn('kind', ['promotion', 'promotion_customer', 'code', 'code_customer', 'budget'])
    .whereIn('subject', subjects)
    .first('redemption_id');
  return use !== undefined;
}
