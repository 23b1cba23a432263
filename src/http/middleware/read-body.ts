import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';
import { HttpProblem } from '../answers/problem';
import { contextOf } from '../context';
import { isPlainJson } from './media-types';

const MOST_BYTES = 1_048_576;
const BYTE_ORDER_MARK = 0xfeff;

/** Takes a body, and its JSON as it was received. */
type BodyTaker = (body: unknown, text: string) => void;

const readAnyBody = express.json({ limit: MOST_BYTES, strict: false, type: () => true });

/** Reads JSON bodies: plain ones here, which takes a fraction of the time, others by express. */
export const readBodies: RequestHandler = (request, response, next) => {
  if (!hasPlainBody(request)) {
    readAnyBody(request, response, next);
    return;
  }
  const take: BodyTaker = (body, text) => {
    request.body = body;
    contextOf(request).bodyText = text;
    next();
  };
  readPlainBody(request, take, next);
};

/** Whether a request says that its body is JSON in UTF-8, as it is, of a length that is allowed. */
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

/** Reads a plain body. */
export function readPlainBody(message: IncomingMessage, take: BodyTaker, fail: (error: unknown) => void): void {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  message.on('end', () => {
    const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    // What is not UTF-8 becomes U+FFFD here.
    const text = bytes.toString();
    let body: unknown;
    try {
      body = JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
    } catch {
      fail(new HttpProblem(400, 'malformed_json', 'The body is not JSON.'));
      return;
    }
    take(body, text);
  });
}
