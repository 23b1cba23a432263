import Big from 'big.js';
import type { Knex } from 'knex';
import { type MoneySum, minorDigits } from '../../engine/money/money';
import type { LocalizedText } from '../../engine/vocabulary/localized-text';

/** What the rows of a report stand for. */
export type ReportKey = 'promotion' | 'promoCode' | 'day' | 'plan';

/** Which redemptions a report adds up. */
export interface ReportSpan {
  /** Inclusive start, by creation. */
  from: Date;
  /** Exclusive end. */
  to: Date;
  currency: string;
  /** IANA; where a day begins. */
  timeZone: string;
}

/** A row of a report. */
export interface ReportRow {
  key: string;
  title?: LocalizedText;
  redemptions: number;
  cancelled: number;
  subtotal: MoneySum;
  discount: MoneySum;
  total: MoneySum;
  refunded: MoneySum;
}

/** The most rows of one report; those with the largest totals. */
export const MOST_ROWS = 10_000;

/** Orders of the span; a hold counts neither way until it is confirmed. */
const ORDERS = `
  with amounts as materialized (
    select r.id, r.created_at, r.status <> 'cancelled' as counts, r.subtotal, r.discount, r.total,
      coalesce((r.returned ->> 'total')::numeric, 0) as refunded
    from redemptions r
    where r.provider_id = :providerId and r.created_at >= :from and r.created_at < :to
      and r.status not in ('held', 'expired') and r.currency = :currency
  )`;

/** The orders with their keys, one row each. */
const BY_KEY: Readonly<Record<ReportKey, string>> = {
  promotion: `
    select p.id as key, p.title, a.* from amounts a
    join redemption_uses u on u.provider_id = :providerId and u.redemption_id = a.id and u.kind = 'promotion'
      and u.amount > 0
    join promotions p on p.provider_id = :providerId and p.id = u.subject`,
  promoCode: `
    select c.code as key, null::jsonb as title, a.* from amounts a
    join redemption_uses u on u.provider_id = :providerId and u.redemption_id = a.id and u.kind = 'code'
      and u.amount > 0
    join promo_codes c on c.provider_id = :providerId and c.id = u.subject`,
  day: `
    select to_char(a.created_at at time zone :timeZone, 'YYYY-MM-DD') as key, null::jsonb as title, a.* from amounts a`,
  plan: `
    select line.plan as key, p.title, a.id, a.counts,
      sum((quoted ->> 'subtotal')::numeric + coalesce((quoted -> 'setup' ->> 'subtotal')::numeric, 0)) as subtotal,
      sum((quoted ->> 'discount')::numeric + coalesce((quoted -> 'setup' ->> 'discount')::numeric, 0)) as discount,
      sum((quoted ->> 'total')::numeric + coalesce((quoted -> 'setup' ->> 'total')::numeric, 0)) as total,
      sum(coalesce((
        select back.amount from jsonb_to_recordset(r.returned -> 'lines') as back ("lineId" text, amount numeric)
        where back."lineId" = line.id
      ), 0)) as refunded
    from amounts a
    join redemptions r on r.provider_id = :providerId and r.id = a.id
    cross join jsonb_to_recordset(r.request -> 'lines') as line (id text, plan text)
    join jsonb_array_elements(r.quote::jsonb -> 'lines') as quoted on quoted ->> 'id' = line.id
    left join plans p on p.provider_id = :providerId and p.id = line.plan
    where line.plan is not null
    group by line.plan, p.title, a.id, a.counts`,
};

/** Adds up the redemptions of a span by promotion, code, local day or plan; the largest totals first, days in their order. */
export async function reportRedemptions(
  db: Knex,
  providerId: string,
  by: ReportKey,
  span: ReportSpan,
): Promise<ReportRow[]> {
  const { rows } = await db.raw<{ rows: FoundRow[] }>(
    `${ORDERS}, keyed as (${BY_KEY[by]})
     select key, title, count(*) filter (where counts)::int as redemptions,
       count(*) filter (where not counts)::int as cancelled,
       coalesce(sum(subtotal) filter (where counts), 0)::text as subtotal,
       coalesce(sum(discount) filter (where counts), 0)::text as discount,
       coalesce(sum(total) filter (where counts), 0)::text as total,
       coalesce(sum(refunded) filter (where counts), 0)::text as refunded
     from keyed group by key, title
     order by ${by === 'day' ? '' : 'coalesce(sum(total) filter (where counts), 0) desc,'} key limit ${MOST_ROWS}`,
    { providerId, ...span },
  );
  return rows.map((row) => toReportRow(row, span.currency));
}

interface FoundRow extends Omit<ReportRow, 'title'> {
  title: LocalizedText | null;
}

function toReportRow({ title, subtotal, discount, total, refunded, ...row }: FoundRow, currency: string): ReportRow {
  const digits = minorDigits(currency);
  const money = (sum: string) => Big(sum).toFixed(digits);
  return {
    ...row,
    ...(title !== null && { title }),
    subtotal: money(subtotal),
    discount: money(discount),
    total: money(total),
    refunded: money(refunded),
  };
}
