import type { PageRequest } from '../../store/database/requests';

const ROWS_PER_READ = 2000;

/** Writes a list as CSV (RFC 4180), read in parts so that memory does not grow with its length. */
export async function* csv<T extends { id: string }>(
  columns: readonly string[],
  load: (slice: PageRequest) => Promise<T[]>,
  cellsOf: (entry: T) => readonly string[],
): AsyncGenerator<string> {
  yield line(columns);
  for (let after: string | undefined; ; ) {
    const entries = await load({ limit: ROWS_PER_READ, ...(after !== undefined && { after }) });
    if (entries.length > 0) yield entries.map((entry) => line(cellsOf(entry))).join('');
    if (entries.length < ROWS_PER_READ) return;
    after = entries.at(-1)?.id;
  }
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/**
 * What spreadsheets take for the beginning of a formula; full-width signs count in some of them. What looks like one that is
 * marked already is marked once more, so that it can be told from it.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** Quoted; what a spreadsheet would take for a formula is marked as text. */
function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Returns what stood in a cell before it was marked as text. */
export function withoutMark(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
