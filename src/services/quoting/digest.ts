import { createHash, hash } from 'node:crypto';
import { sortedJson } from '../../store/sorted-json';

/** Reports whether two quotes answered the same question by the same rules; the request is JSON, as `stringify` writes it. */
export function digestOf(providerId: string, catalogVersion: number, at: number, request: string): string {
  const head = `${providerId}\n${catalogVersion}\n${at}\n`;
  // A large text put behind another one is copied; a hash in two steps is slower than that for a small one.
  if (request.length > LARGE) return createHash('sha256').update(head).update(request).digest('hex');
  return hash('sha256', head + request, 'hex');
}

const LARGE = 16_384;

/** Returns the SHA-256 of a JSON value, whatever the order of its names: a client that sends a request again may write it anew. */
export function hashOfJson(value: unknown): string {
  return hash('sha256', sortedJson(value), 'hex');
}

/** No white space between values, no escapes in texts, no numbers as names, no number but whole ones of up to 15 digits. */
const AS_STRINGIFY_WRITES =
  /^(?:[{}[\]:,]|(?!"\d+":)"[^"\\]*"|-?[1-9]\d{0,14}(?![\d.eE])|0(?![\d.eE])|true|false|null)*$/;

/**
 * Returns a body as `JSON.stringify` writes it; where it came like that, it need not be written once more. Only what
 * gives a name twice is taken as it came, though the last one counts.
 */
export function textOf(body: unknown, received: string | undefined): string {
  return received !== undefined && AS_STRINGIFY_WRITES.test(received) ? received : JSON.stringify(body);
}
