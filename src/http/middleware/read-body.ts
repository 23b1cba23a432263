import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler } from 'express';
import type { Caller } from '../../services/caller';
import { inOwnRound, ownRound } from '../../services/concurrency/own-round';
import { sharedRound } from '../../services/concurrency/shared-rounds';
import { HttpProblem, malformedJson } from '../answers/problem';
import { contextOf } from '../context';
import { parseJson } from '../contract/read-json';
import { streamedTypeOf } from '../contract/streamed-body';
import { isPlainJson } from './media-types';

const MOST_BYTES = 1_048_576;
/** Four times the largest cart; a shop's visitors may send no more. */
const MOST_STOREFRONT_BYTES = 262_144;
/** Few honest carts are as large. */
const LARGE_BYTES = 16_384;
const BYTE_ORDER_MARK = 0xfeff;

/** A body, and its JSON as it was received. */
export interface ReadBody {
  readonly body: unknown;
  readonly text: string;
}

/** What express has read, so that it can be read again as every other body is. */
const received = new WeakMap<IncomingMessage, Buffer>();

/** Express's reader of bodies up to so many bytes, before and after they are inflated. */
const reader = (limit: number): RequestHandler =>
  express.json({
    limit,
    strict: false,
    type: () => true,
    verify: (message, _response, bytes) => {
      assertUtf8(bytes);
      received.set(message, bytes);
    },
  });
const readAnyBody = reader(MOST_BYTES);
const readStorefrontBody = reader(MOST_STOREFRONT_BYTES);

/** Reads JSON bodies: plain ones here, which takes a fraction of the time, others by express. */
export const readBodies: RequestHandler = (request, response, next) => {
  // Streamed bodies are read by their operation.
  if (streamedTypeOf(request) !== undefined) return next();
  const context = contextOf(request);
  if (!hasPlainBody(request)) {
    const read = context.kind === 'publishable' ? readStorefrontBody : readAnyBody;
    read(request, response, (error?: unknown) => {
      if (error !== undefined) next(error);
      else if ((received.get(request)?.length ?? 0) < LARGE_BYTES) readAgain(request, next);
      else inOwnRound(() => readAgain(request, next));
    });
    return;
  }
  readPlainBody(request, context).then(({ body, text }) => {
    request.body = body;
    context.bodyText = text;
    next();
  }, next);
};

/** Reads what express has read as every other body is read; it has found it to be JSON, or that there is nothing. */
function readAgain(request: Request, next: NextFunction): void {
  const text = received.get(request)?.toString() ?? '';
  try {
    if (text !== '') request.body = parseJson(withoutMark(text));
    next();
  } catch (error) {
    next(error);
  }
}

/** Returns whether a request says that its body is JSON in UTF-8, as it is, of a length that is allowed. */
export function hasPlainBody({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? 0);
  return (
    length > 0 &&
    length <= MOST_BYTES &&
    isPlainJson(headers['content-type']) &&
    headers['content-encoding'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

/** Reads the plain body of an accepted caller. */
export async function readPlainBody(message: IncomingMessage, { kind }: Caller): Promise<ReadBody> {
  if (kind === 'publishable' && Number(message.headers['content-length']) > MOST_STOREFRONT_BYTES) {
    throw bodyTooLarge(MOST_STOREFRONT_BYTES);
  }
  const bytes = await bytesOf(message);
  const turn = bytes.length >= LARGE_BYTES ? ownRound() : sharedRound();
  if (turn !== undefined) await turn;
  return parse(bytes);
}

function bytesOf(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
  });
}

function parse(bytes: Buffer): ReadBody {
  if (!isUtf8(bytes)) throw notUtf8();
  const text = bytes.toString();
  try {
    return { body: parseJson(withoutMark(text)), text };
  } catch (error) {
    throw error instanceof HttpProblem ? error : malformedJson(text);
  }
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

function notUtf8(): HttpProblem {
  return new HttpProblem(400, 'malformed_json', 'The body is not JSON in UTF-8.');
}

/** Invalid UTF-8 would become U+FFFD, and change a key or a name. */
function assertUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw new Error('This is not UTF-8');
}

function bodyTooLarge(limit: number): HttpProblem {
  return new HttpProblem(413, 'body_too_large', `The body is larger than ${limit / 1024} KiB.`);
}
