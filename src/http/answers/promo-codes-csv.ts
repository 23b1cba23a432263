import type { PromoCode } from '../../engine/rulebook/promo-code';
import type { PageRequest } from '../../store/database/requests';

const COLUMNS = [
  'code',
  'status',
  'startsAt',
  'endsAt',
  'maxRedemptions',
  'maxRedemptionsPerCustomer',
  'customerId',
  'redemptions',
] as const satisfies (keyof PromoCode)[];
const ROWS_PER_READ = 2000;

/** Promo codes as CSV (RFC 4180), read in parts so that memory does not grow with their number. */
export async function* promoCodesCsv(load: (slice: PageRequest) => Promise<PromoCode[]>): AsyncGenerator<string> {
  yield line(COLUMNS);
  for (let after: string | undefined; ; ) {
    const codes = await load({ limit: ROWS_PER_READ, ...(after !== undefined && { after }) });
    if (codes.length > 0) yield codes.map((code) => line(COLUMNS.map((column) => String(code[column] ?? '')))).join('');
    if (codes.length < ROWS_PER_READ) return;
    after = codes.at(-1)?.id;
  }
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** What spreadsheets take for the beginning of a formula; full-width signs count in some of them. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** Quoted; what a spreadsheet would take for a formula is marked as text. */
function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
