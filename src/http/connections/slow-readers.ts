import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The unread bytes allowed for all clients together; a fast client leaves none. */
const MOST_WAITING_BYTES = 32 * 1_048_576;
/** A client that reads nothing for this long is gone. */
const READ_WITHIN_MS = 30_000;

/** The answers of which something has not gone out yet, the one that has waited longest first, with their bytes. */
const waiting = new Map<ServerResponse, number>();
let waitingBytes = 0;

/** Watches an answer until it is written: if too much is left unread, the slowest reader is disconnected. */
export function watchReader(response: ServerResponse): void {
  const bytes = response.writableLength;
  if (bytes === 0 || waiting.has(response)) return;
  waiting.set(response, bytes);
  waitingBytes += bytes;
  response.once('close', () => forget(response));
  expectProgress(response);
  while (waitingBytes > MOST_WAITING_BYTES) cutOff(waiting.keys().next().value as ServerResponse);
}

/** Disconnects a client that reads nothing for too long. */
export function expectProgress({ req }: ServerResponse): void {
  // Node counts what goes out of a large piece as progress.
  req.socket.setTimeout(READ_WITHIN_MS);
}

/** Lets a client take its time again, while we make more of the answer. */
export function expectNothing({ req }: ServerResponse): void {
  req.socket.setTimeout(0);
}

/** Returns whether a client is gone, so that writing to it is pointless. */
export function isGone({ req }: ServerResponse): boolean {
  // Node takes the socket from a message that it destroys while it is read.
  const socket: Socket | null = req.socket;
  return socket === null || socket.destroyed;
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
