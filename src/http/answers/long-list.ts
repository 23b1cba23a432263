import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { JSON_TYPE } from './answer';

const PER_PIECE = 500;

/** Sends `{ "items": […] }` piece by piece: as one text, a list of 100,000 would hold up every other request. */
export async function sendLongList(response: ServerResponse, status: number, items: readonly object[]): Promise<void> {
  response.statusCode = status;
  response.setHeader('Content-Type', JSON_TYPE);
  await pipeline(Readable.from(pieces(items)), response);
}

async function* pieces(items: readonly object[]): AsyncGenerator<string> {
  yield '{"items":[';
  for (let from = 0; from < items.length; from += PER_PIECE) {
    // The stream takes what is there without a break; others come in here.
    await new Promise((done) => setImmediate(done));
    const texts = items.slice(from, from + PER_PIECE).map((item) => JSON.stringify(item));
    yield `${from === 0 ? '' : ','}${texts.join(',')}`;
  }
  yield ']}';
}
