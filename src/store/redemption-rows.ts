/** Where a redemption stands; a hold whose time has passed is expired, whatever the row says. */
export type RedemptionStatus = 'held' | 'confirmed' | 'cancelled' | 'expired';

/** A row of `redemptions` as a statement answers it: instants are text. */
export interface RedemptionRow {
  provider_id: string;
  id: string;
  order_id: string;
  status: RedemptionStatus;
  customer_id: string | null;
  expires_at: string | null;
  request_hash: string;
  quote: string;
  version: number;
  created_at: string;
  updated_at: string;
}

/** The columns of a `RedemptionRow`, as the arguments of `json_build_object`. */
export const REDEMPTION_COLUMNS = `
  'provider_id', provider_id, 'id', id, 'order_id', order_id, 'customer_id', customer_id, 'expires_at', expires_at,
  'request_hash', request_hash, 'quote', quote, 'version', version, 'created_at', created_at, 'updated_at', updated_at,
  'status', case when status = 'held' and expires_at <= clock_timestamp() then 'expired' else status end`;
