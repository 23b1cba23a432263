import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '../answers/problem';

/** What a streamed body may be; everything else is JSON, and read whole. */
export const STREAMED_TYPES = ['text/csv', 'application/x-ndjson'];

/** Returns the streamed type that a request says its body has. */
export function streamedTypeOf(message: IncomingMessage): string | undefined {
  const type = message.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type !== undefined && STREAMED_TYPES.includes(type) ? type : undefined;
}

/** While a body comes in, its import has a connection to the database that others wait for. */
const SENT_WITHIN_MS = 30_000;

/** What has been read of the bodies whose hash is wanted. */
const hashes = new WeakMap<IncomingMessage, Hash>();

/**
 * Yields a body piece by piece; throws a 408 where nothing comes for too long. The message must survive a failure, as its
 * connection takes the answer: a generator of its own keeps the failure from node's, which would destroy the message. What
 * nobody reads is passed over, unless its hash is wanted.
 */
export async function* piecesOf(message: IncomingMessage, sentWithinMs = SENT_WITHIN_MS): AsyncGenerator<Buffer> {
  const pieces: AsyncIterator<Buffer> = message.iterator({ destroyOnReturn: false });
  let isSilent = false;
  try {
    for (;;) {
      const next = await nextOf(pieces, sentWithinMs);
      isSilent = next === undefined;
      if (next === undefined) throw new HttpProblem(408, 'request_timeout', 'The rest of the body did not arrive.');
      if (next.done === true) return;
      hashes.get(message)?.update(next.value);
      yield next.value;
    }
  } finally {
    // The next piece of a silent one is awaited still.
    if (!isSilent) await pieces.return?.();
    if (!hashes.has(message)) message.resume();
  }
}

/** Waits for the next piece, but only so long. */
async function nextOf<T>(pieces: AsyncIterator<T>, ms: number): Promise<IteratorResult<T> | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([pieces.next(), silence]).finally(() => clearTimeout(timer));
}

/** Hashes a streamed body as it is read, with the query, which says what becomes of it; in the end it must be resumed. */
export function hashWhileRead(message: IncomingMessage, query: string): void {
  hashes.set(message, createHash('sha256').update(`${query}\n`));
}

/** Reads what is left of such a body, and returns the hash of the whole. */
export async function hashOfBody(message: IncomingMessage): Promise<string> {
  for await (const _ of piecesOf(message));
  return (hashes.get(message) as Hash).digest('hex');
}
