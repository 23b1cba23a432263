import type { Totals } from '../../engine/decision/quoted-line';
import type { Quote } from '../../engine/quote/answer';
import { formatInstant, parseInstant } from '../../engine/time/instant';
import type { RedemptionFacts } from './event-facts';

/** As much of a redemption's row as an event tells. */
interface RedemptionRow {
  id: string;
  order_id: string;
  customer_id: string | null;
  status: string;
  expires_at: string | null;
  /** The quote, as JSON. */
  quote: string;
}

/** Returns what an event tells of a stored redemption. */
export function redemptionFacts({ id, order_id, customer_id, expires_at, quote }: RedemptionRow): RedemptionFacts {
  return {
    ...newRedemptionFacts({ id, orderId: order_id, customerId: customer_id ?? undefined, quote: JSON.parse(quote) }),
    ...(expires_at !== null && { expiresAt: formatInstant(parseInstant(expires_at)) }),
  };
}

/** Returns what an event tells of a redemption that is about to be written; the database adds when a hold ends. */
export function newRedemptionFacts(redemption: {
  id: string;
  orderId: string;
  customerId: string | undefined;
  quote: Pick<Quote, 'currency' | 'totals'>;
}): RedemptionFacts {
  const { id, orderId, customerId, quote } = redemption;
  return {
    redemptionId: id,
    orderId,
    ...(customerId !== undefined && { customerId }),
    currency: quote.currency,
    totals: plainTotals(quote.totals),
  };
}

/** Returns the three sums of a cart, without what is due at once. */
export function plainTotals({ subtotal, discount, total }: Totals): Totals {
  return { subtotal, discount, total };
}

/** Writes a column of instants as the wire has them, in SQL. */
export function instantSql(column: string): string {
  return `replace(to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z')`;
}

/** Returns what an event tells of a redemption, in SQL, of a row that has the columns of `redemptions` under this name. */
export function redemptionFactsSql(row: string): string {
  return `(
    select jsonb_strip_nulls(jsonb_build_object(
      'redemptionId', ${row}.id, 'orderId', ${row}.order_id, 'customerId', ${row}.customer_id, 'currency', quote -> 'currency',
      'totals', jsonb_build_object(
        'subtotal', quote #> '{totals,subtotal}', 'discount', quote #> '{totals,discount}', 'total', quote #> '{totals,total}'
      ),
      'expiresAt', ${instantSql(`${row}.expires_at`)}
    )) from (select ${row}.quote::jsonb as quote offset 0) read
  )`;
}

/** Returns what an event tells of a grant, in SQL, of a row that has the columns of `grants` under this name. */
export function grantFactsSql(row: string): string {
  return `jsonb_strip_nulls(jsonb_build_object(
    'grantId', ${row}.id, 'customerId', ${row}.customer_id, 'discountId', ${row}.discount_id, 'serviceId', ${row}.service_id,
    'redemptionId', ${row}.redemption_id, 'startsAt', ${instantSql(`${row}.starts_at`)},
    'endsAt', ${instantSql(`${row}.ends_at`)}, 'payments', ${row}.payments, 'balance', ${row}.balance
  ))`;
}
