import type { ServerResponse } from 'node:http';

/** What all clients together may leave unread; a fast one never leaves anything. */
const MOST_WAITING_BYTES = 32 * 1_048_576;
/** A client that takes nothing for so long has gone. */
const READ_WITHIN_MS = 30_000;

/** The answers of which something has not gone out yet, the one that has waited longest first, with their bytes. */
const waiting = new Map<ServerResponse, number>();
let waitingBytes = 0;

/** Looks after an answer that is written to its end: where too much waits to be read, who has read least cuts himself off. */
export function watchReader(response: ServerResponse): void {
  const bytes = response.writableLength;
  if (bytes === 0 || waiting.has(response)) return;
  waiting.set(response, bytes);
  waitingBytes += bytes;
  response.once('close', () => forget(response));
  expectProgress(response);
  while (waitingBytes > MOST_WAITING_BYTES) cutOff(waiting.keys().next().value as ServerResponse);
}

/** Cuts a client off that takes nothing for too long. */
export function expectProgress({ req }: ServerResponse): void {
  // Node counts what goes out of a large piece as progress.
  req.socket.setTimeout(READ_WITHIN_MS);
}

/** Lets a client take its time again, while we make more of the answer. */
export function expectNothing({ req }: ServerResponse): void {
  req.socket.setTimeout(0);
}

/** Whether a client is gone: what is written to it would only wait to be thrown away. */
export function isGone({ req }: ServerResponse): boolean {
  return req.socket.destroyed;
}

function cutOff(response: ServerResponse): void {
  const { socket } = response.req;
  for (const other of waiting.keys()) if (other.req.socket === socket) forget(other);
  socket.destroy();
}

function forget(response: ServerResponse): void {
  waitingBytes -= waiting.get(response) ?? 0;
  waiting.delete(response);
}
