import { MOST_ANSWER_BYTES } from '../../engine/vocabulary/answer-size';
import type { PageRequest } from '../../store/database/requests';
import { sizedText } from './answer';
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
/** This many entries show how large the others may be. */
const FIRST_PIECE = 8;
/** What a page says beside its entries fits into the rest. */
const MOST_BYTES = MOST_ANSWER_BYTES - 4_096;

/** Reads one part of a list, shorter than asked for where its entries are large; `load` answers entries in the order of their ids. */
export async function page<T extends { id: string }>(
  limit: PageLimit = DEFAULT_LIMIT,
  cursor: Cursor | undefined,
  load: (slice: PageRequest) => Promise<T[]>,
): Promise<Page<T>> {
  const items: T[] = [];
  let after = cursor === undefined ? undefined : idOf(cursor);
  let bytes = 0;
  for (
    let piece = Math.min(limit, FIRST_PIECE);
    ;
    piece = nextPiece(limit - items.length, bytes / items.length, bytes)
  ) {
    // One more than asked for shows whether there is another page.
    const rows = await load({ limit: piece + 1, ...(after !== undefined && { after }) });
    for (const row of rows.slice(0, piece)) {
      bytes += sizedText(row).length + 1;
      if (bytes > MOST_BYTES && items.length > 0) return cutAfter(items);
      items.push(row);
    }
    if (rows.length <= piece) return { items };
    if (items.length === limit) return cutAfter(items);
    after = items.at(-1)?.id;
  }
}

function cutAfter<T extends { id: string }>(items: T[]): Page<T> {
  return { items, nextCursor: cursorOf(items.at(-1)?.id ?? '') };
}

/** As many as fit if they are like those before. */
function nextPiece(wanted: number, bytesEach: number, bytes: number): number {
  return Math.max(1, Math.min(wanted, Math.floor((MOST_BYTES - bytes) / bytesEach)));
}

/** Returns the cursor that goes on after an id. */
export function cursorOf(id: string): Cursor {
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
