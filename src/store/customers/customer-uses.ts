import type { Knex } from 'knex';
import type { Id } from '../../engine/vocabulary/resource';
import type { PageRequest } from '../database/requests';

/** How often a customer used a rule or a code; cancelled and expired redemptions do not count. */
export interface CustomerUse {
  /** The promotion, global discount or promo code. */
  id: Id;
  /** What was used. */
  kind: 'promotion' | 'promo_code';
  /**
   * How often, live holds included.
   * @isLong
   * @minimum 1
   */
  redemptions: number;
}

/** Returns a part of what the customer used, in the order of ids; rules of both kinds have different ids. */
export async function listUsesOf(
  db: Knex,
  providerId: string,
  customerId: string,
  { limit, after = '' }: PageRequest,
): Promise<CustomerUse[]> {
  const { rows } = await db.raw<{ rows: CustomerUse[] }>(
    `select u.subject as id, case u.kind when 'code' then 'promo_code' else 'promotion' end as kind,
       count(*)::int as redemptions
     from redemptions r
     join redemption_uses u on u.provider_id = r.provider_id and u.redemption_id = r.id
     where r.provider_id = :providerId and r.customer_id = :customerId
       and (r.status = 'confirmed' or r.status = 'held' and r.expires_at > clock_timestamp())
       and u.kind in ('promotion', 'code') and u.subject > :after
     group by u.subject, u.kind order by u.subject limit :limit`,
    { providerId, customerId, after, limit },
  );
  return rows;
}
