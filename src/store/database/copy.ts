import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import { from as copyFrom } from 'pg-copy-streams';

/** A value that COPY can write into a column. */
export type CopiedValue = string | number | boolean | Date | object | null;

/** Copies rows into a table as they come, in constant memory; `values` is in the order of the columns. */
export async function copyRows(
  trx: Knex.Transaction,
  table: string,
  columns: readonly string[],
  rows: AsyncIterable<readonly CopiedValue[]>,
): Promise<void> {
  // Inside a transaction knex hands out the transaction's own connection.
  const connection = await trx.client.acquireConnection();
  const copy = connection.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  let failure: unknown;
  const lines = async function* (): AsyncGenerator<string> {
    try {
      yield* copyLines(rows);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  // Of a source that fails in the middle the pipeline may say no more than that it was aborted.
  await pipeline(Readable.from(lines()), copy).catch((error: unknown) => {
    throw failure ?? error;
  });
}

/** So many characters are written at once: a write for each row would cost more than the row. */
const CHARACTERS_AT_ONCE = 65_536;

async function* copyLines(rows: AsyncIterable<readonly CopiedValue[]>): AsyncGenerator<string> {
  let lines = '';
  for await (const values of rows) {
    lines += `${values.map(copyCell).join('\t')}\n`;
    if (lines.length < CHARACTERS_AT_ONCE) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
}

/** Returns a value in COPY's text format. */
function copyCell(value: CopiedValue): string {
  if (value === null) return '\\N';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
