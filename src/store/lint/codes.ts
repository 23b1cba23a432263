import type { Knex } from 'knex';
import { type LintedRule, ruleOfPromoCode } from '../../engine/lint/rule';
import { toInstant, withoutNulls } from '../database/rows';
import { type PromoCodeRow, toPromoCode } from '../promo-codes/promo-codes';

/** A row of a code with its promotion's window. */
interface Row extends PromoCodeRow {
  promotion_starts_at: Date | null;
  promotion_ends_at: Date | null;
}

/** Returns the codes, from an id on, that the checks find something in; PostgreSQL sorts out the others. */
export async function questionableCodes(
  db: Knex,
  providerId: string,
  from: string,
  limit: number,
): Promise<{ id: string; rule: LintedRule }[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select c.*, p.starts_at as promotion_starts_at, p.ends_at as promotion_ends_at
     from promo_codes c join promotions p on p.provider_id = c.provider_id and p.id = c.promotion_id
     where c.provider_id = :providerId and c.id >= :from and c.status <> 'archived' and p.status <> 'archived'
       and (c.max_redemptions_per_customer > c.max_redemptions or c.starts_at >= p.ends_at or c.ends_at <= p.starts_at)
     order by c.id limit :limit`,
    { providerId, from, limit },
  );
  return rows.map((row) => {
    const promotion = withoutNulls({
      startsAt: toInstant(row.promotion_starts_at),
      endsAt: toInstant(row.promotion_ends_at),
    });
    return { id: row.id, rule: ruleOfPromoCode(toPromoCode(row, 0), promotion) };
  });
}
