import type { Knex } from 'knex';
import type { Client } from '../support/client';

/** A code and a promotion whose limits some of the orders meet, and some do not. */
export async function createLimits(client: Client): Promise<void> {
  const { body } = await client.persist('/v1/promotions', {
    name: 'Ten',
    conditions: [{ type: 'promo_code' }],
    discounts: [{ name: 'Ten', value: { type: 'percent', percent: '10' } }],
    limits: { perCustomer: 25, budget: { EUR: '1000.00' } },
  });
  await client.persist(`/v1/promotions/${body.id}/promo-codes`, { code: 'SUN', maxRedemptions: 150 });
}

/** What the client was last told of an order. */
export interface Told {
  id: string;
  status: string;
}

/** Every order of a provider that was answered is there as it was answered, and counts once. */
export async function expectKept(db: Knex, provider: string, told: ReadonlyMap<string, Told>): Promise<void> {
  const rows: { order_id: string; id: string; status: string }[] = await db('redemptions')
    .where('provider_id', provider)
    .select('order_id', 'id', 'status');
  const live = rows.filter(({ status }) => status === 'held' || status === 'confirmed');
  expect(new Set(live.map(({ order_id }) => order_id)).size).toBe(live.length);
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const [orderId, { id, status }] of told) {
    // Whether anybody has marked an expired hold is nobody's business.
    const statuses = status === 'held' ? ['held', 'expired'] : [status];
    expect({ orderId, found: stored.get(id)?.order_id }).toEqual({ orderId, found: orderId });
    expect(statuses).toContain(stored.get(id)?.status);
  }
}
