import type { ServerResponse } from 'node:http';
import { AnswerMeter, answerTooLarge, assertAnswerable, MOST_ANSWER_BYTES } from '../../engine/vocabulary/answer-size';
import { mapInSteps, type Steps } from '../../store/slices';
import { toJson } from './json';

/** The media type of every answer that is not a problem. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer as it goes over the wire, so that it can be recorded and repeated byte for byte. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Sends an answer as it is. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value === 'application/json' ? JSON_TYPE : value);
  }
  if (body !== '') response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

/** A JSON text with its bytes. */
export interface SizedText {
  readonly text: string;
  readonly length: number;
}

/** Returns the JSON text of a value; refuses the request where that is larger than an answer may be. */
export function boundedText(value: unknown): SizedText {
  assertAnswerable(value);
  return assertBounded(sizedText(value));
}

/** Returns the JSON text of an object of lists in steps; refuses the request where it is larger than an answer may be. */
export function* boundedTextInSteps(lists: object): Steps<SizedText> {
  const meter = new AnswerMeter();
  const members: string[] = [];
  for (const [name, list] of Object.entries(lists) as [string, readonly unknown[]][]) {
    const items = yield* mapInSteps(list, (item) => {
      meter.add(item);
      return toJson(item);
    });
    members.push(`${toJson(name)}:[${items.join(',')}]`);
  }
  return assertBounded(sized(`{${members.join(',')}}`));
}

/** Returns the same of a value that is known to be small enough to be written first. */
export function assertBounded(sized: SizedText): SizedText {
  if (sized.length > MOST_ANSWER_BYTES) throw answerTooLarge();
  return sized;
}

/** Returns the JSON text of a value, however large. */
export function sizedText(value: unknown): SizedText {
  return sized(toJson(value));
}

/** Returns a text with its bytes. */
export function sized(text: string): SizedText {
  return { text, length: Buffer.byteLength(text) };
}

/** Sends a JSON text. */
export function sendJson(response: ServerResponse, status: number, { text, length }: SizedText): void {
  response.statusCode = status;
  response.setHeader('Content-Type', JSON_TYPE);
  response.setHeader('Content-Length', length);
  endWith(response, text, length);
}

/** From here on it is faster to make bytes of a text than to let node write it: half a megabyte takes half the time. */
const LARGE_BYTES = 131_072;

/** Ends an answer with a text of so many bytes. */
export function endWith(response: ServerResponse, text: string, length: number): void {
  // As many bytes as characters means ASCII, which Latin-1 writes without encoding.
  const encoding = length === text.length ? 'latin1' : 'utf8';
  if (length > LARGE_BYTES) response.end(Buffer.from(text, encoding));
  else response.end(text, encoding);
}
