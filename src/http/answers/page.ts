import type { PageRequest } from '../../store/database/requests';
import { invalid } from './problem';

/**
 * The most entries in one answer.
 * @isInt
 * @minimum 1
 * @maximum 200
 * @default 50
 */
export type PageLimit = number;

/**
 * The `nextCursor` of the answer before; absent: from the start.
 * @minLength 1
 * @maxLength 1000
 */
export type Cursor = string;

/** A part of a list, in a stable order. */
export interface Page<T> {
  /**
   * The entries.
   * @maxItems 200
   */
  items: T[];
  /** Where the next part begins; absent: this is the last. */
  nextCursor?: Cursor;
}

const DEFAULT_LIMIT = 50;

/** Reads one part of a list; `load` answers entries in the order of their ids. */
export async function page<T extends { id: string }>(
  limit: PageLimit = DEFAULT_LIMIT,
  cursor: Cursor | undefined,
  load: (slice: PageRequest) => Promise<T[]>,
): Promise<Page<T>> {
  // One more than asked for tells whether there is another part.
  const rows = await load({ limit: limit + 1, ...(cursor !== undefined && { after: idOf(cursor) }) });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, nextCursor: cursorOf(last.id) } : { items };
}

function cursorOf(id: string): Cursor {
  return Buffer.from(id).toString('base64url');
}

function idOf(cursor: Cursor): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (cursorOf(id) !== cursor || id.includes('\0')) {
    throw invalid([{ pointer: '/query/cursor', code: 'cursor', detail: 'is not the nextCursor of an answer' }]);
  }
  return id;
}

/**
 * A part of the text, in upper or lower case.
 * @minLength 1
 * @maxLength 200
 */
export type SearchText = string;

/**
 * Whether only what is so, or only what is not.
 */
export type YesOrNo = boolean;
