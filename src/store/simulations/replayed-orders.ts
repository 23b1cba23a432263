import type { Knex } from 'knex';
import type { QuoteRequest } from '../../engine/quote/quote-request';
import type { ReplayedOrder } from '../../engine/simulation/impact';
import { parseInstant } from '../../engine/time/instant';

/** The orders of a simulation: those that stand, by the time of their creation. */
export interface OrderSpan {
  readonly providerId: string;
  readonly from: Date;
  readonly to: Date;
  readonly promotionIds: readonly string[] | null;
}

/** Returns how many orders there are, at most as many as are counted. */
export async function countOrders(db: Knex, span: OrderSpan, most: number): Promise<number> {
  const counted = ordersOf(db, span).select('r.id').limit(most).as('counted');
  const [found] = await db.count<{ count: number }[]>().from(counted);
  return Number(found?.count ?? 0);
}

/** Returns the next orders after one, in the order of their creation. */
export async function nextOrders(
  db: Knex,
  span: OrderSpan,
  after: string | null,
  limit: number,
): Promise<ReplayedOrder[]> {
  const query = ordersOf(db, span).orderBy('r.id').limit(limit);
  if (after !== null) query.where('r.id', '>', after);
  const rows = await query.select<{ id: string; request: QuoteRequest; created_at: Date }[]>(
    'r.id',
    'r.request',
    'r.created_at',
  );
  return rows.map(({ id, request, created_at }) => ({
    redemptionId: id,
    request,
    at: request.at === undefined ? created_at.getTime() : parseInstant(request.at),
  }));
}

function ordersOf(db: Knex, { providerId, from, to, promotionIds }: OrderSpan): Knex.QueryBuilder {
  const query = db('redemptions as r')
    .where('r.provider_id', providerId)
    .where('r.created_at', '>=', from)
    .where('r.created_at', '<', to)
    .whereIn('r.status', ['confirmed', 'returned']);
  if (promotionIds !== null) {
    query.whereExists(
      db('redemption_uses as u')
        .where('u.provider_id', providerId)
        .whereRaw('u.redemption_id = r.id')
        .where('u.kind', 'promotion')
        .whereRaw('u.subject = any(?)', [[...promotionIds]])
        .select(db.raw('1')),
    );
  }
  return query;
}
