import type { PromoCode } from '../../engine/rulebook/promo-code';
import type { PageRequest } from '../../store/database/requests';
import { csv } from './csv';

const COLUMNS = [
  'code',
  'status',
  'startsAt',
  'endsAt',
  'maxRedemptions',
  'maxRedemptionsPerCustomer',
  'customerId',
  'redemptions',
  'batch',
] as const satisfies (keyof PromoCode)[];

/** Promo codes as CSV. */
export function promoCodesCsv(load: (slice: PageRequest) => Promise<PromoCode[]>): AsyncGenerator<string> {
  return csv(COLUMNS, load, (code) => COLUMNS.map((column) => String(code[column] ?? '')));
}
