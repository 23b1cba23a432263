import type { Knex } from 'knex';

/** One use of a past redemption. */
export interface PastUse {
  kind: 'promotion' | 'promotion_customer' | 'code' | 'code_customer' | 'budget';
  subject: string;
  customerId?: string;
  currency?: string;
  amount?: string;
}

let left = 0;

/** Writes what a redemption leaves behind, counters included; answers its id. */
export async function leaveRedemption(
  db: Knex,
  providerId: string,
  use: PastUse,
  redemption: { status?: string; expiresAt?: Date; quote?: string } = {},
): Promise<string> {
  const id = `redemption-${++left}`;
  const row = {
    provider_id: providerId,
    kind: use.kind,
    subject: use.subject,
    customer_id: use.customerId ?? '',
    currency: use.currency ?? '',
  };
  const amount = use.amount ?? '1';
  await db('redemptions').insert({
    provider_id: providerId,
    id,
    order_id: `order of ${id}`,
    status: redemption.status ?? 'confirmed',
    expires_at: redemption.expiresAt ?? null,
    request_hash: '',
    request: '{}',
    quote: redemption.quote ?? '{}',
  });
  await db('redemption_uses').insert({ ...row, redemption_id: id, amount });
  await db('usage_counters')
    .insert({ ...row, used: amount })
    .onConflict(['provider_id', 'kind', 'subject', 'customer_id', 'currency'])
    .merge({ used: db.raw('usage_counters.used + excluded.used') });
  return id;
}
