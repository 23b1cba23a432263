import type { Knex } from 'knex';

/** Orders of a customer that used a promotion, as they were redeemed so many days ago. */
export interface PastOrders {
  providerId: string;
  customerId: string;
  promotionId: string;
  count: number;
  daysAgo?: number;
}

/** Writes orders and what they leave behind, counters included; their requests name the customer. */
export async function leaveOrders(db: Knex, { daysAgo = 0, ...orders }: PastOrders): Promise<void> {
  const values = { ...orders, daysAgo, prefix: `${orders.customerId.length}-${daysAgo}` };
  await db.raw(
    `insert into redemptions (provider_id, id, order_id, status, customer_id, request_hash, request, quote, metadata,
       created_at, updated_at)
     select :providerId, 'past-' || :prefix || '-' || n, 'past order ' || :prefix || '-' || n, 'confirmed', :customerId,
       md5(n::text),
       jsonb_build_object('currency', 'EUR', 'customer', jsonb_build_object('id', :customerId::text), 'lines',
         jsonb_build_array(jsonb_build_object('id', 'line', 'serviceType', 'hosting', 'unitPrice', '100.00',
           'title', 'Hosting of ' || :customerId))),
       jsonb_build_object('at', '2026-01-01T00:00:00Z', 'currency', 'EUR', 'catalogVersion', 1, 'digest', md5(n::text),
         'lines', jsonb_build_array(jsonb_build_object('id', 'line', 'subtotal', '100.00', 'discount', '10.00',
           'total', '90.00', 'discounts', '[]'::jsonb)),
         'discounts', '[]'::jsonb, 'promoCodes', '[]'::jsonb, 'offers', '[]'::jsonb, 'transitions', '[]'::jsonb,
         'declined', jsonb_build_array(jsonb_build_object('name', 'For ' || :customerId, 'reason', 'condition_unmet')),
         'payments', '[]'::jsonb,
         'totals', '{"subtotal":"100.00","discount":"10.00","total":"90.00","dueNow":"90.00"}'::jsonb)::text,
       jsonb_build_object('who', :customerId::text),
       now() - make_interval(days => :daysAgo, secs => n), now()
     from generate_series(1, :count::int) as n`,
    values,
  );
  await db.raw(
    `with used as (
       insert into redemption_uses (provider_id, redemption_id, kind, subject, customer_id, amount)
       select r.provider_id, r.id, kind, :promotionId, case kind when 'promotion' then '' else :customerId end, 1
       from redemptions r cross join (values ('promotion'), ('promotion_customer')) as kinds (kind)
       where r.provider_id = :providerId and r.id like 'past-' || :prefix || '-%'
       returning *
     )
     insert into usage_counters as stored (provider_id, kind, subject, customer_id, used)
     select provider_id, kind, subject, customer_id, count(*) from used group by 1, 2, 3, 4
     on conflict (provider_id, kind, subject, customer_id, currency) do update set used = stored.used + excluded.used`,
    values,
  );
}
