import type { Quote } from '../../engine/quote/answer';
import type { Refund } from '../../engine/returns/answer';
import { formatInstant, type Instant, parseInstant } from '../../engine/time/instant';
import type { Metadata } from '../../engine/vocabulary/attributes';
import type { Stored, Term } from '../../engine/vocabulary/resource';
import type { RedemptionRow, RedemptionStatus } from '../../store/redemptions/redemption-rows';
import { withNumbers } from './json';

/** An order that used promotions. */
export interface Redemption extends Stored {
  /** The platform's order. */
  orderId: Term;
  /** Where it stands: its uses count while it is held or confirmed. */
  status: RedemptionStatus;
  /** Until when a hold counts. */
  expiresAt?: Instant;
  /** The quote as it was redeemed, or replaced since. */
  quote: Quote;
  /** What came back of the order so far, and was paid back for it; absent: nothing. */
  returned?: Refund;
  /** The platform's own notes on the order. */
  metadata?: Metadata;
}

/** The answer for a row. */
export function toRedemption(row: RedemptionRow): Redemption {
  return { ...beforeQuote(row), quote: JSON.parse(row.quote), ...afterQuote(row) };
}

/** Returns the same as text: the quote, which is most of it, is text already. */
export function redemptionText(row: RedemptionRow): string {
  const before = JSON.stringify(beforeQuote(row)).slice(0, -1);
  return withNumbers(`${before},"quote":${row.quote},${JSON.stringify(afterQuote(row)).slice(1)}`);
}

function beforeQuote(row: RedemptionRow): Pick<Redemption, 'id' | 'orderId' | 'status' | 'expiresAt'> {
  const holds = row.expires_at !== null && row.status !== 'confirmed' && row.status !== 'returned';
  return {
    id: row.id,
    orderId: row.order_id,
    status: row.status,
    ...(holds && row.expires_at !== null && { expiresAt: instant(row.expires_at) }),
  };
}

function afterQuote(row: RedemptionRow): Omit<Redemption, keyof ReturnType<typeof beforeQuote> | 'quote'> {
  return {
    ...(row.returned !== null && { returned: row.returned }),
    ...(row.metadata !== null && { metadata: row.metadata }),
    version: row.version,
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
  };
}

function instant(text: string): Instant {
  return formatInstant(parseInstant(text));
}
