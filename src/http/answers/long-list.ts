import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { JSON_TYPE } from './answer';

const PER_PIECE = 500;

/** Sends `{ "items": […] }` piece by piece, as fast as it is read: as one text, a list of 100,000 would hold up every other request. */
export async function sendLongList(response: ServerResponse, status: number, items: Iterable<object>): Promise<void> {
  response.statusCode = status;
  response.setHeader('Content-Type', JSON_TYPE);
  await pipeline(Readable.from(pieces(items)), response);
}

async function* pieces(items: Iterable<object>): AsyncGenerator<string> {
  yield '{"items":[';
  let piece: string[] = [];
  let begin = '';
  for (const item of items) {
    piece.push(JSON.stringify(item));
    if (piece.length < PER_PIECE) continue;
    yield `${begin}${piece.join(',')}`;
    begin = ',';
    piece = [];
    // The stream takes available data without a pause; this lets other requests in.
    await new Promise((done) => setImmediate(done));
  }
  yield piece.length === 0 ? ']}' : `${begin}${piece.join(',')}]}`;
}
